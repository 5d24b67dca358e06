"""Sections, tables, facts and charts as frozen values. A missing figure is None, never zero."""

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from django.utils.functional import Promise

Words = str | Promise
Number = int | float | Decimal

BAR_HEIGHT = 18
BAR_GAP = 12
LABEL_WIDTH = 190
DRAWING_WIDTH = 640


@dataclass(frozen=True)
class SheetTerritory:
    """Whose sheet it is: a zone or a comune, with its
    comuni (ISTAT codes, also of those that merged into them) and its residents if known."""

    name: str
    municipalities: tuple[str, ...]
    residents: int | None
    metropolitan_residents: int | None
    zone: str = ""
    municipality: str = ""
    #: The day gone by that the sheet is about; None: today.
    day: dt.date | None = None

    @property
    def is_municipality(self) -> bool:
        return bool(self.municipality)

    @property
    def query(self) -> str:
        """The filter of this territory, on its day, in the portal's addresses."""
        place = f"municipality={self.municipality}" if self.municipality else f"zone={self.zone}"
        return f"{place}&al={self.day}" if self.day else place


@dataclass(frozen=True)
class Cell:
    """One cell: words or a number (None: no data), with how many decimals, a link and a category's
    mark; `lang` where the words are not in the page's language."""

    value: Words | Number | None
    decimals: int = 0
    url: str = ""
    mark: str = ""
    note: Words = ""
    lang: str = ""

    @property
    def is_missing(self) -> bool:
        return self.value is None

    @property
    def is_number(self) -> bool:
        return isinstance(self.value, int | float | Decimal)


def text(value: Words, *, url: str = "", mark: str = "", note: Words = "", lang: str = "") -> Cell:
    """A cell of words."""
    return Cell(value, url=url, mark=mark, note=note, lang=lang)


def number(value: Number | None, decimals: int = 0, *, url: str = "") -> Cell:
    """A cell with a number, or with the sign of missing data."""
    return Cell(value, decimals=decimals, url=url)


@dataclass(frozen=True)
class Column:
    """A column's heading; numeric ones are aligned right."""

    label: Words
    is_number: bool = False


@dataclass(frozen=True)
class Row:
    """A row: the first cell is its heading."""

    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Table:
    """A table with a caption; `empty` is said when there are no rows."""

    caption: Words
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    empty: Words = ""

    @cached_property
    def aligned(self) -> list[list[tuple[Column, Cell]]]:
        """Rows as pairs of column and cell, for the template."""
        return [list(zip(self.columns, row.cells, strict=True)) for row in self.rows]


@dataclass(frozen=True)
class Fact:
    """A figure with its name, and what is to be said about it."""

    label: Words
    value: Number | None
    decimals: int = 0
    unit: Words = ""
    note: Words = ""


@dataclass(frozen=True)
class Bar:
    """A bar of a chart and the reference beside it; None is drawn as hatching."""

    label: Words
    value: float | None
    reference: float | None = None


@dataclass(frozen=True)
class DrawnBar:
    """A bar with its place in the drawing (pixels)."""

    bar: Bar
    top: int
    middle: int
    width: int
    value_left: int
    reference_x: int | None


@dataclass(frozen=True)
class Chart:
    """Horizontal bars against a reference; always with a table twin in the same section."""

    title: Words
    bars: tuple[Bar, ...]
    unit: Words = ""
    reference_label: Words = ""

    @property
    def height(self) -> int:
        return len(self.bars) * (BAR_HEIGHT + BAR_GAP) + BAR_GAP

    @property
    def width(self) -> int:
        return LABEL_WIDTH + DRAWING_WIDTH + 80

    @property
    def left(self) -> int:
        return LABEL_WIDTH

    @property
    def label_right(self) -> int:
        return LABEL_WIDTH - 10

    @cached_property
    def drawn(self) -> tuple[DrawnBar, ...]:
        """The bars with their places."""
        return tuple(self._draw(order, bar) for order, bar in enumerate(self.bars))

    @cached_property
    def _largest(self) -> float:
        figures = [f for bar in self.bars for f in (bar.value, bar.reference) if f is not None]
        return max(figures, default=0) or 1.0

    def _draw(self, order: int, bar: Bar) -> DrawnBar:
        top = BAR_GAP + order * (BAR_HEIGHT + BAR_GAP)
        width = round(DRAWING_WIDTH * (bar.value or 0) / self._largest)
        reference = None
        if bar.reference is not None:
            reference = LABEL_WIDTH + round(DRAWING_WIDTH * bar.reference / self._largest)
        return DrawnBar(
            bar=bar,
            top=top,
            middle=top + BAR_HEIGHT - 4,
            width=width,
            value_left=max(LABEL_WIDTH + width, reference or 0) + 8,
            reference_x=reference,
        )


@dataclass(frozen=True)
class Section:
    """A section of a sheet; what is missing is said in `note`."""

    slug: str
    title: Words
    lead: Words = ""
    facts: tuple[Fact, ...] = ()
    tables: tuple[Table, ...] = ()
    charts: tuple[Chart, ...] = ()
    note: Words = ""
    links: tuple[Cell, ...] = field(default=())
