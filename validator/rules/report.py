"""What a check found, as columns: batches of findings of one rule, and the report they make up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from validator.findings import NO_COLUMN, NotRun, Scope, Severity
from validator.libraries import pl
from validator.rules import registry


def finding_schema() -> dict[str, pl.DataType]:
    """Columns of `Batch.frame`, the finding as stored; params is JSON, position ISO WKB in
    EPSG:32632."""
    return {
        "code": pl.String(),
        "severity": pl.String(),
        "layer": pl.String(),
        "rows": pl.List(pl.UInt32()),
        "column": pl.String(),
        "params": pl.String(),
        "position": pl.Binary(),
    }


#: The width of a stored column name; headers can be whole sentences.
COLUMN = 120


@dataclass(frozen=True, slots=True)
class FindingRow:
    """One finding by itself. `rows` count from 1 in `layer`; position is x, y in EPSG:32632."""

    code: str
    severity: str
    layer: str
    rows: tuple[int, ...]
    column: str
    params: Mapping[str, Any]
    position: tuple[float, float] | None = None


@dataclass(frozen=True)
class Batch:
    """Findings of one rule, one severity and one column, compactly.

    Finding i speaks of `index[offsets[i]:offsets[i + 1]]` (positions in the delivery's frame, or
    none); `params` has a row per finding, `fixed` is the same for all; `position` is an array of
    shapely points or None.
    """

    code: str
    severity: Severity
    column: str
    index: NDArray[np.intp]
    offsets: NDArray[np.intp]
    layers: pl.Series
    rows: pl.Series
    params: pl.DataFrame
    fixed: Mapping[str, Any] = field(default_factory=dict)
    position: NDArray[np.object_] | None = None

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @property
    def scope(self) -> Scope:
        """The scope its rule declares."""
        return registry.get(self.code).scope

    def kept(self, keep: NDArray[np.bool_]) -> Batch:
        """The same batch with only the findings of the mask."""
        chosen = np.flatnonzero(keep)
        lengths = np.diff(self.offsets)
        member = np.repeat(keep, lengths)
        return Batch(
            self.code,
            self.severity,
            self.column,
            self.index[member],
            np.concatenate([[0], np.cumsum(lengths[chosen])]).astype(np.intp),
            self.layers.gather(chosen),
            self.rows.gather(chosen),
            self.params[chosen] if self.params.width else self.params,
            self.fixed,
            None if self.position is None else self.position[chosen],
        )

    def touching(self, mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Findings that speak of at least one row of the mask."""
        found = np.zeros(len(self), dtype=bool)
        owner = np.repeat(np.arange(len(self)), np.diff(self.offsets))
        found[owner[mask[self.index]]] = True
        return found

    def frame(self) -> pl.DataFrame:
        """The findings as stored (`finding_schema`), ready for COPY."""
        n = len(self)
        return pl.DataFrame(
            {
                "code": pl.repeat(self.code, n, eager=True),
                "severity": pl.repeat(self.severity.value, n, eager=True),
                "layer": self.layers,
                "rows": self.rows,
                "column": pl.repeat(self.column[:COLUMN], n, eager=True),
                "params": self._params(),
                "position": self._positions(),
            },
            schema=finding_schema(),
        )

    def _params(self) -> pl.Series:
        parts = [pl.lit(plain(value)).alias(name) for name, value in sorted(self.fixed.items())]
        if not self.params.width:
            if not parts:
                return pl.repeat("{}", len(self), eager=True)
            one = pl.select(pl.struct(*parts).struct.json_encode()).item()
            return pl.repeat(one, len(self), eager=True)
        names = [*self.params.columns, *sorted(self.fixed)]
        return self.params.with_columns(*parts).select(
            pl.struct(*sorted(names)).struct.json_encode().alias("params")
        )["params"]

    def _positions(self) -> pl.Series:
        if self.position is None:
            return pl.repeat(None, len(self), dtype=pl.Binary, eager=True)
        return pl.Series(list(shapely.to_wkb(self.position, flavor="iso")), dtype=pl.Binary)


def plain(value: Any) -> Any:
    """A parameter as JSON holds it: numpy and dates made plain."""
    if isinstance(value, date):
        return value.isoformat()
    return value.item() if isinstance(value, np.generic) else value


@dataclass(frozen=True)
class Report:
    """What all rules found in one delivery.

    `blocked`: rows of the frame that a row-level error keeps out. `ran`: codes of the rules that
    looked, `not_run`: those that could not, and why; `crashed`: those that failed through our
    fault.
    """

    batches: tuple[Batch, ...]
    ran: tuple[str, ...]
    not_run: tuple[NotRun, ...]
    blocked: NDArray[np.bool_]
    rows: int
    crashed: tuple[str, ...] = ()
    rule_set: str = registry.RULE_SET_VERSION
    autofixes: Mapping[str, int] = field(default_factory=dict)

    @cached_property
    def counts(self) -> Mapping[str, int]:
        """Findings by code, in code order."""
        found: Counter[str] = Counter()
        for batch in self.batches:
            found[batch.code] += len(batch)
        return dict(sorted(found.items()))

    @cached_property
    def severities(self) -> Mapping[str, int]:
        """Findings by severity."""
        found = Counter({severity.value: 0 for severity in Severity})
        for batch in self.batches:
            found[batch.severity.value] += len(batch)
        return dict(found)

    @property
    def file_blocked(self) -> bool:
        """Whether an error speaks of the file or a layer: nothing of it can be sent."""
        whole = (Scope.FILE, Scope.LAYER)
        return any(b.severity is Severity.ERROR and b.scope in whole for b in self.batches)

    @property
    def blocked_count(self) -> int:
        """Rows kept out by an error of their own."""
        return int(self.blocked.sum())

    @property
    def valid(self) -> bool:
        """No error at all, and every mandatory check ran (a missing column excuses)."""
        idle = {item.code for item in self.not_run if item.reason != NO_COLUMN}
        mandatory = any(registry.get(code).mandatory for code in idle)
        return not (self.severities["error"] or self.crashed or mandatory)

    def frames(self) -> Iterator[pl.DataFrame]:
        """The findings batch by batch as stored, so that memory stays that of one batch."""
        return (batch.frame() for batch in self.batches if len(batch))
