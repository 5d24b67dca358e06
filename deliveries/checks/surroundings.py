"""What a check knows beside the file: territory, what
is in force, what others say; read from the database.

The understanding and the rules get frozen values from here and never query.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import shapely
from django.conf import settings
from django.contrib.gis.db.models import Union
from django.contrib.gis.geos import GEOSGeometry
from django.db.models import F
from django.utils import timezone
from django.utils.module_loading import import_string

from deliveries.checks import similar
from deliveries.models import Delivery
from deliveries.states import DeliveryStatus
from services.models import Record, Source
from validator.libraries import pl
from validator.rules.context import (
    Accepted,
    Others,
    RuleContext,
    SameFile,
    accepted_schema,
    others_schema,
)
from validator.territory import Territory
from zones.models import FormerCode, Municipality

#: Other sources' services farther than this from the comune cannot be duplicates of its own.
REACH_M = 1_000
#: Outlines declared finer than this are the detailed ones, and being outside becomes an error.
DETAILED_M = 25


def territory() -> Territory:
    """The comuni of the metropolitan city with their outlines, by ISTAT code."""
    rows = list(
        Municipality.objects.current()
        .order_by("istat")
        .values_list("istat", "name", "geometry", "boundary_accuracy_m")
    )
    empty = shapely.MultiPolygon()
    accuracy = max((row[3] for row in rows), default=250)
    return Territory(
        codes=tuple(row[0] for row in rows),
        names=tuple(row[1] for row in rows),
        outlines=tuple(shapely.from_wkb(bytes(row[2].wkb)) if row[2] else empty for row in rows),
        accuracy_m=float(accuracy),
        detailed=accuracy <= DETAILED_M,
        former=FormerCode.objects.successors(),
    )


def accepted(source: Source) -> Accepted | None:
    """What is in force of the delivery's own source; None before the first edition."""
    if source.pk is None or not source.editions.exists():
        return None
    rows = _columns(
        Record.objects.current().filter(item__source=source).order_by("item_id"),
        key=F("item__key"),
        service=F("item__service__public_id"),
    )
    return Accepted(_frame(rows, accepted_schema()))


def home(source: Source) -> tuple[str, ...]:
    """ISTAT codes of the comuni that the source may speak of."""
    return tuple(source.territory().order_by("istat").values_list("istat", flat=True))


def others(source: Source) -> Others:
    """Current records of other sources in the source's comuni or within `REACH_M` of them."""
    records = Record.objects.current()
    if source.pk is not None:
        records = records.exclude(item__source=source)
    if not source.covers_all and (outline := _outline(source)):
        records = records.filter(point__dwithin=(outline, REACH_M))
    rows = _columns(
        records.order_by("item_id"),
        service=F("item__service__public_id"),
        source_name=F("item__source__name"),
        reading=F("item__source__reading"),
        municipality_code=F("municipality_id"),
        municipality_name=F("municipality__name"),
        declared_by=F("item__source__municipality_id"),
        declared_name=F("item__source__municipality__name"),
    )
    for row in rows:
        row["source"] = row.pop("source_name")
        row["municipality"] = row.pop("municipality_code")
        row["plan"] = row["reading"] == Source.Reading.PLAN
    return Others(_frame(rows, others_schema()))


def _outline(source: Source) -> GEOSGeometry | None:
    if source.municipality:
        return source.municipality.geometry
    united: GEOSGeometry | None = source.territory().aggregate(all=Union("geometry"))["all"]
    return united


def _columns(records: Any, **extra: F) -> list[dict[str, Any]]:
    rows = records.values(
        "name", "valence", "fingerprint", "point", kind_slug=F("kind_id"), **extra
    )
    return [
        {
            **{
                name: value or None
                for name, value in row.items()
                if name not in ("point", "kind_slug")
            },
            "kind": row["kind_slug"],
            "x": row["point"].x if row["point"] else None,
            "y": row["point"].y if row["point"] else None,
        }
        for row in rows
    ]


def _frame(rows: list[dict[str, Any]], columns: dict[str, pl.DataType]) -> pl.DataFrame:
    wanted = [{name: row.get(name) for name in columns} for row in rows]
    return pl.DataFrame(wanted, schema=columns, strict=False)


def rule_context(source: Source, *, day: dt.date) -> RuleContext:
    """Everything the rules may know of a delivery to `source` on `day`."""
    return RuleContext(
        today=day,
        territory=territory(),
        accepted=accepted(source),
        others=others(source),
        plan=source.reading == Source.Reading.PLAN,
        expected=similar.expected(source),
        extra={name: import_string(path)() for name, path in settings.RULE_DATA_LOADERS.items()},
    )


def same_file(delivery: Delivery) -> SameFile | None:
    """An earlier delivery of the same source with the same bytes (FIL-11; outside the report)."""
    if not delivery.sha256:
        return None
    same = Delivery.objects.filter(source=delivery.source_id, sha256=delivery.sha256)
    earlier = same.exclude(status=DeliveryStatus.WITHDRAWN).filter(
        created_at__lt=delivery.created_at
    )
    last: Delivery | None = earlier.order_by("-created_at").first()
    return as_sent(last) if last else None


def as_sent(delivery: Delivery) -> SameFile:
    """The delivery as FIL-11 names it: by its receipt, or by its own key while it has none."""
    receipt = delivery.receipts.order_by("-at").first()
    number = receipt.number if receipt else str(delivery.pk)
    if delivery.status == DeliveryStatus.PUBLISHED and delivery.edition:
        day = timezone.localdate(delivery.edition.published_at)
        return SameFile(number, day, "file_published", in_force=_is_last_published(delivery))
    if receipt:
        return SameFile(number, timezone.localdate(receipt.at), "file_submitted")
    return SameFile(number, timezone.localdate(delivery.created_at))


def _is_last_published(delivery: Delivery) -> bool:
    """Whether no later file of the source was published: what was only confirmed is the same."""
    files = Delivery.objects.filter(source=delivery.source_id, kind=Delivery.Kind.FILE)
    last = files.filter(edition__isnull=False).order_by("-edition__number").first()
    return last == delivery
