"""The report as a workbook: «Cosa fare», the findings,
the rows as sent with coloured, commented cells.

Written row by row (openpyxl write_only), so that memory does not grow with the delivery.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import IO, Any

import shapely
from django.contrib.gis.db.models.functions import MemSize
from django.db.models import F, Func, IntegerField, Max
from django.db.models.functions import Coalesce, Greatest, Length
from django.utils.translation import gettext as _

from deliveries.models import Delivery, Finding, StagedRow
from deliveries.reports import page, sent
from deliveries.reports.wording import message_of
from deliveries.writers import MAX_CELL, harmless, pieces, sheet_title, writable
from validator import schema
from validator.findings import Severity
from validator.libraries import openpyxl

#: Beyond these a spreadsheet becomes slow to open:
#: cells are still coloured, the words are in «Rilievi».
MAX_COMMENTS = 3_000
SPOOL_BYTES = 8 * 1024 * 1024
CHUNK = 2_000
#: Letters of WKT for a byte of WKB, at the most: two numbers of 20 letters in 16 bytes.
_WKT_PER_BYTE = 2.75
_COLOURS = {
    Severity.ERROR: "F5B7B1",
    Severity.SYSTEM: "D5C7DE",
    Severity.WARNING: "FFF3CD",
    Severity.INFO: "D6EAF8",
}
_GRAVEST = (Severity.ERROR, Severity.SYSTEM, Severity.WARNING, Severity.INFO)


def workbook(delivery: Delivery) -> IO[bytes]:
    """The workbook, open at its beginning; on disk when it is large."""
    book = openpyxl.Workbook(write_only=True)
    _todo(book, delivery)
    _findings(book, delivery)
    budget = [MAX_COMMENTS]
    layers = (
        StagedRow.objects.of(delivery).order_by("layer").values_list("layer", flat=True).distinct()
    )
    for layer in layers:
        _rows(book, delivery, layer, budget)
    out = tempfile.SpooledTemporaryFile(max_size=SPOOL_BYTES)  # noqa: SIM115 - handed to the response
    book.save(out)
    out.seek(0)
    return out


def _sheet(
    book: openpyxl.Workbook, title: str, widths: Sequence[int], header: Sequence[str]
) -> Any:
    sheet = book.create_sheet(title)
    for number, width in enumerate(widths):
        sheet.column_dimensions[chr(ord("A") + number)].width = width
    sheet.freeze_panes = "A2"
    cells = [openpyxl.cell.WriteOnlyCell(sheet, value=harmless(text)) for text in header]
    for cell in cells:
        cell.font = openpyxl.styles.Font(bold=True)
    sheet.append(cells)
    return sheet


def _todo(book: openpyxl.Workbook, delivery: Delivery) -> None:
    """The verdict, then one line per group of findings, gravest first."""
    header = [_("Gravità"), _("Righe"), _("Che cosa non va"), _("Che cosa fare"), _("Codice")]
    sheet = _sheet(book, _("Cosa fare"), (14, 9, 70, 70, 10), header)
    groups = page.finding_groups(delivery)
    sheet.append([None, None, page.verdict(delivery, groups).sentence])
    for group in groups:
        cells = [
            openpyxl.cell.WriteOnlyCell(sheet, value=harmless(value))
            for value in (
                group.severity_label,
                group.rows or None,
                group.words.message,
                group.words.fix,
                group.code,
            )
        ]
        cells[0].fill = _fill(group.severity)
        for cell in cells[2:4]:
            cell.alignment = openpyxl.styles.Alignment(wrap_text=True, vertical="top")
        sheet.append(cells)


def _findings(book: openpyxl.Workbook, delivery: Delivery) -> None:
    """Every finding, one line each."""
    header = [_("Codice"), _("Gravità"), _("Strato"), _("Righe"), _("Colonna"), _("Valore"),
              _("Che cosa non va"), _("Che cosa fare")]  # fmt: skip
    sheet = _sheet(book, _("Rilievi"), (10, 14, 20, 14, 20, 24, 70, 60), header)
    found = Finding.objects.of(delivery).order_by("code", "layer", "pk").defer("position")
    for one in found.light():
        said = message_of(one)
        value = "" if one.code in page.SECRET else one.params.get("value", "")
        line = (
            one.code,
            one.severity_label,
            one.layer,
            one.rows[0] if len(one.rows) == 1 else _spans(one.rows),
            one.column,
            value if isinstance(value, int | float | str) else str(value),
            said.message,
            said.fix,
        )
        sheet.append([harmless(text) for text in line])


def _spans(rows: Sequence[int]) -> str:
    """Every row number; runs of three or more as first-last."""
    spans: list[list[int]] = []
    for row in sorted(rows):
        if spans and row == spans[-1][-1] + 1:
            spans[-1].append(row)
        else:
            spans.append([row])
    parts = (
        f"{span[0]}-{span[-1]}" if len(span) > 2 else ", ".join(str(row) for row in span)
        for span in spans
    )
    return ", ".join(parts)


def _rows(book: openpyxl.Workbook, delivery: Delivery, layer: str, budget: list[int]) -> None:
    """The rows of a layer as sent; cells with a finding are coloured and commented."""
    known = delivery.mapping.get(layer, {}).get("columns", [])
    columns = [match["column"] for match in known] or _columns_of_first(delivery, layer)
    title = sheet_title(layer, book.sheetnames, fallback=_("Righe"))
    shapes = _ShapeCells.of(delivery, layer)
    header = [_("Riga"), _("Esito"), *columns, *shapes.header]
    sheet = _sheet(book, title, (8, 14), header)
    findings = _by_row(delivery, layer)
    pending = next(findings, None)
    rows = StagedRow.objects.of(delivery).filter(layer=layer).order_by("row")
    wanted = rows.only("row", "raw", "blocked", *(("sent", "geometry") if shapes.pieces else ()))
    for chunk in sent.chunks(wanted.iterator(CHUNK)):
        for row, places in zip(chunk, shapes.cells(chunk), strict=True):
            mine: list[Finding] = []
            while pending is not None and pending[0] <= row.row:
                if pending[0] == row.row:
                    mine.append(pending[1])
                pending = next(findings, None)
            line = _line(sheet, row, columns=columns, mine=mine, budget=budget)
            sheet.append([*line, *places])


@dataclass(frozen=True)
class _ShapeCells:
    """The shapes of a layer that were not in its cells, as text (WKT) in the system as sent.

    Without them the workbook, sent back, would be a plan without places.
    """

    facts: Mapping[str, Any]
    pieces: int

    @classmethod
    def of(cls, delivery: Delivery, layer: str) -> _ShapeCells:
        facts = sent.layer_facts(delivery).get(layer, {})
        if facts.get("position_from") != "geometry":
            return cls(facts, 0)
        size = Greatest(Length("sent"), Coalesce(MemSize("geometry"), 0))
        rows = StagedRow.objects.of(delivery).filter(layer=layer)
        largest = rows.aggregate(bytes=Max(size))["bytes"] or 0
        return cls(facts, 1 + int(largest * _WKT_PER_BYTE) // MAX_CELL)

    @property
    def header(self) -> list[str]:
        if not self.pieces:
            return []
        return [*schema.columns_of_text("wkt", self.pieces), schema.BY_NAME["crs"].label_it]

    def cells(self, rows: list[StagedRow]) -> Iterator[list[Any]]:
        """Of each row, the cells of `header`."""
        if not self.pieces:
            yield from ([] for _row in rows)
            return
        crs = sent.system(self.facts)
        for wkb in sent.shapes(rows, self.facts):
            # One at a time, at full precision: read again it is the same shape.
            text = shapely.to_wkt(shapely.from_wkb(wkb), rounding_precision=-1) if wkb else None
            yield [*pieces(text, self.pieces), crs if text else None]


def _columns_of_first(delivery: Delivery, layer: str) -> list[str]:
    first = StagedRow.objects.of(delivery).filter(layer=layer).order_by("row").first()
    return list(first.raw) if first else []


def _by_row(delivery: Delivery, layer: str) -> Iterator[tuple[int, Finding]]:
    """(row, finding) in row order, streamed: a finding comes once for each of its rows."""
    mine = Finding.objects.of(delivery).filter(layer=layer).defer("position", "rows")
    each = mine.annotate(line=Func(F("rows"), function="unnest", output_field=IntegerField()))
    for one in each.order_by("line", "pk").iterator(CHUNK):
        yield one.line, one


def _line(
    sheet: Any,
    row: StagedRow,
    *,
    columns: Sequence[str],
    mine: Sequence[Finding],
    budget: list[int],
) -> list[Any]:
    secret = {one.column for one in mine if one.code in page.SECRET}
    outcome = _("da correggere") if row.blocked else (_("da leggere") if mine else _("a posto"))
    sent_cells = ("***" if c in secret else harmless(row.raw.get(c)) for c in columns)
    values = [row.row, outcome, *sent_cells]
    if not mine:
        return values
    cells = [openpyxl.cell.WriteOnlyCell(sheet, value=value) for value in values]
    places = {column: at for at, column in enumerate(columns, 2)}
    by_cell: dict[int, list[Finding]] = {}
    for one in mine:
        by_cell.setdefault(places.get(one.column, 1), []).append(one)
    for at, found in by_cell.items():
        _mark(cells[at], row.row, found, budget)
    return cells


@cache
def _fill(severity: Severity) -> Any:
    return openpyxl.styles.PatternFill("solid", fgColor=_COLOURS[severity])


def _mark(cell: Any, number: int, found: Sequence[Finding], budget: list[int]) -> None:
    gravest = min((Severity(one.severity) for one in found), key=_GRAVEST.index)
    cell.fill = _fill(gravest)
    if budget[0] <= 0:
        return
    budget[0] -= 1
    said = [message_of(one, rows=[number]) for one in found[:5]]
    text = "\n".join(f"{one.message} {one.fix}".strip() for one in said)
    cell.comment = openpyxl.comments.Comment(
        writable(text)[:1000], "Portale STTM 2", width=320, height=140
    )
