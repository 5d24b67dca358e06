"""API tokens: issued once in clear, stored hashed, checked here for DRF."""

import hashlib
import secrets
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from core.errors import NotAllowed
from people.backends import may_enter
from people.models import ApiToken, User
from people.policies import lacks_second_factor

#: How exact the last use of a key is.
NOTED = timedelta(minutes=5)
SECOND_FACTOR = gettext_lazy(
    "La chiave API è di una persona che deve ancora impostare il secondo fattore: accedi al "
    "portale con il tuo account, impostalo, e la chiave varrà."
)


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def issue_token(user: User, *, name: str, scopes: list[str], days: int = 365) -> str:
    """Create a token and return it in clear, the only time it is ever seen."""
    prefix = secrets.token_hex(4)
    key = f"sttm2_{prefix}_{secrets.token_urlsafe(32)}"
    ApiToken.objects.create(
        user=user,
        name=name,
        prefix=prefix,
        token_hash=_digest(key),
        scopes=scopes,
        expires_at=timezone.now() + timedelta(days=days),
    )
    return key


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer sttm2_…`; the token is
    found by its prefix and compared by its hash."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        scheme, _space, key = get_authorization_header(request).decode("latin-1").partition(" ")
        if scheme.lower() != "bearer":
            return None
        token = self._find(key.strip())
        if token is None or not secrets.compare_digest(token.token_hash, _digest(key.strip())):
            raise AuthenticationFailed(_("Chiave API sconosciuta, scaduta o revocata."))
        if lacks_second_factor(token.user):
            raise NotAllowed("second-factor", SECOND_FACTOR)
        self._note_use(token)
        return token.user, token

    def _note_use(self, token: ApiToken) -> None:
        """Looking does not write, but for this: the use of a key, no more often than `NOTED`."""
        now = timezone.now()
        if token.last_used_at is None or token.last_used_at < now - NOTED:
            ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)

    def _find(self, key: str) -> ApiToken | None:
        parts = key.split("_", 2)
        if len(parts) != 3:
            return None
        found = (
            ApiToken.objects.select_related("user")
            .filter(prefix=parts[1], revoked_at__isnull=True, expires_at__gt=timezone.now())
            .filter(user__is_active=True)
            .first()
        )
        return found if found is not None and may_enter(found.user) else None

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


def has_scope(auth: Any, scope: str) -> bool:
    """Whether the request may use `scope`: sessions may all, tokens what they were given."""
    return not isinstance(auth, ApiToken) or scope in auth.scopes
