"""Random histories of two sources, the office, the taxonomy and the criteria: every past day is
what an independent replay says."""

import datetime as dt
import random
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.utils import timezone

from services.actions import EditionHead, plan_source, publish_edition, validate
from services.models import (
    Service,
    ServiceType,
    Source,
    SourceItem,
)
from tests.services.catalogue import (
    DAY,
    FIRST,
    SESTO,
    Thing,
    adopt,
    on,
    other_source,
    record,
    retype,
)
from zones.models import Municipality

pytestmark = pytest.mark.django_db
URL = "/api/v1/services/"


@dataclass
class Told:
    """What one source says of one thing now, in the replay."""

    name: str
    kind: str
    status: str
    address: str


@dataclass
class Replay:
    """The history told again in plain Python: the rule of PRODUCT's words, not of the SQL."""

    items: dict[tuple[int, str], Told] = field(default_factory=dict)
    service_of: dict[tuple[int, str], str] = field(default_factory=dict)
    validated: dict[str, str] = field(default_factory=dict)
    confirmed_on: dict[str, str] = field(default_factory=dict)
    kinds: dict[str, tuple[str | None, str, str]] = field(default_factory=dict)
    defaults: bool = True

    def shown(self) -> dict[str, tuple[Any, ...]]:
        found: dict[str, list[tuple[int, Told]]] = {}
        for (reading, key), told in self.items.items():
            found.setdefault(self.service_of[reading, key], []).append((reading, told))
        return {service: self._of(service, told) for service, told in found.items()}

    def _of(self, service: str, said: list[tuple[int, Told]]) -> tuple[Any, ...]:
        said = sorted(said, key=lambda pair: pair[0])
        first = [told for _reading, told in said]
        category, level, default = self.kinds[first[0].kind]
        proposed = ("comunale" if level == "local" else default) if self.defaults else ""
        valence = self.validated.get(service) or proposed
        origin = "validated" if self.validated.get(service) else "proposed" if proposed else ""
        address = next((told.address for told in first if told.address), "")
        readings = ",".join(str(reading) for reading, _told in said)
        return (
            first[0].name, first[0].kind, category, level, first[0].status, valence, origin,
            address, readings, self.confirmed_on[service],
        )  # fmt: skip


KINDS = ("biblioteche", "teatri", "musei", "asilo-nido")


class History:
    """Random acts of two sources, the office and the keepers of taxonomy and criteria."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.replay = Replay()
        self.names = 0
        self.refresh_kinds()

    def refresh_kinds(self) -> None:
        self.replay.kinds = {
            kind.slug: (kind.category_id, kind.level, kind.default_valence)
            for kind in ServiceType.objects.filter(pk__in=KINDS)
        }

    def act(self, moment: dt.datetime) -> None:
        with on(moment):
            choices = [self.say, self.say, self.say, self.withdraw, self.confirm, self.validate]
            self.random.choice([*choices, self.retype, self.adopt])()

    def say(self) -> None:
        """A new thing, another word on a known one, or what a second source knows of it too."""
        self.names += 1
        rnd, replay = self.random, self.replay
        reading = rnd.choice((1, 2))
        known = [key for (r, key) in replay.items if r == reading]
        key = rnd.choice(known) if known and rnd.random() < 0.6 else f"k{self.names}"
        status = rnd.choice(("esistente", "previsto"))
        told = Told(f"Nome {self.names}", rnd.choice(KINDS), status, rnd.choice(("", "via Po 1")))
        other = (3 - reading, key)
        twin = replay.service_of.get(other)
        if (reading, key) not in replay.service_of and known and rnd.random() < 0.5:
            strangers = [k for (r, k) in replay.service_of if r != reading]
            key = next((k for k in strangers if (reading, k) not in replay.service_of), key)
            twin = replay.service_of.get((3 - reading, key))
        source = self.source(reading)
        item = SourceItem.objects.filter(source=source, key=key).first()
        if item is None and twin:
            service = Service.objects.get(public_id=twin)
            item = SourceItem.objects.create(source=source, key=key, service=service)
        thing = Thing(told.name, kind=told.kind, status=told.status, address=told.address, key=key)
        publish_edition(EditionHead(source), [record(thing, item=item and item.pk)])
        service = SourceItem.objects.get(source=source, key=key).service
        replay.items[reading, key] = told
        replay.service_of[reading, key] = service.public_id
        self.touched(service)

    def source(self, reading: int) -> Source:
        return plan_source(Municipality.objects.get(pk=SESTO)) if reading == 1 else other_source()

    def touched(self, service: Service) -> None:
        self.replay.confirmed_on[service.public_id] = timezone.localdate().isoformat()

    def some(self) -> tuple[int, str] | None:
        return self.random.choice(sorted(self.replay.items)) if self.replay.items else None

    def withdraw(self) -> None:
        if (chosen := self.some()) is None:
            return
        item = SourceItem.objects.get(source__reading=chosen[0], key=chosen[1])
        publish_edition(EditionHead(item.source), [], withdrawn=[item.pk])
        del self.replay.items[chosen]
        self.touched(item.service)

    def confirm(self) -> None:
        if (chosen := self.some()) is None:
            return
        item = SourceItem.objects.get(source__reading=chosen[0], key=chosen[1])
        publish_edition(EditionHead(item.source), [], confirmed=[item.pk])
        self.touched(item.service)

    def validate(self) -> None:
        if (chosen := self.some()) is None:
            return
        item = SourceItem.objects.get(source__reading=chosen[0], key=chosen[1])
        valence = self.random.choice(("", "comunale", "metropolitana"))
        edition = publish_edition(EditionHead(item.source), [])
        validate(edition, item.service, valence=valence, reason="Perché sì")
        self.replay.validated[item.service.public_id] = valence

    def retype(self) -> None:
        category = self.random.choice(("culturali", "istruzione"))
        level = self.random.choice(("supra", "local"))
        retype(self.random.choice(KINDS), category=category, level=level)
        self.refresh_kinds()

    def adopt(self) -> None:
        self.replay.defaults = not self.replay.defaults
        adopt(f"r{self.names}-{self.random.random()}"[:20],
              [{"term": "type-default"}] if self.replay.defaults else [])  # fmt: skip


NAMES = (
    *("name", "type", "category", "level", "status", "valence", "valence_origin"),
    *("address", "readings", "confirmed_on"),
)


@pytest.mark.parametrize("seed", range(6))
def test_every_past_day_is_what_an_independent_replay_says(client, seed):
    history = History(seed)
    days: list[tuple[str, dict[str, tuple[Any, ...]]]] = []
    for n in range(12):
        for hour in range(history.random.randint(0, 3)):
            history.act(FIRST + n * DAY + dt.timedelta(hours=hour))
        day = (FIRST + n * DAY).date().isoformat()
        days.append((day, history.replay.shown()))
    assert days[-1][1], "a history in which something happened"
    for day, expected in days:
        body = client.get(URL, {"level": "all", "al": day, "limit": "1000"}).json()
        found = {
            one["id"]: tuple(one["properties"][name] for name in NAMES) for one in body["features"]
        }
        assert found == expected, day
    today = client.get(URL, {"level": "all", "limit": "1000"}).json()["features"]
    assert {one["id"] for one in today} == set(days[-1][1])
