"""What a rule answers, as data: severities, scopes and hits. A finding is never an exception."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

_T = TypeVar("_T")

#: Findings, and row numbers in them, that are in memory together where all of them are read.
MOST_FINDINGS, MOST_ROWS = 2_000, 50_000


class Severity(StrEnum):
    """What a finding does to a delivery: an error keeps out, a warning asks, the others tell."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"
    SYSTEM = "system"

    def label(self, language: str) -> str:
        """The severity in words of a language ("it", "en", "en-gb"); Italian for any other."""
        italian, english = _SEVERITY_WORDS[self]
        return english if language.startswith("en") else italian


_SEVERITY_WORDS = {
    Severity.ERROR: ("errore", "error"),
    Severity.WARNING: ("avviso", "warning"),
    Severity.INFO: ("informazione", "information"),
    Severity.SYSTEM: ("problema nostro", "our own problem"),
}


class Scope(StrEnum):
    """What a finding speaks of; file-level errors stop the submission, row-level ones hold the
    row."""

    FILE = "file"
    LAYER = "layer"
    ROW = "row"
    GROUP = "group"
    SUBMISSION = "submission"
    COMPARISON = "comparison"


@dataclass(frozen=True)
class RuleHits:
    """Rows that a column rule found: one finding per index, in the delivery's order.

    `index`: int positions into the delivery's frame. `params`: per message placeholder, either one
    value for all or a sequence as long as `index`. `position`: shapely points (EPSG:32632) or
    None. `severity`: only where it differs from the rule's own.
    """

    index: npt.NDArray[np.intp]
    column: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    position: Sequence[Any] | None = None
    severity: Severity | None = None


@dataclass(frozen=True)
class SharedFinding:
    """One finding about several rows at once (`index`
    into the frame), or about none: the file or layer."""

    index: tuple[int, ...] = ()
    column: str = ""
    layer: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    position: Any = None
    severity: Severity | None = None


#: Why a rule was not run: no layer has the column that it needs.
NO_COLUMN = "no_column"


@dataclass(frozen=True)
class NotRun:
    """A rule that could not be run, and why, in words for SYS-02: never told as passed."""

    code: str
    reason: str
    params: Mapping[str, Any] = field(default_factory=dict)


def together(findings: Iterable[_T], rows_of: Callable[[_T], int]) -> Iterator[list[_T]]:
    """Findings in order, as many at a time as memory may hold: one that names every row of a
    delivery weighs as much as thousands that name one. `rows_of`: how many rows one names."""
    some: list[_T] = []
    rows = 0
    for one in findings:
        if some and (len(some) == MOST_FINDINGS or rows + rows_of(one) > MOST_ROWS):
            yield some
            some, rows = [], 0
        some.append(one)
        rows += rows_of(one)
    if some:
        yield some
