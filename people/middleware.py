"""Asks people who must have a second factor to set it up before they act."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from people.policies import lacks_second_factor

Handler = Callable[[HttpRequest], HttpResponse]
RESERVED = (
    *("/consegne/", "/istruttoria/", "/rettifiche/", "/avvisi/", "/profilo/", "/admin/"),
    *("/api/v1/uploads/", "/api/v1/packages/", "/api/v1/notices/"),
    *("/api/v1/corrections/", "/api/v1/remarks/"),
)
CORRECTS = "/rettifica/"  # the end of a public address
SAFE = ("GET", "HEAD", "OPTIONS")


class SecondFactorMiddleware:
    """Sends whoever is signed in and lacks the second factor to set it up, and nowhere else."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if self._must_set_up(request):
            return redirect("mfa_activate_totp")
        return self.get_response(request)

    def _must_set_up(self, request: HttpRequest) -> bool:
        # The address first: whoever only reads should not cost a session, nor vary by cookie.
        if not _is_reserved(request):
            return False
        return lacks_second_factor(request.user)


def _is_reserved(request: HttpRequest) -> bool:
    """What is not public, and every writing but signing in and choosing the language. Of whoever
    comes with a key `people.tokens` asks the same."""
    path = request.path.removeprefix("/en")
    if path.startswith(("/accesso/", "/i18n/")):
        return False
    reserved = path.startswith(RESERVED) or path.endswith(CORRECTS)
    return reserved or request.method not in SAFE
