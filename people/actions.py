"""The only writer of invitations, mandates and accounts: who joins, for whom, until when, and who
is let go."""

import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.mail import send_mail
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.errors import Away, Invalid, NotAllowed, NotFound, WrongState
from people.addresses import owners
from people.mailing import or_in_words
from people.models import (
    SENDING_ROLES,
    ApiToken,
    Body,
    DelegationScope,
    Invitation,
    Mandate,
    Principal,
    Role,
    User,
    lowered,
)
from people.policies import may_grant, may_revoke

INVITATION_DAYS = 14
#: The choice, beside a new password, to end the keys too (a field of two forms).
REVOKE_KEYS = "revoke_keys"


@dataclass(frozen=True)
class NewInvitation:
    """Who is asked to join, as what; `principal`: for whom, nobody for the office's roles."""

    email: str
    role: Role
    principal: Principal | None = None
    until: dt.date | None = None
    scope: tuple[str, ...] = ()


def invite(by: User, asked: NewInvitation) -> Invitation:
    """Invite by e-mail; the link works once and for fourteen days. Raises NotAllowed, Invalid,
    Away (the letter could not be sent)."""
    _check(by, asked)
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        invitation = Invitation.objects.create(
            email=lowered(asked.email),
            **_naming(asked.principal),
            role=asked.role,
            scope=list(asked.scope),
            mandate_until=asked.until,
            token_hash=_digest(token),
            invited_by=by,
            expires_at=timezone.now() + dt.timedelta(days=INVITATION_DAYS),
        )
        transaction.on_commit(lambda: _send_or_withdraw(invitation, token))
    return invitation


def _send_or_withdraw(invitation: Invitation, token: str) -> None:
    """Nobody has a link that no letter brought: the invitation ends, and may be made again."""
    try:
        with or_in_words():
            _send(invitation, token)
    except Away:
        invitation.revoked_at = timezone.now()
        invitation.save(update_fields=["revoked_at"])
        raise


def _naming(principal: Principal | None) -> dict[str, Principal | None]:
    """Whom a mandate or an invitation names, by field."""
    return {"body" if isinstance(principal, Body) else "municipality": principal}


def _check(by: User, asked: NewInvitation) -> None:
    if (asked.role in SENDING_ROLES) != (asked.principal is not None):
        raise Invalid("invitation-principal", _("Questo ruolo e questo ente non vanno insieme."))
    if not may_grant(by, asked.role, asked.principal):
        raise NotAllowed("invitation-not-yours", _("Non puoi invitare qualcuno con questo ruolo."))
    if not {*asked.scope} <= {*DelegationScope.values}:
        raise Invalid("scope-unknown", _("Un consulente può consegnare o correggere, non altro."))
    if asked.role == Role.CONSULTANT and asked.until is None:
        raise Invalid(
            "consultant-expiry", _("Il mandato di un consulente ha sempre una scadenza.")
        )
    if asked.until is not None and asked.until < timezone.localdate():
        raise Invalid("expiry-past", _("La scadenza è già passata."))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _send(invitation: Invitation, token: str) -> None:
    address = settings.PUBLIC_URL + reverse("people:invitation", args=[token])
    context = {"invitation": invitation, "address": address}
    send_mail(
        subject=_("Invito al Portale STTM 2"),
        message=render_to_string("people/mail/invitation.txt", context),
        from_email=None,
        recipient_list=[invitation.email],
    )


def find_invitation(token: str) -> Invitation:
    """The invitation of that link while it may be accepted. Raises NotFound, WrongState."""
    found = Invitation.objects.select_related("municipality", "body", "invited_by")
    invitation = found.filter(token_hash=_digest(token)).first()
    if invitation is None or invitation.revoked_at:
        raise NotFound("invitation-unknown", _("Questo invito non c’è, o è stato ritirato."))
    if invitation.accepted_at:
        raise WrongState("invitation-used", _("Questo invito è già stato accettato: accedi."))
    if invitation.expires_at < timezone.now():
        text = _("Questo invito è scaduto: chiedine uno nuovo a chi ti ha invitato.")
        raise WrongState("invitation-expired", text)
    _must_still_offer(invitation)
    return invitation


def _must_still_offer(invitation: Invitation) -> None:
    if invitation.mandate_until and invitation.mandate_until < timezone.localdate():
        text = _("Il mandato offerto è già scaduto: chiedi un nuovo invito.")
        raise WrongState("invitation-mandate-over", text)


@transaction.atomic
def accept_as_new(invitation: Invitation, *, name: str, password: str) -> User:
    """Create the account and give it the mandate; the link proves the e-mail address. Of several
    at once one wins, the others read that it was accepted."""
    locked = _still_open(invitation)
    language = (get_language() or "it")[:2]
    try:
        with transaction.atomic():
            user = User.objects.create_user(locked.email, password, name=name, language=language)
            EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    except IntegrityError:  # by another invitation to the same address, perhaps just now
        text = _("Hai già un account: accedi e riapri il link.")
        raise WrongState("account-exists", text) from None
    _grant(locked, user)
    return user


@transaction.atomic
def accept_as(invitation: Invitation, user: User) -> None:
    """Give the mandate to an account that exists; it must be the invited address's own."""
    if user not in owners(invitation.email):
        text = _("L’invito è per un altro indirizzo: esci e accedi con quello.")
        raise NotAllowed("invitation-for-another", text)
    _grant(_still_open(invitation), user)


def _still_open(invitation: Invitation) -> Invitation:
    """The invitation, held until the transaction ends. Raises WrongState when somebody was
    quicker."""
    locked = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if locked.accepted_at or locked.revoked_at:
        raise WrongState("invitation-used", _("Questo invito è già stato accettato: accedi."))
    _must_still_offer(locked)
    return locked


def _grant(locked: Invitation, user: User) -> None:
    if not may_grant(locked.invited_by, Role(locked.role), locked.principal):
        text = _("Chi ti ha invitato non ha più un mandato: chiedi un nuovo invito.")
        raise WrongState("inviter-gone", text)
    Mandate.objects.create(
        user=user,
        **_naming(locked.principal),
        role=locked.role,
        scope=locked.scope,
        valid_to=locked.mandate_until,
        granted_by=locked.invited_by,
    )
    locked.accepted_at = timezone.now()
    locked.save(update_fields=["accepted_at"])


def revoke_invitation(by: User, invitation: Invitation) -> None:
    """Withdraw an invitation nobody accepted yet. Raises NotAllowed, WrongState."""
    if not may_grant(by, Role(invitation.role), invitation.principal):
        raise NotAllowed("invitation-not-yours", _("Non puoi ritirare questo invito."))
    if invitation.accepted_at or invitation.revoked_at:
        raise WrongState("invitation-closed", _("Questo invito è già chiuso."))
    invitation.revoked_at = timezone.now()
    invitation.save(update_fields=["revoked_at"])


def revoke_mandate(by: User, mandate: Mandate) -> None:
    """End a mandate now. Raises NotAllowed."""
    if not may_revoke(by, mandate):
        raise NotAllowed("mandate-not-yours", _("Non puoi revocare questo mandato."))
    mandate.revoked_at = timezone.now()
    mandate.save(update_fields=["revoked_at"])


def revoke_token(by: User, pk: int) -> None:
    """Stop one of one's own API keys. Raises NotFound."""
    mine = ApiToken.objects.filter(user=by, pk=pk, revoked_at__isnull=True)
    if not mine.update(revoked_at=timezone.now()):
        raise NotFound("token-unknown", _("Questa chiave non c’è, o è già revocata."))


def revoke_all_tokens(user: User) -> int:
    """Stop all API keys of a person; answers how many."""
    mine = ApiToken.objects.filter(user=user, revoked_at__isnull=True)
    return mine.update(revoked_at=timezone.now())
