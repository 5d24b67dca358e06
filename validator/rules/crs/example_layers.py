"""Layers of the examples, decided upon in one way or another."""

from __future__ import annotations

from validator.dataset import CrsDecision, Reason
from validator.rules.examples import Example

ROWS = ({"name": "Liceo Rebora", "geometry": "POINT (501000 5031000)"},)
GOOD = Example(rows=ROWS)


def with_crs(declared: int | None, used: int | None, why: str, **more: object) -> Example:
    """An example whose layer was decided upon in that way."""
    return Example(rows=ROWS, crs=CrsDecision(declared, used, Reason(why), **more))  # type: ignore[arg-type]
