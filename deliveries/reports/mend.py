"""What the «Correggi» step shows: the rows to mend,
with the cells that their findings speak of."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.contrib.gis.geos import Point
from django.core.paginator import Page, Paginator

from core.geo import GEOGRAPHIC_SRID
from deliveries.geocoding.proposals import questions_of
from deliveries.models import Delivery, Finding, StagedRow
from deliveries.reports.placed import Offer, geocoder_host, offers
from deliveries.reports.wording import Words, language, message_of
from validator import schema
from validator.findings import Severity

PER_PAGE = 10
#: Fields that are decided by choosing a type, or by placing the row on the map.
_CHOSEN_ELSEWHERE = frozenset({*schema.TYPE_FIELDS, *schema.POSITION_FIELDS})
#: Families whose findings are mended by moving the row.
_PLACE = ("GEO", "CRS")
#: The finding of a row that lies outside the comune: its position is none to be used.
_OUTSIDE = "GEO-07"


@dataclass(frozen=True)
class EditableCell:
    """One field that can be mended: what people call
    it, what it holds; `sent` if not understood."""

    name: str
    label: str
    value: str
    domain: Sequence[str]
    sent: str
    is_pointed_at: bool

    @property
    def shown(self) -> str:
        """What stands in its box: a list of words shows none that is not in it."""
        return "" if self.domain and self.value not in self.domain else self.value


@dataclass(frozen=True)
class ToMend:
    """One row with its findings, its cells, its type and its place."""

    row: StagedRow
    findings: Sequence[tuple[Finding, Words]]
    cells: Sequence[EditableCell]
    asks_type: bool
    asks_place: bool
    kind: str
    lon: str
    lat: str
    #: What the page shows of each field, of the type and of the place. The form gives it back:
    #: what a person changed is what differs from it, whatever has become of the row meanwhile.
    shown: Mapping[str, str]
    wrong: str = ""
    takes_repair: bool = False
    to_point: bool = False
    #: The host that may be asked where the address is; empty: nothing of it is shown.
    geocoder: str = ""
    offer: Offer | None = None
    chosen: str = ""
    failure: str = ""

    @property
    def shown_json(self) -> str:
        """`shown` as one field of the form; `shown_then` reads it."""
        return json.dumps(self.shown, ensure_ascii=False)

    @property
    def is_area(self) -> bool:
        """Whether a new place would take an outline away."""
        shape = self.row.geometry
        return shape is not None and shape.dims == 2

    @property
    def repair(self) -> Mapping[str, Any] | None:
        """The repair of the geometry that is proposed, to be taken or not (GEO-04)."""
        found = (finding.params for finding, _words in self.findings if finding.code == "GEO-04")
        return next(found, None)

    @property
    def pointed(self) -> list[EditableCell]:
        return [cell for cell in self.cells if cell.is_pointed_at]

    @property
    def others(self) -> list[EditableCell]:
        return [cell for cell in self.cells if not cell.is_pointed_at]


def rows_to_mend(
    delivery: Delivery, *, page: int, layer: str = "", row: int | None = None
) -> Page[Any]:
    """Blocked rows, a page at a time; or the one row asked for, blocked or not."""
    rows = StagedRow.objects.of(delivery).order_by("layer", "row").defer("sent")
    chosen = rows.filter(layer=layer, row=row) if row is not None else rows.filter(blocked=True)
    return Paginator(chosen, PER_PAGE).get_page(page)


def described(delivery: Delivery, rows: Sequence[StagedRow]) -> list[ToMend]:
    """Rows with what was found in them; one query for the findings of all."""
    numbers = [row.row for row in rows]
    speaking = Finding.objects.of(delivery).filter(rows__overlap=numbers)
    speaking = speaking.exclude(severity=Severity.INFO)
    findings = list(speaking.order_by("severity", "code")[:500])
    fields = _fields_by_column(delivery)
    found, host = offers(delivery, rows), geocoder_host()
    items = [_described(row, findings, fields) for row in rows]
    if not host:
        return items
    question = questions_of(delivery)
    return [
        replace(item, geocoder=host, offer=found.get((item.row.layer, item.row.row)))
        if _is_lost(item) and question(item.row.attributes, item.row.municipality)
        else item
        for item in items
    ]


def _is_lost(item: ToMend) -> bool:
    """Whether the row has no position to be used."""
    return item.row.point is None or any(f.code == _OUTSIDE for f, _words in item.findings)


def with_offer(item: ToMend, offer: Offer | None, *, failure: str = "") -> ToMend:
    """The row with what was just proposed, or with why nothing was."""
    return replace(item, geocoder=item.geocoder or geocoder_host(), offer=offer, failure=failure)


def _described(
    row: StagedRow, findings: Sequence[Finding], fields: dict[tuple[str, str], str]
) -> ToMend:
    mine = [f for f in findings if f.layer in ("", row.layer) and row.row in f.rows]
    pointed = {fields.get((row.layer, f.column), f.column) for f in mine if f.column}
    lon, lat = _lonlat(row)
    families = {f.code[:3] for f in mine}
    cells = [
        _cell(row, name, sent=_sent_text(row, name, fields), is_pointed_at=name in pointed)
        for name in schema.NAMES
        if name not in _CHOSEN_ELSEWHERE
    ]
    return ToMend(
        row=row,
        findings=[(f, message_of(f, rows=[row.row])) for f in mine],
        cells=cells,
        asks_type=not row.kind or bool(pointed & set(schema.TYPE_FIELDS)),
        asks_place=bool(families & set(_PLACE)),
        kind=row.kind or "",
        lon=lon,
        lat=lat,
        shown={cell.name: cell.shown for cell in cells}
        | {"kind": row.kind or "", "lon": lon, "lat": lat},
    )


def _cell(row: StagedRow, name: str, *, sent: str, is_pointed_at: bool) -> EditableCell:
    # Who sent a withheld cell has to see it, to take out of it what is a person's.
    field, value = schema.BY_NAME[name], {**row.attributes, **row.private}.get(name)
    return EditableCell(
        name=name,
        label=field.label(language()),
        value=sent if value is None else str(value),
        domain=field.domain,
        sent=sent if value is None else "",
        is_pointed_at=is_pointed_at,
    )


def _sent_text(row: StagedRow, name: str, fields: dict[tuple[str, str], str]) -> str:
    """What was sent for a field, so that a value that
    was not understood can be mended, not retyped."""
    columns = (column for (layer, column), f in fields.items() if layer == row.layer and f == name)
    value = row.raw.get(next(columns, ""))
    return "" if value is None else str(value)[: schema.TYPED_CHARACTERS]


def as_typed(item: ToMend, typed: Mapping[str, str], wrong: str) -> ToMend:
    """The row as somebody left it when something could not be used (`wrong` says what)."""
    return replace(
        item,
        cells=[
            replace(cell, value=typed.get(f"f-{cell.name}", cell.value)) for cell in item.cells
        ],
        kind=typed.get("kind", item.kind),
        lon=typed.get("lon", item.lon),
        lat=typed.get("lat", item.lat),
        takes_repair="repair" in typed,
        to_point="point" in typed,
        chosen=typed.get("place", ""),
        shown=shown_then(item, typed),
        wrong=wrong,
    )


def shown_then(item: ToMend, typed: Mapping[str, str]) -> dict[str, str]:
    """What the page had shown of the row when it was opened; of a form that does not say it, what
    stands there now."""
    try:
        then = json.loads(typed.get("was", "{}"))
    except (ValueError, RecursionError):
        then = {}
    known = then if isinstance(then, dict) else {}
    return {name: str(known.get(name, now)) for name, now in item.shown.items()}


def _fields_by_column(delivery: Delivery) -> dict[tuple[str, str], str]:
    """(layer, the planner's column) -> field of the schema."""
    return {
        (layer, match["column"]): match["field"]
        for layer, known in delivery.mapping.items()
        for match in known.get("columns", [])
        if match.get("field")
    }


def _lonlat(row: StagedRow) -> tuple[str, str]:
    if row.point is None:
        return "", ""
    there = row.point.transform(GEOGRAPHIC_SRID, clone=True)
    assert isinstance(there, Point)
    return f"{there.x:.6f}", f"{there.y:.6f}"
