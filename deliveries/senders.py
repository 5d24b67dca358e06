"""For whom a delivery is made: a comune, whose plan is a source from its first delivery on, or a
source of any other body."""

from typing import TypeAlias
from urllib.parse import urlencode

from people.models import SENDING_ROLES, Principal
from people.policies import Person, reach_of
from services.actions import plan_source
from services.models import Source
from zones.models import Municipality

Sender: TypeAlias = Municipality | Source


def principal_of(sender: Sender) -> Principal | None:
    """Whose mandates let people deliver for it."""
    return sender.principal if isinstance(sender, Source) else sender


def source_of(sender: Sender) -> Source:
    """The source that its deliveries belong to; a comune's plan is made if it is not there."""
    return sender if isinstance(sender, Source) else plan_source(sender)


def as_it_stands(sender: Sender) -> Source:
    """The same source without making it: that of a comune which never delivered is in no table."""
    if isinstance(sender, Source):
        return sender
    plans = Source.objects.filter(reading=Source.Reading.PLAN, is_demonstration=False)
    plan: Source | None = plans.filter(municipality=sender).first()
    return plan or Source(reading=Source.Reading.PLAN, municipality=sender)


def key_of(sender: Sender) -> str:
    """How addresses and forms name it: the ISTAT code of a comune, the slug of a source."""
    return sender.slug if isinstance(sender, Source) else sender.pk


def address_of(sender: Sender) -> str:
    """The query that opens the page of a new delivery for it."""
    if not isinstance(sender, Source):
        return urlencode({"comune": sender.pk})
    if sender.municipality_id and sender.reading == Source.Reading.PLAN:
        return urlencode({"comune": sender.municipality_id})
    return urlencode({"fonte": sender.slug})


def name_of(sender: Sender) -> str:
    """How people call it."""
    return sender.sender if isinstance(sender, Source) else sender.name


def senders_of(user: Person) -> list[Sender]:
    """Whom the person may deliver for today, by name, comuni first."""
    reach = reach_of(user, *SENDING_ROLES)
    comuni = Municipality.objects.filter(pk__in=reach.comuni).order_by("name")
    own = Source.objects.for_user(user).exclude(
        municipality__isnull=False, reading=Source.Reading.PLAN
    )
    others = own.select_related("municipality", "body").order_by("name")
    return [*comuni, *others]


def sender_of(user: Person, key: str) -> Sender | None:
    """The one of that key, if the person may deliver for it."""
    return next((one for one in senders_of(user) if key_of(one) == key), None)
