"""Who may act for whom, as predicates on a person's
mandates in force; the same for button, page and API."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Union

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.db.models import Q, QuerySet

from people.models import SENDING_ROLES, Body, DelegationScope, Mandate, Principal, Role, User
from zones.models import Municipality

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

Person = Union[User, "AnonymousUser"]


def has_role(user: Person, *roles: Role) -> bool:
    """Whether the person holds one of the roles today, for anybody."""
    return _mandates(user, *roles).exists()


def _mandates(user: Person, *roles: Role) -> "QuerySet[Mandate]":
    if not isinstance(user, User) or not user.is_active:
        return Mandate.objects.none()
    found: QuerySet[Mandate] = user.mandates.in_force().filter(role__in=roles)
    return found


def acting_for(principal: Principal | None) -> Q:
    """Mandates of that comune or body; none where there is nobody to act for."""
    if isinstance(principal, Municipality):
        return Q(municipality=principal)
    return Q(body=principal) if principal else Q(pk__in=())


@dataclass(frozen=True)
class Reach:
    """How far a person's mandates in force reach: comuni (ISTAT codes), other bodies (slugs), the
    office."""

    comuni: frozenset[str] = frozenset()
    bodies: frozenset[str] = frozenset()
    office: bool = False

    def __contains__(self, principal: Principal | None) -> bool:
        if isinstance(principal, Body):
            return principal.pk in self.bodies
        return principal is not None and principal.pk in self.comuni

    def __bool__(self) -> bool:
        return bool(self.comuni or self.bodies or self.office)


def reach_of(user: Person, *roles: Role) -> Reach:
    """By the mandates of these roles, or of any; one query, and nowhere for who is not signed
    in."""
    mandates = list(
        _mandates(user, *(roles or Role)).values_list("role", "municipality_id", "body_id")
    )
    return Reach(
        comuni=frozenset(comune for _role, comune, _body in mandates if comune),
        bodies=frozenset(body for _role, _comune, body in mandates if body),
        office=any(role not in SENDING_ROLES for role, _comune, _body in mandates),
    )


def holders(mandate: Q) -> QuerySet[User]:
    """The active people who hold a mandate like that today."""
    held = Mandate.objects.in_force().filter(mandate, user__is_active=True)
    return User.objects.filter(pk__in=held.values("user"))


def is_operator(user: Person, principal: Principal | None) -> bool:
    return _mandates(user, Role.OPERATOR).filter(acting_for(principal)).exists()


def is_consultant(
    user: Person, principal: Principal | None, scope: DelegationScope | None = None
) -> bool:
    """Whether the comune or body delegated the person, for that scope when one is given."""
    mandates = _mandates(user, Role.CONSULTANT).filter(acting_for(principal))
    allowed = list(mandates.values_list("scope", flat=True))
    return any(scope is None or not named or scope in named for named in allowed)


def is_reviewer(user: Person) -> bool:
    return has_role(user, Role.REVIEWER, Role.MANAGER)


def is_manager(user: Person) -> bool:
    return has_role(user, Role.MANAGER)


def must_have_second_factor(user: User) -> bool:
    """Whoever acts for somebody today, or may enter the administration; not the demonstration,
    which production does not let in (`people.backends.may_enter`)."""
    if user.is_demonstration and not settings.PRODUCTION:
        return False
    return (
        user.is_staff
        or user.is_superuser
        or has_role(user, *map(Role, settings.SECOND_FACTOR_ROLES))
    )


def has_second_factor(user: User) -> bool:
    """Whether a sign-in asks for a code; recovery codes alone make it ask for none."""
    return bool(is_mfa_enabled(user, [Authenticator.Type.TOTP]))


def lacks_second_factor(user: Person) -> bool:
    """Whether the person must set a second factor up before anything else."""
    if not isinstance(user, User) or not must_have_second_factor(user):
        return False
    return not has_second_factor(user)


def may_grant(user: Person, role: Role, principal: Principal | None) -> bool:
    """Whether the person may invite someone to the role, there.

    A manager invites operators of comuni and bodies, and the office; an operator invites
    colleagues and consultants for the own comune or body, which alone gives a consultant a
    mandate.
    """
    if principal is None:
        return role in (Role.REVIEWER, Role.MANAGER) and is_manager(user)
    if role == Role.CONSULTANT:
        return is_operator(user, principal)
    return role == Role.OPERATOR and (is_operator(user, principal) or is_manager(user))


def may_revoke(user: Person, mandate: Mandate) -> bool:
    """Whether the person may end the mandate: a manager any, an operator those of the own comune
    or body; nobody their own."""
    if not isinstance(user, User) or mandate.user_id == user.pk or mandate.revoked_at:
        return False
    if is_manager(user):
        return True
    return is_operator(user, mandate.principal)
