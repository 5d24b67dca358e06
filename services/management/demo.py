"""The demonstration's services: well-known places, published like any other edition.

Names and comuni are real, positions approximate, the plans (Lettura 1) they are said to come from
are made up: sources, editions and services are all marked as demonstration.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from django.db import transaction

from services.actions import EditionHead, NewRecord, publish_edition
from services.models import Edition, Match, Record, Source, SourceItem
from zones.management.reference import FIXTURES, position, read_csv
from zones.models import Municipality

FILE: Final = "demo_services.csv"
NOTE: Final = (
    "Insieme dimostrativo: nomi e comuni reali, posizioni approssimate scritte a mano. "
    "Non è un dato ufficiale."
)
MATCH_RULE: Final = "chiave dell'insieme dimostrativo"
RULE_SET: Final = "dimostrazione"


@dataclass(frozen=True)
class DemoService:
    """One row of the fixture as a record, with the readings (1, 2) that are to know it."""

    record: NewRecord
    readings: frozenset[str]


@dataclass(frozen=True)
class Published:
    """One source after loading; `edition` is None when nothing had changed."""

    source: Source
    edition: Edition | None
    services: int

    def __str__(self) -> str:
        edition = f"edizione {self.edition.number}" if self.edition else "niente di nuovo"
        return f"{self.source.name}: {self.services} servizi, {edition}"


def demo_services() -> list[DemoService]:
    """The rows of the fixture."""
    return [
        DemoService(_record(row), frozenset(row["readings"].split("+"))) for row in read_csv(FILE)
    ]


@transaction.atomic
def load_demo() -> list[Published]:
    """Publish the demonstration in both readings; the same file again changes nothing."""
    services = demo_services()
    other = _other_source()
    published = [_publish(other, [s.record for s in services if "2" in s.readings])]
    planned = [service.record for service in services if "1" in service.readings]
    for istat in sorted({record.municipality or "" for record in planned}):
        plan = _plan_source(Municipality.objects.get(pk=istat))
        records = [record for record in planned if record.municipality == istat]
        _same_as_other_reading(plan, other, [record.key for record in records])
        published.append(_publish(plan, records))
    return published


def _record(row: dict[str, str]) -> NewRecord:
    point = position(row["lon"], row["lat"]).hexewkb.decode()
    attributes: dict[str, Any] = {
        name: row[name]
        for name in ("name", "type", "address", "status", "valence", "istat")
        if row[name]
    }
    if row["area_m2"]:
        attributes["area"] = float(row["area_m2"])
    return NewRecord(
        key=row["key"],
        fingerprint=hashlib.sha1(repr(row).encode(), usedforsecurity=False).hexdigest(),
        name=row["name"],
        kind=row["type"],
        municipality=row["istat"],
        status=row["status"],
        valence=row["valence"],
        attributes={**attributes, "accuracy": "approssimata", "notes": NOTE},
        geometry=point,
        point=point,
        accuracy="approssimata",
        raw=dict(row),
        layer="demo_services",
    )


def _publish(source: Source, records: Sequence[NewRecord]) -> Published:
    """A new edition of the source if any row differs from what is in force of it."""
    current = {
        record.item.key: record
        for record in Record.objects.filter(item__source=source, to_edition__isnull=True)
        .select_related("item")
        .only("fingerprint", "item__key")
    }
    keys = {record.key for record in records}
    withdrawn = [record.item_id for key, record in current.items() if key not in keys]
    differing = [
        record
        for record in records
        if record.key not in current or current[record.key].fingerprint != record.fingerprint
    ]
    if not withdrawn and not differing:
        return Published(source, None, len(records))
    head = EditionHead(
        source=source,
        file_name=FILE,
        sha256=hashlib.sha256(Path(FIXTURES / FILE).read_bytes()).hexdigest(),
        rule_set=RULE_SET,
        note=NOTE,
    )
    edition = publish_edition(head, differing, withdrawn=withdrawn)
    return Published(source, edition, len(records))


def _other_source() -> Source:
    source, _created = Source.objects.get_or_create(
        slug="insieme-dimostrativo",
        defaults={
            "name": "Insieme dimostrativo di servizi noti",
            "reading": Source.Reading.OTHER,
            "covers_all": True,
            "owner": "Portale STTM 2 (dimostrazione)",
            "licence": "CC BY 4.0",
            "is_demonstration": True,
            "note": NOTE,
        },
    )
    return source


def _plan_source(municipality: Municipality) -> Source:
    source, _created = Source.objects.get_or_create(
        slug=f"dimostrazione-pgt-{municipality.slug}",
        defaults={
            "name": f"Piano dei Servizi di {municipality.name} (dimostrazione)",
            "reading": Source.Reading.PLAN,
            "municipality": municipality,
            "owner": "Portale STTM 2 (dimostrazione)",
            "licence": "CC BY 4.0",
            "is_demonstration": True,
            "note": NOTE,
        },
    )
    return source


def _same_as_other_reading(plan: Source, other: Source, keys: Sequence[str]) -> None:
    """Hang the plan's things on the services the other reading made; a match says why."""
    known = set(SourceItem.objects.filter(source=plan).values_list("key", flat=True))
    twins = SourceItem.objects.filter(source=other, key__in=set(keys) - known)
    items = SourceItem.objects.bulk_create(
        [SourceItem(source=plan, key=twin.key, service_id=twin.service_id) for twin in twins]
    )
    twin_of = {twin.key: twin for twin in twins}
    Match.objects.bulk_create(
        [
            Match(
                item_a=twin_of[item.key],
                item_b=item,
                verdict=Match.Verdict.SAME,
                score=1.0,
                rule=MATCH_RULE,
            )
            for item in items
        ]
    )
