"""Who may sign in with a password: in production nobody whose account is of the demonstration."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.conf import settings

from people.models import User


def may_enter(user: User) -> bool:
    """Whether the account may be used in this mode at all. The demonstration's password is printed
    at every start, and asks for no second factor."""
    return not (settings.PRODUCTION and user.is_demonstration)


class AccountBackend(AuthenticationBackend):  # type: ignore[misc]
    """Allauth's, the only one; ends the sessions of whoever may not enter any more."""

    def user_can_authenticate(self, user: Any) -> bool:
        return may_enter(user) and bool(super().user_can_authenticate(user))
