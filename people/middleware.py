"""Asks people with a role for a second factor before
they act (demonstration accounts excepted)."""

from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

Handler = Callable[[HttpRequest], HttpResponse]
RESERVED = (
    *("/consegne/", "/istruttoria/", "/rettifiche/", "/avvisi/", "/profilo/", "/admin/"),
    *("/api/v1/uploads/", "/api/v1/packages/", "/api/v1/notices/"),
    *("/api/v1/corrections/", "/api/v1/remarks/"),
)
CORRECTS = "/rettifica/"  # the end of a public address
SAFE = ("GET", "HEAD", "OPTIONS")


class SecondFactorMiddleware:
    """Sends a signed-in person whose role asks for it
    to set a second factor up, and nowhere else."""

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
        user = request.user
        if not user.is_authenticated or user.is_demonstration:
            return False
        if not user.mandates.in_force().filter(role__in=settings.SECOND_FACTOR_ROLES).exists():
            return False
        return not is_mfa_enabled(user)


def _is_reserved(request: HttpRequest) -> bool:
    """What is not public, and every writing but signing in and choosing the language. A program
    with a key is not asked: who issued it was."""
    path = request.path.removeprefix("/en")
    if path.startswith(("/accesso/", "/i18n/")):
        return False
    reserved = path.startswith(RESERVED) or path.endswith(CORRECTS)
    return reserved or request.method not in SAFE
