"""XLSX, XLS and ODS through calamine: every sheet with records is a layer, every value a text."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from validator import schema
from validator.libraries import calamine, pl
from validator.reading import encoding, tabular
from validator.reading.archive import Archive
from validator.reading.job import Found, Job, check_size
from validator.source_file import OWN_COLUMNS, OWN_SHEETS, Note, OtherLayer, SourceLayer

Cell = int | float | str | bool | dt.time | dt.date | dt.datetime | dt.timedelta
#: An apostrophe that keeps a text from being run, or taken for an error, by a spreadsheet.
QUOTED = re.compile(r"^'+(?:[=+\-@\t\r]|#(?:N/A|NULL!|DIV/0!|VALUE!|REF!|NAME\?|NUM!)$)")


@dataclass(frozen=True, slots=True)
class Block:
    """A merged range of cells; rows and columns from 0, both ends included."""

    top: int
    left: int
    bottom: int
    right: int


def _faults() -> tuple[type[Exception], ...]:
    return calamine.CalamineError, OSError, ValueError, OverflowError


def read(job: Job, format: str, *, zipped: bool = True) -> Found:
    """Every sheet with at least a header and a record.
    Raises Unreadable FIL-01, FIL-02, FIL-03."""
    if zipped:
        # A workbook is a zip: the same bounds hold for what it unpacks to in memory.
        Archive(job.path, job.name, job.limits).close()
    try:
        workbook = calamine.CalamineWorkbook.from_path(str(job.path))
    except _faults() as error:
        raise job.damaged(format) from error
    found = Found()
    returned = tuple(workbook.sheet_names[:2]) in OWN_SHEETS
    for name in workbook.sheet_names[: job.limits.layers]:
        if job.wants(name):
            found.add(_sheet(job, format, workbook, name, returned=returned))
        else:
            found.others.append(OtherLayer(name, "not-chosen"))
    return found


def _sheet(
    job: Job, format: str, workbook: calamine.CalamineWorkbook, name: str, *, returned: bool
) -> Found:
    try:
        sheet = workbook.get_sheet_by_name(name)
        raw = sheet.to_python(skip_empty_area=False)
        merged = [Block(*start, *end) for start, end in sheet.merged_cell_ranges or []]
    except _faults() as error:
        raise job.damaged(format) from error
    rows = [[_text(cell) for cell in row] for row in raw]
    if returned and rows and tuple(rows[0][:2]) in OWN_COLUMNS:
        # Our own number and outcome of each row are no data of the planner's.
        rows = [row[2:] for row in rows]
    check_size(job, rows=len(rows), columns=max((len(row) for row in rows), default=0))
    _fill_all(rows, merged)
    layer = _layer(job, name, rows, merged)
    return Found(layers=[layer]) if layer else Found(others=[OtherLayer(name, "empty", 0)])


def _layer(job: Job, name: str, rows: list[list[str]], merged: list[Block]) -> SourceLayer | None:
    filled = [(i + 1, row) for i, row in enumerate(rows) if any(row)]
    header = tabular.find_header([row for _, row in filled[:200]])
    names, last = list(header.names), filled[header.index - 1][0] if header.index else 0
    if header.found and merged:
        first = last
        last = _header_bottom(last - 1, merged) + 1
        names = _joined(rows[first - 1 : last], len(names))
    records = [(line, row) for line, row in filled if line > last]
    if not records:
        return None
    unique, notes = tabular.name_columns(names, has_header=header.found)
    width = len(unique)
    frame = tabular.frame_of(unique, [(row + [""] * width)[:width] for _, row in records])
    unnamed = [n for n, heading in zip(unique, names, strict=True) if not heading]
    frame = _whole_shapes(tabular.without_empty_columns(frame, unnamed))
    titles = [
        " ".join(dict.fromkeys(c for c in row if c)) for _, row in filled[: header.index - 1]
    ]
    return SourceLayer(
        name=name,
        frame=frame,
        notes=tuple(_notes(frame, notes, header, titles if header.index else [])),
        source=job.source,
        lines=pl.Series("line", [line for line, _ in records], dtype=pl.UInt32),
    )


def _whole_shapes(frame: pl.DataFrame) -> pl.DataFrame:
    """Shapes that the portal's package cut into several cells, in one piece again."""
    label = schema.BY_NAME["wkt"].label_it
    pieces: list[str] = []
    while (name := schema.continued("wkt", len(pieces) + 2)) in frame.columns:
        pieces.append(name)
    if not pieces or label not in frame.columns:
        return frame
    text = pl.concat_str([label, *pieces], ignore_nulls=True)
    whole = pl.when(pl.col(label).is_null()).then(None).otherwise(text).alias(label)
    return frame.with_columns(whole).drop(pieces)


def _header_bottom(top: int, merged: list[Block]) -> int:
    """The last row of a header that starts at `top`: as deep as its merged
    cells reach, and one more row below a heading that spans several columns."""
    bottom = top
    for block in sorted(merged, key=lambda one: one.top):
        if block.top > bottom:
            break
        if block.top >= top:
            bottom = max(bottom, block.bottom + (1 if block.right > block.left else 0))
    return bottom


def _joined(rows: list[list[str]], width: int) -> list[str]:
    """One name per column out of the rows of a header: "Current / Phase 1 / #"."""
    padded = [(row + [""] * width)[:width] for row in rows]
    return [
        " / ".join(dict.fromkeys(cell for cell in column if cell))
        for column in zip(*padded, strict=True)
    ]


def _notes(
    frame: pl.DataFrame, notes: list[Note], header: tabular.Header, titles: list[str]
) -> list[Note]:
    found = list(notes)
    if not header.found:
        found.append(Note("no-header"))
    if any(titles):
        found.append(Note("title-rows", {"texts": [title[:200] for title in titles]}))
    found += tabular.geometry_texts(frame)
    if damaged := encoding.damaged_cells(frame):
        found.append(damaged)
    return found


def _fill_all(rows: list[list[str]], merged: list[Block]) -> None:
    """Merged blocks do not overlap, so they fill no more cells than there are: of a file that says
    otherwise those beyond are left as they are, or it would take hours."""
    left = sum(map(len, rows))
    for block in merged:
        depth = min(block.bottom + 1, len(rows)) - block.top
        left -= max(depth, 1) * (block.right - block.left + 1)
        if left < 0:
            return
        _fill(rows, block)


def _fill(rows: list[list[str]], block: Block) -> None:
    """Repeat the value of a merged block in all its cells, within the rows that exist."""
    if block.top >= len(rows) or block.left >= len(rows[block.top]):
        return
    value = rows[block.top][block.left]
    for row in rows[block.top : block.bottom + 1]:
        for column in range(block.left, min(block.right + 1, len(row))):
            row[column] = value


def _text(cell: Cell) -> str:
    """The value as a person reads it: whole numbers without decimals, dates in ISO form."""
    if isinstance(cell, str):
        # The portal's own return files write «'=1+1» so
        # that no sheet runs it: what was sent is «=1+1».
        return cell[1:] if QUOTED.match(cell) else cell
    if isinstance(cell, bool):
        return "vero" if cell else "falso"
    if isinstance(cell, float):
        # Fifteen digits, as spreadsheets show them: 0.1 + 0.2 is 0.3.
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else f"{cell:.15g}"
    if isinstance(cell, dt.datetime):
        midnight = cell.time() == dt.time()
        return cell.date().isoformat() if midnight else cell.isoformat(sep=" ", timespec="seconds")
    if isinstance(cell, dt.date | dt.time):
        return cell.isoformat()
    return str(cell)
