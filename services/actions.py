"""The only writer of editions, records and services: everything published passes here.
States are written by `services.states`; sources other than plans and the office's own are made in
the administration.

An edition is published in the caller's transaction by set SQL (services/sql/),
so that ten thousand changed rows are seconds and half an edition is impossible.
"""

import datetime as dt
import json
import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from people.models import User
from services import states
from services.ids import new_item_key, new_service_id
from services.models import Edition, Service, ServiceEvent, ServiceState, Source
from services.statements import SQL
from zones.models import Municipality

_VALIDATED = """
    INSERT INTO affected_service (service_id, validated, override_reason) VALUES (%s, %s, %s)
"""
_ALL_SHOWN = """
    INSERT INTO affected_service (service_id)
    SELECT service_id FROM services_servicestate WHERE valid_to IS NULL
"""
_COLUMNS = (
    "verb, changes, item_id, key, key_issued, public_id, fingerprint, name, kind_id, status,"
    " valence, municipality_id, attributes, answers, geometry, point, accuracy, raw,"
    " withheld, layer, row"
)
_TABLE = """
    CREATE TEMPORARY TABLE edition_row (
        verb text, changes jsonb, item_id bigint, key text, key_issued boolean, public_id text,
        fingerprint text, name text, kind_id text, status text, valence text, municipality_id text,
        attributes jsonb, answers jsonb, geometry geometry, point geometry, accuracy text,
        raw jsonb, withheld jsonb, layer text, "row" integer
    ) ON COMMIT DROP
"""


@dataclass(frozen=True)
class NewRecord:
    """What an edition newly says of one thing.

    `geometry` and `point` are hexadecimal EWKB in EPSG:32632 (or None); `item` is the
    thing's SourceItem when it is known, else `key` is the planner's identifier ("" : one
    is issued). `withheld`: cells that are kept out of `name` and
    `attributes`, by field. `verb` is a ServiceEvent verb: created, changed, moved, reclassified.
    """

    fingerprint: str
    name: str
    kind: str | None
    municipality: str | None
    verb: str = "created"
    item: int | None = None
    key: str = ""
    status: str = "esistente"
    valence: str = ""
    attributes: dict[str, Any] = field(default_factory=dict)
    answers: list[Any] = field(default_factory=list)
    geometry: str | None = None
    point: str | None = None
    accuracy: str = ""
    raw: dict[str, Any] = field(default_factory=dict)
    withheld: dict[str, Any] = field(default_factory=dict)
    layer: str = ""
    row: int | None = None
    changes: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class EditionHead:
    """Whose edition it is and where it comes from."""

    source: Source
    by: User | None = None
    delivery: uuid.UUID | None = None
    delivered_on: dt.date | None = None
    file_name: str = ""
    sha256: str = ""
    rule_set: str = ""
    act: str = ""
    reference_date: dt.date | None = None
    note: str = ""


def plan_source(municipality: Municipality) -> Source:
    """The source "PGT of the comune" (Lettura 1), made at the first delivery."""
    source, _created = Source.objects.get_or_create(
        municipality=municipality,
        reading=Source.Reading.PLAN,
        is_demonstration=False,
        defaults={
            "slug": f"pgt-{municipality.slug}",
            "name": f"Piano dei Servizi di {municipality.name}",
            "owner": f"Comune di {municipality.name}",
            "licence": "CC BY 4.0",
        },
    )
    return source


def office_source() -> Source:
    """The metropolitan office's own source (Lettura 2): services that no other source has said."""
    source, _created = Source.objects.get_or_create(
        slug="ufficio-metropolitano",
        defaults={
            "name": "Ufficio metropolitano",
            "reading": Source.Reading.OTHER,
            "covers_all": True,
            "owner": "Città metropolitana di Milano",
            "licence": "CC BY 4.0",
        },
    )
    return source


@transaction.atomic
def validate(edition: Edition, service: Service, *, valence: str, reason: str) -> None:
    """Show the valence the office gives, with its reason; an empty one takes the office's back.

    Part of the act that the edition published: in its transaction, at its moment.
    """
    before = service.states.filter(valid_to__isnull=True).first()
    states.open_affected()
    with connection.cursor() as cursor:
        cursor.execute(_VALIDATED, [service.pk, valence, reason.strip() if valence else ""])
    states.write(edition.published_at)
    ServiceEvent.objects.create(
        service=service,
        edition=edition,
        verb=ServiceEvent.Verb.VALIDATED,
        changes={"valence": [before.validated if before else "", valence]},
        by=edition.published_by,
        at=edition.published_at,
    )


@transaction.atomic
def refresh_shown() -> int:
    """Show every service anew, after the taxonomy or the criteria changed; how many changed.

    Nothing is published by this: what sources say, and what the office validated, stays.
    """
    at = states.hold_moment()
    states.open_affected()
    with connection.cursor() as cursor:
        cursor.execute(_ALL_SHOWN)
    states.write(at)
    return ServiceState.objects.filter(valid_from=at).count()


@transaction.atomic
def publish_edition(
    head: EditionHead,
    records: Iterable[NewRecord],
    *,
    withdrawn: Sequence[int] = (),
    confirmed: Sequence[int] = (),
) -> Edition:
    """Publish one edition: new records, things withdrawn and things confirmed (SourceItem ids).

    Holds the source's row until the end, so two editions of one source cannot interleave.
    """
    source = Source.objects.select_for_update().get(pk=head.source.pk)
    at = states.hold_moment()
    states.open_affected()
    number = (source.editions.aggregate(last=Max("number"))["last"] or 0) + 1
    counts = _fill(records)
    counts.update({"withdrawn": len(withdrawn), "confirmed": len(confirmed)})
    edition = Edition.objects.create(
        source=source,
        number=number,
        published_at=at,
        published_by=head.by,
        delivery=head.delivery,
        delivered_on=head.delivered_on,
        file_name=head.file_name,
        sha256=head.sha256,
        rule_set=head.rule_set,
        act=head.act,
        reference_date=head.reference_date,
        note=head.note,
        counts=dict(counts),
    )
    SQL.run(
        "publish_edition",
        source=source.pk,
        edition=edition.pk,
        number=number,
        withdrawn=list(withdrawn),
        confirmed=list(confirmed),
        day=timezone.localdate(at),
        by=head.by.pk if head.by else None,
        at=at,
    )
    states.write(at)
    return edition


def _fill(records: Iterable[NewRecord]) -> Counter[str]:
    """COPY the records into the temporary table; how many of each verb."""
    # All of them first: a generator that queries while the COPY is open would wait for itself.
    ready = list(records)
    counts: Counter[str] = Counter()
    with connection.cursor() as cursor:
        cursor.execute(_TABLE)
        with cursor.copy(f"COPY edition_row ({_COLUMNS}) FROM STDIN") as copy:
            for record in ready:
                counts[record.verb] += 1
                copy.write_row(_row(record))
    return counts


def _row(record: NewRecord) -> Sequence[Any]:
    issued = record.item is None and not record.key
    return (
        record.verb,
        json.dumps(record.changes),
        record.item,
        record.key or new_item_key(),
        issued,
        new_service_id(),
        record.fingerprint,
        record.name,
        record.kind or None,
        record.status or "esistente",
        record.valence,
        record.municipality,
        json.dumps(record.attributes),
        json.dumps(record.answers),
        record.geometry,
        record.point,
        record.accuracy,
        json.dumps(record.raw),
        json.dumps(record.withheld),
        record.layer,
        record.row,
    )
