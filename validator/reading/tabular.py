"""From rows of cells to a layer: where the header
is, clean column names, what the numbers look like.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from validator.libraries import pl
from validator.source_file import Note

Row = Sequence[str | None]
HEADER_SEARCH = 30
NUMBERLIKE = re.compile(r"^\s*[-+]?[\d.,' ]*\d[\d.,' ]*\s*(%|€|mq|m²|m2|ha)?\s*$")
# Years head columns (population 2021, 2022 ...) more often than they fill a first row.
YEAR = re.compile(r"^\s*(19|20)\d\d\s*$")
GEOMETRY_TEXT = re.compile(
    r"^\s*(SRID=\d+;)?\s*(MULTI)?(POINT|LINESTRING|POLYGON|GEOMETRYCOLLECTION)\s*(Z|M|ZM)?\s*\(",
    re.I,
)
DECIMAL_COMMA = r"^\s*[-+]?\d{1,3}(\.\d{3})*,\d+\s*$|^\s*[-+]?\d+,\d+\s*$"
DECIMAL_POINT = r"^\s*[-+]?\d{1,3}(,\d{3})+\.\d+\s*$|^\s*[-+]?\d+\.\d+\s*$"


@dataclass(frozen=True, slots=True)
class Header:
    """Where the header ends and what it says. `index` counts the rows before the first record."""

    index: int
    names: tuple[str, ...]
    found: bool


def find_header(rows: Sequence[Row]) -> Header:
    """The header among the first rows: the first well-filled row of words above the records.

    A title above the table is stepped over; a table without header gets names of its own.
    """
    usual = _usual_fill(rows)
    for index, row in enumerate(rows[:HEADER_SEARCH]):
        cells = [cell for cell in _trimmed(row) if cell]
        if len(cells) < max(1, 0.6 * usual):
            continue
        if len(cells) > 1 and len(set(cells)) == 1:
            continue  # a title merged over the whole table
        if _is_data(cells):
            break
        return Header(index + 1, tuple(cell or "" for cell in row), found=True)
    widths = Counter(len(row) for row in rows)
    width = widths.most_common(1)[0][0] if widths else 0
    return Header(0, ("",) * width, found=False)


def name_columns(names: Sequence[str], *, has_header: bool) -> tuple[list[str], list[Note]]:
    """Unique column names (blank → colonna_N, repeated
    → NAME_2) and STR-03 / blank-headers notes."""
    clean = [" ".join(name.split()) for name in names]
    blanks = [i + 1 for i, name in enumerate(clean) if not name]
    filled = [name or f"colonna_{i + 1}" for i, name in enumerate(clean)]
    notes = repeated_names(filled)
    if blanks and has_header:
        notes.append(Note("blank-headers", {"n": len(blanks), "columns": blanks}))
    return _unique(filled), notes


def repeated_names(names: Sequence[str]) -> list[Note]:
    """STR-03 for every column name met more than once, case and blanks aside."""
    counts = Counter(_folded(name) for name in names)
    first = {_folded(name): name for name in reversed(names)}
    return [Note("STR-03", {"column": first[key], "n": n}) for key, n in counts.items() if n > 1]


def frame_of(names: Sequence[str], rows: Sequence[Row]) -> pl.DataFrame:
    """A frame of texts; rows must already have as many
    cells as there are names. Empty cells are null.
    """
    columns = zip(*rows, strict=True) if rows else ([] for _ in names)
    return pl.DataFrame(
        [
            pl.Series(name, [cell or None for cell in column], dtype=pl.String)
            for name, column in zip(names, columns, strict=True)
        ]
    )


def without_empty_columns(frame: pl.DataFrame, unnamed: Iterable[str]) -> pl.DataFrame:
    """Drop columns that have neither a header nor a single value (the tail of many sheets)."""
    empty = [c for c in unnamed if frame[c].null_count() == frame.height]
    return frame.drop(empty)


def decimal_mark(frame: pl.DataFrame) -> str:
    """ "," or "." as most decimal numbers of the table are written; "" when there are none."""
    commas = points = 0
    for series in frame.get_columns():
        commas += int(series.str.count_matches(DECIMAL_COMMA).sum() or 0)
        points += int(series.str.count_matches(DECIMAL_POINT).sum() or 0)
    if not commas and not points:
        return ""
    return "," if commas >= points else "."


def geometry_texts(frame: pl.DataFrame) -> list[Note]:
    """`geometry-text` {column, n} for columns whose cells are WKT."""
    notes = []
    for series in frame.get_columns():
        sample = series.drop_nulls().head(20).to_list()
        if sample and all(GEOMETRY_TEXT.match(text) for text in sample):
            notes.append(
                Note(
                    "geometry-text",
                    {"column": series.name, "n": len(series) - series.null_count()},
                )
            )
    return notes


def _unique(names: Sequence[str]) -> list[str]:
    taken: set[str] = set()
    result = []
    for name in names:
        candidate, nth = name, 1
        while candidate in taken:
            nth += 1
            candidate = f"{name}_{nth}"
        taken.add(candidate)
        result.append(candidate)
    return result


def _folded(name: str) -> str:
    return re.sub(r"\s", "", name).casefold()


def _usual_fill(rows: Sequence[Row]) -> float:
    """How many cells a row of this table usually fills."""
    fills = sorted(sum(1 for cell in row if cell) for row in rows if any(row))
    return fills[len(fills) // 2] if fills else 0


def _is_data(cells: Sequence[str]) -> bool:
    """Whether a row of cells cannot be a header: mostly numbers, or a geometry."""
    numbers = sum(1 for cell in cells if NUMBERLIKE.match(cell) and not YEAR.match(cell))
    return numbers >= max(1, 0.5 * len(cells)) or any(GEOMETRY_TEXT.match(cell) for cell in cells)


def _trimmed(row: Row) -> Row:
    end = len(row)
    while end and not row[end - 1]:
        end -= 1
    return row[:end]
