"""CSV, TSV and other delimited texts: separator,
quoting, ragged rows. Every value stays the text it was.
"""

from __future__ import annotations

import csv
import itertools
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from validator.libraries import pl
from validator.reading import encoding, tabular
from validator.reading.format import Format
from validator.reading.job import Found, Job, check_size, too_long
from validator.reading.quotes import Quotes
from validator.reading.sample import Sample
from validator.source_file import Note, OtherLayer, SourceLayer

FORMAT = "CSV"
#: What tables in plain text are named; among others a first line with a separator tells them.
TEXTS = (".csv", ".tsv", ".txt", ".tab")
SEPARATED = re.compile(r"^[^{}]*[;,\t][^{}]*$")
SEPARATORS = (";", ",", "\t", "|")
SNIFF_ROWS = 200
SNIFF_BYTES = 1 << 20
CHUNK = 20_000


@dataclass(frozen=True, slots=True)
class CsvDialect:
    """How the cells of this file are told apart."""

    separator: str
    quoted: bool = True


@dataclass(slots=True)
class Ragged:
    """Records that do not have the header's number of cells (FIL-10)."""

    rows: list[int] = field(default_factory=list)
    found: list[int] = field(default_factory=list)
    total: int = 0

    def tell(self, row: int, cells: int) -> None:
        self.total += 1
        # All of them: each is held by FIL-10, and what it says shifted must not enter.
        self.rows.append(row)
        self.found.append(cells)


def read(job: Job) -> Found:
    """The one layer of a delimited text. Raises Unreadable FIL-01, FIL-02."""
    codec = _encoding(job)
    with job.path.open(
        encoding=codec.name, errors=encoding.handler_for(codec), newline=""
    ) as text:
        head = text.read(SNIFF_BYTES)
    if len(head) == SNIFF_BYTES and (end := head.rfind("\n") + 1):
        head = head[:end]  # a line cut through would count as one of few cells
    # Python's own limit is a shape of some thousand vertices; it holds for the whole process.
    csv.field_size_limit(job.limits.cell_characters)
    dialect = sniff(head, job.options.separator)
    try:
        table = _Table(job, codec, dialect)
    except csv.Error:
        # A quote that never closes swallows the rest of the
        # file: read it again with quotes as plain letters.
        dialect = CsvDialect(dialect.separator, quoted=False)
        table = _unquoted(job, codec, dialect)
    if not table.frame.height:
        return Found(others=[OtherLayer(job.stem, "empty", 0)])
    return Found(layers=[_layer(job, codec, dialect, table)])


def _unquoted(job: Job, codec: encoding.Encoding, dialect: CsvDialect) -> _Table:
    try:
        return _Table(job, codec, dialect)
    except csv.Error as error:
        raise too_long(job.name, job.limits) from error


def sniff(head: str, chosen: str | None = None) -> CsvDialect:
    """The dialect whose rows agree best on their number of cells; ties go to the Italian `;`."""
    if chosen:
        return CsvDialect(chosen)
    lines = [line for line in head.splitlines(keepends=True) if line.strip()][:SNIFF_ROWS]
    best, best_score = CsvDialect(";"), (0.0, 0)
    for separator in SEPARATORS:
        score = _agreement(lines, separator)
        if score > best_score:
            best, best_score = CsvDialect(separator), score
    return best


def _agreement(lines: list[str], separator: str) -> tuple[float, int]:
    """Share of rows with the usual number of cells (0 when that is one), and that number."""
    try:
        counts = Counter(len(row) for row in csv.reader(lines, delimiter=separator))
    except csv.Error:
        return (0.0, 0)
    usual, times = max(counts.items(), key=lambda item: (item[1], item[0]), default=(1, 0))
    if usual < 2:
        return (0.0, 0)
    return (round(times / max(1, sum(counts.values())), 1), usual)


class _Table:
    """The whole text as a frame, with the lines its records start at and what was irregular."""

    def __init__(self, job: Job, codec: encoding.Encoding, dialect: CsvDialect) -> None:
        self.job = job
        self.ragged = Ragged()
        self.blank_rows = 0
        self.lines: list[int] = []
        self.quotes = Quotes(dialect.separator)
        rows = self._rows(codec, dialect)
        first = list(itertools.islice(rows, SNIFF_ROWS))
        self.header = tabular.find_header([row for _, row in first])
        self.names, self.notes = tabular.name_columns(
            self.header.names, has_header=self.header.found
        )
        above = [row for _, row in first[: max(0, self.header.index - 1)]]
        # "sep=;" is a word to the spreadsheet program, not a title.
        self.titles = [
            " ".join(filter(None, row)) for row in above if row[0][:4].lower() != "sep="
        ]
        check_size(job, rows=0, columns=len(self.names))
        records = itertools.chain(first[self.header.index :], rows)
        self.frame = self._collected(records)
        unnamed = [
            n
            for n, heading in zip(self.names, self.header.names, strict=True)
            if not heading.strip()
        ]
        self.frame = tabular.without_empty_columns(self.frame, unnamed)

    def _rows(
        self, codec: encoding.Encoding, dialect: CsvDialect
    ) -> Iterator[tuple[int, list[str]]]:
        """(line number, cells) of every row that holds anything."""
        quoting: Literal[0, 3] = 0 if dialect.quoted else 3  # QUOTE_MINIMAL, QUOTE_NONE
        with self.job.path.open(
            encoding=codec.name, errors=encoding.handler_for(codec), newline=""
        ) as text:
            pending: list[str] = []
            whole = _without_nul(text)
            lines = _remembered(self.quotes.doubled(whole) if dialect.quoted else whole, pending)
            reader = csv.reader(lines, delimiter=dialect.separator, quoting=quoting)
            line, last = 1, pending[:]
            for row in reader:
                last, pending[:] = pending[:] if len(pending) > 1 else [], []
                if any(cell.strip() for cell in row):
                    yield line, row
                else:
                    self.blank_rows += 1
                line = reader.line_num + 1
            if dialect.quoted and _is_open(last, dialect):
                raise csv.Error("a quote that never closes")

    def _collected(self, records: Iterator[tuple[int, list[str]]]) -> pl.DataFrame:
        width, parts = len(self.names), [tabular.frame_of(self.names, [])]
        while chunk := list(itertools.islice(records, CHUNK)):
            start = len(self.lines)
            check_size(self.job, rows=start + len(chunk), columns=width)
            self.lines += [line for line, _ in chunk]
            fitted = [self._fitted(start + i + 1, row, width) for i, (_, row) in enumerate(chunk)]
            parts.append(tabular.frame_of(self.names, fitted))
        return pl.concat(parts)

    def _fitted(self, row: int, cells: list[str], width: int) -> list[str]:
        if len(cells) == width:
            return cells
        surplus = any(cell.strip() for cell in cells[width:])
        if len(cells) < width or surplus:
            self.ragged.tell(row, len(cells))
        return (cells + [""] * width)[:width]


def _without_nul(text: Iterator[str]) -> Iterator[str]:
    for line in text:
        yield line.replace("\x00", "") if "\x00" in line else line


def _remembered(lines: Iterator[str], pending: list[str]) -> Iterator[str]:
    """The lines; those of the record that is being read are in `pending`."""
    for line in lines:
        pending.append(line)
        yield line


def _is_open(record: list[str], dialect: CsvDialect) -> bool:
    """Whether the last record, of several lines, ends
    inside a quote: it swallowed what follows."""
    try:
        list(csv.reader(record, delimiter=dialect.separator, strict=True))
    except csv.Error as error:
        return "end of data" in str(error)
    return False


def _encoding(job: Job) -> encoding.Encoding:
    if job.options.encoding and (chosen := encoding.known(job.options.encoding)):
        return encoding.Encoding(chosen, "given")
    return encoding.of_bytes(job.path.read_bytes())


def _layer(job: Job, codec: encoding.Encoding, dialect: CsvDialect, table: _Table) -> SourceLayer:
    quote = '"' if dialect.quoted else ""
    decimal = tabular.decimal_mark(table.frame)
    notes = [
        Note("FIL-09", {"sep": dialect.separator, "dec": decimal, "quote": quote}),
        *table.notes,
    ]
    notes += _irregularities(table, dialect)
    notes += tabular.geometry_texts(table.frame)
    if damaged := encoding.damaged_cells(table.frame):
        notes.append(damaged)
    return SourceLayer(
        name=job.stem,
        frame=table.frame,
        encoding=codec.name,
        encoding_origin=codec.origin,
        notes=tuple(notes),
        source=job.source,
        lines=pl.Series("line", table.lines, dtype=pl.UInt32),
    )


def _irregularities(table: _Table, dialect: CsvDialect) -> list[Note]:
    notes = []
    if table.ragged.total:
        heading = {"rows": table.ragged.rows, "found": table.ragged.found}
        notes.append(
            Note("FIL-10", {"n": table.ragged.total, "expected": len(table.names), **heading})
        )
    if not table.header.found:
        notes.append(Note("no-header"))
    if any(table.titles):
        notes.append(Note("title-rows", {"texts": [t[:200] for t in table.titles if t]}))
    if table.blank_rows:
        notes.append(Note("blank-rows", {"n": table.blank_rows}))
    if not dialect.quoted:
        notes.append(Note("quotes-unbalanced"))
    if table.quotes.mended:
        notes.append(Note("quotes-inside", {"n": table.quotes.mended}))
    return notes


def recognises(sample: Sample) -> bool:
    """Of no text can it be said for sure: the name helps, else a separator in the first line."""
    if sample.text is None:
        return False
    first = next((line for line in sample.text.splitlines() if line.strip()), "")
    return sample.suffix in TEXTS or SEPARATED.search(first) is not None


CSV = Format(
    name=FORMAT,
    it="CSV con coordinate o indirizzi",
    en="CSV with coordinates or addresses",
    suffixes=(".csv", ".tsv"),
    shared=(".txt",),
    recognises=recognises,
    fallback=True,
    read=read,
    order=4,
)
