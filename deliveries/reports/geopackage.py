"""The planner's own delivery back as GeoPackage: layers as sent with `esito`, a layer `errori`.

Rows and findings are read and written a chunk at a time, so that memory is that of a chunk.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from django.db import connection
from django.utils.translation import gettext as _

from core.geo import MASTER_SRID
from deliveries.models import Delivery, Finding, StagedRow
from deliveries.reports import page, sent
from deliveries.reports.wording import message_of
from deliveries.writers import GeoPackage, Shapes
from validator.libraries import pl
from validator.source_file import ERRORS, OUTCOME, own_name

#: A finding of more rows is told once, with their range, instead of once per row.
MANY_ROWS = 1_000
_HIDDEN = "***"
#: Code and column of a finding, and one of its rows.
OnRow = tuple[str, str, int]


def _error_columns() -> dict[str, pl.DataType]:
    """Columns of the layer of findings."""
    return {
        "codice": pl.String(), "gravita": pl.String(), "strato": pl.String(), "riga": pl.Int64(),
        "righe": pl.String(), "identificativo": pl.String(), "colonna": pl.String(),
        "che_cosa_non_va": pl.String(), "che_cosa_fare": pl.String(),
    }  # fmt: skip


_TYPES = """
    SELECT cell.key, jsonb_typeof(cell.value) AS sort,
           bool_and(jsonb_typeof(cell.value) <> 'number' OR cell.value::text !~ '[.eE]') AS whole
    FROM deliveries_stagedrow r, jsonb_each(r.raw) cell
    WHERE r.delivery_id = %s AND r.layer = %s AND cell.value <> 'null' GROUP BY 1, 2
"""


def write(delivery: Delivery, path: Path) -> None:
    """Write the return file of a checked delivery."""
    book = GeoPackage(path)
    facts = sent.layer_facts(delivery)
    names = StagedRow.objects.of(delivery).order_by("layer").values_list("layer", flat=True)
    layers = list(facts) or list(names.distinct())
    for layer in layers:
        _layer(book, delivery, layer, facts.get(layer, {}))
    title = own_name(ERRORS, layers)
    for lines, shapes in _error_chunks(delivery):
        book.add(title, lines, shapes, crs=f"EPSG:{MASTER_SRID}")


def _layer(book: GeoPackage, delivery: Delivery, layer: str, facts: Mapping[str, Any]) -> None:
    """The rows of a layer with their columns as sent, in order, then the outcome."""
    types = _column_types(delivery, layer)
    known = delivery.mapping.get(layer, {}).get("columns", [])
    columns = [match["column"] for match in known] or list(types)
    outcome = own_name(OUTCOME, columns)
    rows = StagedRow.objects.of(delivery).filter(layer=layer).order_by("row")
    has_shapes = bool(facts.get("position_from", "geometry"))
    for chunk in sent.chunks(
        rows.only("row", "raw", "sent", "geometry", "blocked").iterator(sent.CHUNK)
    ):
        first, last = chunk[0].row, chunk[-1].row
        found = _on_rows(delivery, layer, first=first, last=last)
        codes, secret = _codes(found), _secrets(found)
        frame = pl.DataFrame(
            [
                pl.Series(name, _cells(chunk, name, secret), dtype=kind, strict=False)
                for name, kind in ((name, types.get(name, pl.String())) for name in columns)
            ]
        ).with_columns(pl.Series(outcome, [_outcome(row, codes) for row in chunk]))
        shapes = sent.shapes(chunk, facts) if has_shapes else None
        book.add(layer, frame, shapes, crs=sent.system(facts))


def _column_types(delivery: Delivery, layer: str) -> dict[str, pl.DataType]:
    """What each column holds: whole numbers, numbers, yes or no, else text."""
    found: dict[str, set[str]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_TYPES, [delivery.pk, layer])
        for name, sort, whole in cursor.fetchall():
            found.setdefault(name, set()).add("whole" if sort == "number" and whole else sort)
    return {name: _type(sorts) for name, sorts in found.items()}


def _type(sorts: set[str]) -> pl.DataType:
    if sorts == {"whole"}:
        return pl.Int64()
    if sorts == {"number"}:
        return pl.Float64()
    return pl.Boolean() if sorts == {"boolean"} else pl.String()


def _cells(rows: list[StagedRow], name: str, secret: set[tuple[int, str]]) -> list[Any]:
    if not secret:
        return [row.raw.get(name) for row in rows]
    return [_HIDDEN if (row.row, name) in secret else row.raw.get(name) for row in rows]


def _codes(on_rows: list[OnRow]) -> dict[int, list[str]]:
    """Row -> codes of what was found in it."""
    found: dict[int, dict[str, None]] = {}
    for code, _column, row in on_rows:
        found.setdefault(row, {})[code] = None
    return {row: list(codes) for row, codes in found.items()}


def _secrets(on_rows: list[OnRow]) -> set[tuple[int, str]]:
    """Cells with personal data, which a file that travels must not repeat (ATT-15)."""
    return {(row, column) for code, column, row in on_rows if code in page.SECRET}


def _on_rows(delivery: Delivery, layer: str, *, first: int, last: int) -> list[OnRow]:
    with connection.cursor() as cursor:
        cursor.execute(
            'SELECT code, "column", line FROM deliveries_finding f, unnest(f.rows) line'
            " WHERE delivery_id = %s AND layer IN (%s, '') AND line BETWEEN %s AND %s"
            " ORDER BY code",
            [delivery.pk, layer, first, last],
        )
        found: list[OnRow] = cursor.fetchall()
    return found


def _outcome(row: StagedRow, codes: Mapping[int, list[str]]) -> str:
    mine = codes.get(row.row, [])
    if row.blocked:
        return f"{_('da correggere')}: {', '.join(mine)}"
    return f"{_('da leggere')}: {', '.join(mine)}" if mine else _("a posto")


def _error_chunks(delivery: Delivery) -> Iterator[tuple[pl.DataFrame, Shapes]]:
    """One line per finding and row, in the report's order, with its place in EPSG:32632."""
    wrote = False
    for batch in _batches(Finding.objects.of(delivery).order_by("pk").light()):
        staged, wrote = _spoken_of(delivery, batch), True
        yield _error_frame([line for one in batch for line in _lines(one, staged)])
    if not wrote:
        yield _error_frame([])


def _batches(findings: Iterable[Finding]) -> Iterator[list[Finding]]:
    """Findings together that make a chunk of lines: one may be told for a thousand rows."""
    batch, lines = [], 0
    for one in findings:
        batch.append(one)
        lines += len(one.rows) if 0 < len(one.rows) <= MANY_ROWS else 1
        if lines >= sent.CHUNK:
            yield batch
            batch, lines = [], 0
    if batch:
        yield batch


def _error_frame(lines: list[tuple[list[Any], Any]]) -> tuple[pl.DataFrame, Shapes]:
    frame = pl.DataFrame([said for said, _shape in lines], schema=_error_columns(), orient="row")
    return frame, np.array([shape for _said, shape in lines], dtype=object)


def _spoken_of(delivery: Delivery, findings: list[Finding]) -> dict[tuple[str, int], StagedRow]:
    """The rows that findings name one by one, by layer and number."""
    numbers = {row for one in findings if len(one.rows) <= MANY_ROWS for row in one.rows}
    rows = StagedRow.objects.of(delivery).filter(row__in=numbers)
    return {(r.layer, r.row): r for r in rows.only("layer", "row", "identifier", "point")}


def _lines(
    one: Finding, staged: Mapping[tuple[str, int], StagedRow]
) -> Iterator[tuple[list[Any], Any]]:
    """What the layer `errori` says of a finding: values in column order, and the place."""
    place = bytes(one.position.wkb) if one.position else None
    if not one.rows or len(one.rows) > MANY_ROWS:
        span = f"{one.rows[0]}-{one.rows[-1]} ({len(one.rows)})" if one.rows else ""
        yield _said(one, None, span, ""), place
        return
    for number in one.rows:
        row = staged.get((one.layer, number))
        point = bytes(row.point.wkb) if row and row.point else None
        yield _said(one, number, "", row.identifier if row else ""), place or point


def _said(one: Finding, number: int | None, span: str, identifier: str) -> list[Any]:
    words = message_of(one, rows=None if number is None else [number])
    return [
        one.code, one.severity_label, one.layer, number, span, identifier,
        one.column, words.message, words.fix,
    ]  # fmt: skip
