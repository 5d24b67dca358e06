"""A session that still owes its second factor is nobody; on its own pages whose it is is sent to
set it up. A browser in which a password was chosen is known."""

from collections.abc import Callable

from allauth.account.internal.flows.reauthentication import STATE_SESSION_KEY
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import SimpleLazyObject

from people import delays
from people.policies import Person, lacks_second_factor

Handler = Callable[[HttpRequest], HttpResponse]
RESERVED = ("/consegne/", "/istruttoria/", "/rettifiche/", "/avvisi/", "/profilo/", "/admin/")
CORRECTS = "/rettifica/"  # the end of a public address
#: Where one signs in, sets the second factor up, and chooses the language: there one is oneself.
THRESHOLD = ("/accesso/", "/i18n/")
#: Of the threshold what leads in and out; all the rest changes an account, or ties another one to
#: it: not before the second factor is there.
LEADS_IN = (
    *("/accesso/login/", "/accesso/logout/", "/accesso/inactive/", "/accesso/2fa/", "/i18n/"),
    *("/accesso/password/reset/", "/accesso/confirm-email/"),
)
#: The password, or a code, once more: whoever owes the second factor is asked for it on the way to
#: set it up.
AGAIN, SET_UP = ("/accesso/reauthenticate/", "/accesso/2fa/reauthenticate/"), "/accesso/2fa/"
#: There is nowhere to send a program to; `people.access.Scoped` says what is owed.
API = "/api/"
SAFE = ("GET", "HEAD", "OPTIONS")


class SecondFactorMiddleware:
    """Whoever is signed in and lacks the second factor is sent to set it up, and is nobody to
    every page and call that does not."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        path = request.path.removeprefix("/en")
        if path.startswith(THRESHOLD):
            if _may_lead_elsewhere(path) and lacks_second_factor(request.user):
                # What waits for the password would be done once that is told, whatever it is.
                request.session.pop(STATE_SESSION_KEY, None)
                if not _leads_to_set_up(request, path):
                    return redirect("mfa_activate_totp")
            return self.get_response(request)
        # The address first: whoever only reads should not cost a session, nor vary by cookie.
        if _is_reserved(request, path) and lacks_second_factor(request.user):
            return redirect("mfa_activate_totp")
        signed_in = request.user
        request.signed_in = signed_in  # type: ignore[attr-defined]
        request.user = SimpleLazyObject(lambda: _who_counts(signed_in))  # type: ignore[assignment]
        return self.get_response(request)


class KnownDeviceMiddleware:
    """Knows from then on the browser in which a new password was chosen, by the link of a letter
    too: strangers' wrong passwords do not slow its owner down there."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        user = getattr(request, "is_known_to", None)
        if user is not None:
            delays.remember(request, answer, user)
        return answer


def _who_counts(signed_in: Person) -> Person:
    return AnonymousUser() if lacks_second_factor(signed_in) else signed_in


def _may_lead_elsewhere(path: str) -> bool:
    """Whether a page of the threshold is, or may be, for something else than to come in."""
    return path.startswith(AGAIN) or not path.startswith(LEADS_IN)


def _leads_to_set_up(request: HttpRequest, path: str) -> bool:
    then = request.POST.get("next") or request.GET.get("next") or ""
    return path.startswith(AGAIN) and then.removeprefix("/en").startswith(SET_UP)


def _is_reserved(request: HttpRequest, path: str) -> bool:
    """Pages that are not public, and every page that writes. Of whoever comes with a key
    `people.tokens` asks the same."""
    if path.startswith(API):
        return False
    reserved = path.startswith(RESERVED) or path.endswith(CORRECTS)
    return reserved or request.method not in SAFE
