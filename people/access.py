"""Who is asking: signed in on a page, or by session or key over HTTP."""

from typing import ClassVar

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import permissions
from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request
from rest_framework.views import APIView

from core.errors import NotAllowed
from core.permissions import writes
from people.models import User
from people.tokens import has_scope


def person(request: HttpRequest) -> User:
    """Who is signed in; `core.pages.private` let nobody else through."""
    if not isinstance(request.user, User):
        raise NotAllowed("sign-in", _("Accedi per continuare."))
    return request.user


class Scoped(permissions.IsAuthenticated):
    """Signed in, and with a token only within its scopes: `view.scopes` names, per method, one or
    several of which one is enough. A method that writes and is not named there is refused."""

    message = gettext_lazy("La chiave API non ha il permesso per questa operazione.")

    def has_permission(self, request: Request, view: APIView) -> bool:
        if not super().has_permission(request, view):
            return False
        scopes: dict[str, str] = getattr(view, "scopes", {})
        default = "" if writes(request, view) else "read"
        wanted = scopes.get(request.method or "", default).split()
        return any(has_scope(request.auth, scope) for scope in wanted)


class ScopedView(APIView):
    """A view for who is signed in or holds a key."""

    permission_classes = (Scoped,)
    scopes: ClassVar[dict[str, str]] = {"GET": "read", "POST": "upload"}


def caller(request: Request) -> User:
    """Who calls; `Scoped` let nobody else through."""
    if not isinstance(request.user, User):
        raise NotAuthenticated
    return request.user
