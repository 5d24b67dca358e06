"""What the accounts' own tables give up: after its period, and of a person who is to be
forgotten."""

import datetime as dt
from collections.abc import Iterable, Sequence
from functools import reduce
from operator import or_
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import ProtectedError, Q, QuerySet
from django.utils import timezone
from django.utils.module_loading import import_string

from core.errors import NotAllowed, NotFound
from people.addresses import addresses_of, owners
from people.models import ApiToken, Invitation, Mandate, Post, User

#: What is read instead of the name.
NOBODY = "persona cancellata"
_SIGN_INS = (AccessAttempt, AccessFailureLog, AccessLog)
#: What was forgotten: in words, how many.
Forgotten = tuple[str, int]


def forget_invitations(limit: dt.datetime) -> int:
    """Delete invitations whose link ended before `limit`, with the addresses they hold."""
    return _deleted(Invitation.objects.filter(expires_at__lt=limit))


def forget_keys(limit: dt.datetime) -> int:
    """Delete keys that ended before `limit`."""
    return _deleted(ApiToken.objects.filter(Q(expires_at__lt=limit) | Q(revoked_at__lt=limit)))


def forget_sign_ins(limit: dt.datetime) -> int:
    """Delete who signed in, or tried to, from which address, before `limit`."""
    old = [model.objects.filter(attempt_time__lt=limit) for model in _SIGN_INS]
    return sum(map(_deleted, old))


def forget_sessions(limit: dt.datetime) -> int:
    """Delete the sessions that have ended: those last renewed before `limit` have."""
    age = dt.timedelta(seconds=settings.SESSION_COOKIE_AGE)
    return _deleted(Session.objects.filter(expire_date__lt=limit + age))


def _deleted(found: "QuerySet[Any]") -> int:
    _all, by_model = found.delete()
    return by_model.get(found.model._meta.label, 0)


@transaction.atomic
def forget(email: str, *, dry_run: bool = False) -> list[Forgotten]:
    """Erase a person, or make them nameless where something that stays was done by them.

    Answers what was, or with `dry_run` would be, done. Raises NotFound; NotAllowed for the last
    person who may enter the administration.
    """
    user = owners(email).select_for_update().first()
    if user is None:
        raise NotFound("person-unknown", f"Non c'è nessun account {email}.")
    _must_not_be_the_last(user)
    done: list[Forgotten] = []
    steps: Sequence[str] = settings.PERSON_STEPS
    for path in steps:
        if path.partition(".")[0] in settings.INSTALLED_APPS:
            done += import_string(path)(user)
    done.append(_erased_or_nameless(user))
    transaction.set_rollback(dry_run)
    return [one for one in done if one[1]]


def _must_not_be_the_last(user: User) -> None:
    staff = User.objects.select_for_update().filter(is_staff=True, is_active=True)
    if user.is_staff and {one.pk for one in staff} <= {user.pk}:
        text = "È l'ultima persona che accede all'amministrazione: prima nominane un'altra."
        raise NotAllowed("last-administrator", text)


def forget_account(user: User) -> Sequence[Forgotten]:
    """Whatever lets the person in, and what the sign-in kept of them; mandates end."""
    mandates = Mandate.objects.filter(user=user, revoked_at=None)
    ended = mandates.update(revoked_at=timezone.now())
    known_by = addresses_of(user)  # before they are deleted
    mine = _any_of("username__iexact", known_by)
    about = LogEntry.objects.filter(
        content_type__app_label="people", content_type__model="user", object_id=str(user.pk)
    )
    ways_in = (EmailAddress, Authenticator, SocialAccount)
    owned = [model.objects.filter(user=user) for model in ways_in]
    return [
        ("mandati conclusi", ended),
        ("chiavi API cancellate", _deleted(ApiToken.objects.filter(user=user))),
        ("indirizzi e fattori di accesso cancellati", sum(map(_deleted, owned))),
        ("sessioni chiuse", _close_sessions(user)),
        (
            "accessi registrati cancellati",
            sum(_deleted(model.objects.filter(mine)) for model in _SIGN_INS),
        ),
        (
            "inviti a questi indirizzi cancellati",
            _deleted(Invitation.objects.filter(_any_of("email__iexact", known_by))),
        ),
        ("righe del registro dell'amministrazione cancellate", _deleted(about)),
    ]


def _any_of(lookup: str, values: Iterable[str]) -> Q:
    return reduce(or_, (Q(**{lookup: one}) for one in values))


def _close_sessions(user: User) -> int:
    mine = [
        one.pk
        for one in Session.objects.iterator()
        if one.get_decoded().get("_auth_user_id") == str(user.pk)
    ]
    return _deleted(Session.objects.filter(pk__in=mine))


def _erased_or_nameless(user: User) -> Forgotten:
    try:
        with transaction.atomic():
            user.delete()
    except ProtectedError:
        return _nameless(user)
    return "account cancellato", 1


def _nameless(user: User) -> Forgotten:
    user.email, user.name = f"persona-{user.pk}@cancellata.invalid", NOBODY
    user.is_active = user.is_staff = user.is_superuser = False
    user.last_login, user.post = None, Post.NONE
    user.set_unusable_password()
    user.save()
    user.groups.clear()
    user.user_permissions.clear()
    return f"account senza nome («{NOBODY}»: le sue azioni restano)", 1
