"""Who may act for whom, as predicates on a person's
mandates in force; the same for button, page and API."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Union

from django.db.models import Q, QuerySet

from people.models import MUNICIPAL_ROLES, DelegationScope, Mandate, Role, User
from zones.models import Municipality

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

Person = Union[User, "AnonymousUser"]


def has_role(user: Person, *roles: Role, municipality: Municipality | str | None = None) -> bool:
    """Whether the person holds one of the roles today, for that comune when one is given."""
    if not isinstance(user, User) or not user.is_active:
        return False
    mandates = user.mandates.in_force().filter(role__in=roles)
    if municipality is not None:
        mandates = mandates.filter(municipality=municipality)
    return mandates.exists()


@dataclass(frozen=True)
class Reach:
    """How far a person's mandates in force reach: comuni (ISTAT codes), the office."""

    comuni: frozenset[str]
    office: bool


def reach_of(user: Person) -> Reach:
    """One query; nobody and nowhere for who is not signed in."""
    if not isinstance(user, User) or not user.is_active:
        return Reach(frozenset(), office=False)
    mandates = list(user.mandates.in_force().values_list("role", "municipality_id"))
    comuni = frozenset(comune for role, comune in mandates if role in MUNICIPAL_ROLES)
    return Reach(comuni, office=any(role not in MUNICIPAL_ROLES for role, _comune in mandates))


def holders(mandate: Q) -> QuerySet[User]:
    """The active people who hold a mandate like that today."""
    held = Mandate.objects.in_force().filter(mandate, user__is_active=True)
    return User.objects.filter(pk__in=held.values("user"))


def is_operator(user: Person, municipality: Municipality | str) -> bool:
    return has_role(user, Role.OPERATOR, municipality=municipality)


def operated_by(user: Person) -> set[str]:
    """The ISTAT codes of the comuni of which the person is an operator: one query for a list."""
    if not isinstance(user, User) or not user.is_active:
        return set()
    mine = user.mandates.in_force().filter(role=Role.OPERATOR)
    return set(mine.values_list("municipality_id", flat=True))


def is_consultant(
    user: Person, municipality: Municipality | str, scope: DelegationScope | None = None
) -> bool:
    """Whether the comune delegated the person, for that scope when one is given."""
    if not isinstance(user, User) or not has_role(
        user, Role.CONSULTANT, municipality=municipality
    ):
        return False
    mandates = user.mandates.in_force().filter(role=Role.CONSULTANT, municipality=municipality)
    allowed = list(mandates.values_list("scope", flat=True))
    return scope is None or any(not named or scope in named for named in allowed)


def is_reviewer(user: Person) -> bool:
    return has_role(user, Role.REVIEWER, Role.MANAGER)


def is_manager(user: Person) -> bool:
    return has_role(user, Role.MANAGER)


def may_grant(user: Person, role: Role, municipality: Municipality | None) -> bool:
    """Whether the person may invite someone to the role, there.

    A manager invites a comune's operators and the office; an operator invites colleagues and
    consultants for the own comune. A consultant's mandate comes from the comune alone.
    """
    if municipality is None:
        return role in (Role.REVIEWER, Role.MANAGER) and is_manager(user)
    if role == Role.CONSULTANT:
        return is_operator(user, municipality)
    return role == Role.OPERATOR and (is_operator(user, municipality) or is_manager(user))


def may_revoke(user: Person, mandate: Mandate) -> bool:
    """Whether the person may end the mandate: a manager any, an operator those of the own comune;
    nobody their own."""
    if not isinstance(user, User) or mandate.user_id == user.pk or mandate.revoked_at:
        return False
    if is_manager(user):
        return True
    return mandate.municipality is not None and is_operator(user, mandate.municipality)
