"""The comuni of the metropolitan city as a check knows them: codes, names, outlines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import shapely

from validator.libraries import pl


@dataclass(frozen=True)
class Territory:
    """All comuni of the metropolitan city: codes, names and outlines (EPSG:32632), one order.

    `accuracy_m`: declared accuracy of the outlines in metres; `detailed`: whether they are the
    detailed ones, which makes GEO-07 an error. `former`: ISTAT codes no longer in use, each with
    the code that continues it. `outer`: the outline of all, where it was worked out before.
    """

    codes: tuple[str, ...]
    names: tuple[str, ...]
    outlines: tuple[Any, ...]
    accuracy_m: float = 250.0
    detailed: bool = False
    former: Mapping[str, str] = field(default_factory=dict)
    outer: Any = field(default=None, compare=False, repr=False)

    @cached_property
    def tree(self) -> shapely.STRtree:
        """Index over the outlines."""
        return shapely.STRtree(list(self.outlines))

    @cached_property
    def whole(self) -> Any:
        """The metropolitan city as one geometry."""
        if self.outer is not None:
            return self.outer
        return shapely.union_all(np.array(self.outlines, dtype=object))

    def outline(self, code: str) -> Any | None:
        """A comune's outline, or None when the code is not of the metropolitan city."""
        found = self.outlines[self.codes.index(code)] if code in self.codes else None
        return found if found is not None and not found.is_empty else None

    def outline_of(self, codes: Sequence[str]) -> Any | None:
        """The outline of several comuni together; None when none of them has one."""
        if len(codes) == len(self.codes) > 1:
            return None if self.whole.is_empty else self.whole
        known = [one for one in map(self.outline, codes) if one is not None]
        return (known[0] if len(known) == 1 else shapely.union_all(known)) if known else None

    def in_use(self, codes: pl.Series) -> pl.Series:
        """The codes, those of comuni that were merged as their successors'."""
        return codes.replace(self.former) if self.former else codes

    def name(self, code: str) -> str:
        """A comune's name, or the code itself."""
        return self.names[self.codes.index(code)] if code in self.codes else code


EMPTY_TERRITORY = Territory(codes=(), names=(), outlines=())
