"""How reference data enters the database: write what is new, leave what a person changed.

Only the frame; what each file holds is told by the modules that load it, one per app.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

import pghistory
from django.conf import settings
from django.contrib.gis.geos import Point
from django.db import models, transaction
from django.db.models import Model

from core.geo import GEOGRAPHIC_SRID, MASTER_SRID

FIXTURES: Final = Path(settings.BASE_DIR) / "fixtures"
BATCH: Final = 2_000

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Loaded:
    """How many rows of one table were written; `kept` are those a person has changed since."""

    name: str
    created: int
    updated: int
    unchanged: int
    kept: int

    def __str__(self) -> str:
        total = self.created + self.updated + self.unchanged + self.kept
        words = [
            f"{count} {word}"
            for count, word in (
                (self.created, "nuovi"),
                (self.updated, "aggiornati"),
                (self.unchanged, "invariati"),
                (self.kept, "modificati a mano, non toccati"),
            )
            if count
        ]
        return f"{self.name}: {total} ({', '.join(words) or 'niente da caricare'})"


def read_csv(name: str) -> Iterator[dict[str, str]]:
    """Rows of a fixture as text by column; an empty cell is an empty string."""
    with (FIXTURES / name).open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def position(lon: str, lat: str) -> Point:
    """A hand-written WGS84 position as a point of the master geometry, rounded to 1 m."""
    point = Point(float(lon), float(lat), srid=GEOGRAPHIC_SRID)
    point.transform(MASTER_SRID)
    return Point(round(point.x), round(point.y), srid=MASTER_SRID)


def upsert(rows: Sequence[M], *, key: Sequence[str], fields: Sequence[str]) -> Loaded:
    """Write unsaved instances of one model by `key`; on those that exist only what differs.

    Rows of a table with history (pghistory) whose last change no loader made are left alone.
    """
    model = type(rows[0])
    with transaction.atomic(), pghistory.context(loader=model._meta.label):
        existing = {_values(row, key): row for row in model._default_manager.all()}
        new = [row for row in rows if _values(row, key) not in existing]
        old = [(existing[_values(row, key)], row) for row in rows if _values(row, key) in existing]
        differing = [
            (was, row) for was, row in old if _values(was, fields) != _values(row, fields)
        ]
        by_hand = _changed_by_a_person(model, [was.pk for was, _row in differing])
        changed = [_copied(was, row, fields) for was, row in differing if was.pk not in by_hand]
        model._default_manager.bulk_create(new, batch_size=BATCH)
        model._default_manager.bulk_update(changed, list(fields), batch_size=BATCH)
    return Loaded(
        name=str(model._meta.verbose_name_plural),
        created=len(new),
        updated=len(changed),
        unchanged=len(old) - len(differing),
        kept=len(by_hand),
    )


def _values(row: Model, names: Sequence[str]) -> tuple[Any, ...]:
    """The stored values: of a foreign key its column, so that no row is fetched to compare."""
    return tuple(row.serializable_value(name) for name in names)


def _copied(target: M, origin: M, fields: Sequence[str]) -> M:
    for name in fields:
        setattr(target, name, getattr(origin, name))
    return target


def _changed_by_a_person(model: type[Model], keys: Sequence[Any]) -> set[Any]:
    """Keys of rows whose last event names no loader; empty for a table without history."""
    events: type[models.Model] | None = getattr(model, "pgh_event_model", None)
    if events is None or not keys:
        return set()
    last = (
        events._default_manager.filter(pgh_obj_id__in=keys)
        .order_by("pgh_obj_id", "-pgh_id")
        .distinct("pgh_obj_id")
        .values_list("pgh_obj_id", "pgh_context__metadata")
    )
    return {key for key, metadata in last if not (metadata or {}).get("loader")}
