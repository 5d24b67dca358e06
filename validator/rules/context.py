"""What rules may know beside the delivery, as columns. The pipeline loads it; no rule queries."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from validator.libraries import pl
from validator.rules.version import RULE_SET_VERSION
from validator.territory import EMPTY_TERRITORY, Territory


def accepted_schema() -> dict[str, pl.DataType]:
    """Columns of `Accepted.frame`; kind is a slug, x and y EPSG:32632, empty texts are null."""
    return {
        "key": pl.String(),
        "service": pl.String(),
        "name": pl.String(),
        "kind": pl.String(),
        "valence": pl.String(),
        "x": pl.Float64(),
        "y": pl.Float64(),
        "fingerprint": pl.String(),
    }


def others_schema() -> dict[str, pl.DataType]:
    """Columns of `Others.frame`; `source` is its name, `municipality` the ISTAT code of the place,
    `plan` whether a plan says it, `declared_by` whose plan it is (ISTAT code, null for other
    bodies) and `declared_name`; only what is published and current."""
    return {
        "service": pl.String(),
        "name": pl.String(),
        "kind": pl.String(),
        "x": pl.Float64(),
        "y": pl.Float64(),
        "municipality": pl.String(),
        "municipality_name": pl.String(),
        "source": pl.String(),
        "reading": pl.Int8(),
        "plan": pl.Boolean(),
        "declared_by": pl.String(),
        "declared_name": pl.String(),
    }


def expected_schema() -> dict[str, pl.DataType]:
    """Columns of `RuleContext.expected`."""
    return {
        "category": pl.String(),
        "category_name": pl.String(),
        "median": pl.Float64(),
    }


class _Remembering:
    """Remembers the last thing worked out from it, so that several rules share one computation."""

    def once(self, key: object, work: Callable[[], Any]) -> Any:
        """The result of `work` for `key`, computed at most once in a row."""
        held = self.__dict__.get("_held")
        if held is None or held[0] != key:
            held = (key, work())
            self.__dict__["_held"] = held  # a cache, not a value: the dataclass stays frozen
        return held[1]


@dataclass(frozen=True)
class Accepted(_Remembering):
    """The current records of the delivery's own source (`accepted_schema`), one row per item."""

    frame: pl.DataFrame
    act_date: date | None = None

    def __len__(self) -> int:
        return self.frame.height

    @classmethod
    def of(cls, rows: Sequence[Mapping[str, Any]]) -> Accepted:
        """Build from mappings; keys left out are null."""
        return cls(pl.DataFrame(list(rows), schema=accepted_schema(), strict=False))


@dataclass(frozen=True)
class Others(_Remembering):
    """Current records of other sources within reach of the municipality (`others_schema`)."""

    frame: pl.DataFrame

    def __len__(self) -> int:
        return self.frame.height

    @classmethod
    def of(cls, rows: Sequence[Mapping[str, Any]]) -> Others:
        """Build from mappings; keys left out are null."""
        return cls(pl.DataFrame(list(rows), schema=others_schema(), strict=False))


@dataclass(frozen=True)
class SameFile:
    """An earlier delivery of the same bytes that the asker may see, and how far it came (FIL-11).

    `done`: file_uploaded, file_submitted or file_published (`vocabulary.WORDS`), on `date`.
    `in_force`: it is what was published last for its source, which can be confirmed.
    """

    delivery: str
    date: date
    done: str = "file_uploaded"
    in_force: bool = False


@dataclass(frozen=True)
class Submission:
    """What a person fills in when sending (DOC). `current_act_date`: of what is in force, if
    anything is; `confirms`: only that it still holds, under its own act; `plan`: it is a plan
    (Lettura 1), which an act approves.
    """

    today: date
    act: str = ""
    act_date: date | None = None
    contact_name: str = ""
    contact_email: str = ""
    reference_date: date | None = None
    current_act_date: date | None = None
    rule_set: str = RULE_SET_VERSION
    confirms: bool = False
    plan: bool = True


@dataclass(frozen=True)
class FindingCount:
    """How many findings of a code there are, and how many a page shows (SYS-03)."""

    code: str
    total: int
    shown: int


@dataclass(frozen=True)
class RuleContext:
    """One check's surroundings. `today` is frozen, so that the same input gives the same report.

    `accepted` None: nothing accepted yet (or a check without store). `extra`: what higher apps
    load for single rules, by name (settings.RULE_DATA_LOADERS). `plan`: whether the source is a
    plan (Lettura 1), not a register. `stops`: known stops (EPSG:32632),
    `expected`: services usual in similar comuni (`expected_schema`).
    """

    today: date
    territory: Territory = EMPTY_TERRITORY
    accepted: Accepted | None = None
    others: Others | None = None
    plan: bool = True
    stops: Any = None
    expected: pl.DataFrame | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)
