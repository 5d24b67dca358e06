"""The accounts of the demonstration: who they are and how they are made; never in production."""

import datetime as dt
from dataclasses import dataclass
from typing import Final

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from people.models import DelegationScope, Mandate, Role, User

SESTO: Final = "015209"
CINISELLO: Final = "015077"
LEGNANO: Final = "015118"
CONSULTANT_DAYS: Final = 365


@dataclass(frozen=True)
class DemoPerson:
    """One made-up person; `municipalities` are ISTAT codes, empty for the metropolitan office."""

    email: str
    name: str
    role: Role
    municipalities: tuple[str, ...]
    told_as: str


PEOPLE: Final = (
    DemoPerson(
        "operatore@sesto.example",
        "Olga Operatrice (dimostrazione)",
        Role.OPERATOR,
        (SESTO,),
        "operatrice di Sesto San Giovanni",
    ),
    DemoPerson(
        "collega@sesto.example",
        "Carlo Collega (dimostrazione)",
        Role.OPERATOR,
        (SESTO,),
        "collega di Sesto San Giovanni",
    ),
    DemoPerson(
        "operatore@legnano.example",
        "Leda Operatrice (dimostrazione)",
        Role.OPERATOR,
        (LEGNANO,),
        "operatrice di Legnano",
    ),
    DemoPerson(
        "consulente@studio.example",
        "Cinzia Consulente (dimostrazione)",
        Role.CONSULTANT,
        (LEGNANO, SESTO),
        "consulente di Legnano e Sesto",
    ),
    DemoPerson(
        "operatore@cinisello.example",
        "Vito Vicino (dimostrazione)",
        Role.OPERATOR,
        (CINISELLO,),
        "operatore di Cinisello Balsamo",
    ),
    DemoPerson(
        "istruttore@cmm.example",
        "Iris Istruttrice (dimostrazione)",
        Role.REVIEWER,
        (),
        "istruttrice metropolitana",
    ),
    DemoPerson(
        "responsabile@cmm.example",
        "Remo Responsabile (dimostrazione)",
        Role.MANAGER,
        (),
        "responsabile metropolitano",
    ),
)


def demo_password() -> str:
    """One password for all, different on every installation and the same at every start."""
    digest = salted_hmac("sttm2.demonstration", settings.SECRET_KEY).hexdigest()
    return f"demo-{digest[:4]}-{digest[4:8]}-{digest[8:12]}"


@transaction.atomic
def make_demo_accounts(*, reset: bool = False) -> int:
    """Make the accounts and mandates that are missing; `reset` gives all the password again.

    Answers how many accounts were made.
    """
    known = User.objects.in_bulk([person.email for person in PEOPLE], field_name="email")
    for person in PEOPLE:
        user = known.get(person.email) or User(email=person.email)
        if user.pk is None or reset:
            user.name, user.is_demonstration = person.name, True
            user.set_password(demo_password())
            user.save()
        EmailAddress.objects.get_or_create(
            user=user, email=person.email, defaults={"verified": True, "primary": True}
        )
        _give_mandates(user, person)
    return len(PEOPLE) - len(known)


def _give_mandates(user: User, person: DemoPerson) -> None:
    consultant = person.role == Role.CONSULTANT
    until = timezone.localdate() + dt.timedelta(days=CONSULTANT_DAYS) if consultant else None
    held = user.mandates.in_force().filter(role=person.role)
    for istat in person.municipalities or (None,):
        if held.filter(municipality=istat).exists():
            continue
        Mandate.objects.create(
            user=user,
            municipality_id=istat,
            role=person.role,
            scope=DelegationScope.values if consultant else [],
            valid_to=until,
            granted_by=_grantor(istat) if consultant else None,
        )


def _grantor(istat: str | None) -> User | None:
    """The operator of the comune, who alone may give a consultant a mandate."""
    return User.objects.filter(
        mandates__municipality=istat, mandates__role=Role.OPERATOR, is_demonstration=True
    ).first()
