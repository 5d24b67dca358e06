"""Examples of rules as data: rows that fail or pass.

The tests run them and the public rule pages show them, so both say the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from validator import schema
from validator.dataset import (
    ColumnMatch,
    CrsDecision,
    Reason,
)

LAYER = "servizi"
TODAY = date(2026, 11, 22)
HOME, NEIGHBOUR = "015000", "015001"
STORED = 32632
Row = Mapping[str, Any]
DECLARED = CrsDecision(STORED, STORED, Reason("declared"))


@dataclass(frozen=True, slots=True)
class SentCell:
    """A cell not taken as it stood: `text` as sent, the value understood, what was done."""

    text: str
    value: Any = None
    change: str = schema.FAILED


@dataclass(frozen=True, slots=True)
class Example:
    """A delivery in small: rows of schema fields (a cell may be a `Sent`; `geometry` and `sent`
    are WKT in EPSG:32632), facts of its file and layer, what is already known, and the comuni
    (ISTAT codes) that its source may speak of.
    """

    rows: tuple[Row, ...] = ()
    notes: tuple[Reason, ...] = ()
    crs: CrsDecision = DECLARED
    columns: tuple[ColumnMatch, ...] = ()
    others: tuple[str, ...] = ()
    repairs: tuple[Row, ...] = ()
    accepted: tuple[Row, ...] | None = None
    known: tuple[Row, ...] | None = None
    expected: tuple[Row, ...] | None = None
    stops: tuple[Any, ...] | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)
    today: date = TODAY
    argument: Any = None
    home: tuple[str, ...] = (HOME,)


def row(**fields: Any) -> Example:
    """An example of one row."""
    return Example(rows=(fields,))


def rows(*several: Row) -> Example:
    """An example of several rows."""
    return Example(rows=several)


def noting(code: str, **params: Any) -> Example:
    """An example of one row in a layer of which the reader noted something."""
    fine = {"name": "Liceo Rebora", "type": "Liceo"}
    return Example(rows=(fine,), notes=(Reason(code, params),))


#: A row with nothing to say about, and an area of a hectare in the comune of the examples.
SPOT = row(name="Liceo Rebora", geometry="POINT (501000 5031000)")
SQUARE = (
    "POLYGON ((501000 5031000, 501100 5031000, 501100 5031100, 501000 5031100, 501000 5031000))"
)
