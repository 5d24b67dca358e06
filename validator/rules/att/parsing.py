"""Cells that the parser of their column did not understand."""

from __future__ import annotations

from collections.abc import Iterable

from validator import schema
from validator.dataset import Dataset
from validator.findings import RuleHits
from validator.libraries import pl
from validator.rules.columns import hits
from validator.schema import ValueKind

#: What a message quotes of a cell.
_QUOTED = 200


def of_kinds(*kinds: ValueKind) -> tuple[str, ...]:
    """Fields whose cells are of one of the kinds, in schema order."""
    return tuple(field.name for field in schema.FIELDS if field.kind in kinds)


def not_understood(dataset: Dataset, names: Iterable[str]) -> list[RuleHits]:
    """The cells of the fields that their parser did not understand, one `Hits` per column."""
    found = []
    for name in names:
        if (failed := dataset.failed(name)).any():
            found.append(hits(dataset, failed, name, value=_shown(dataset.raw(name))))
    return found


def outside_domain(dataset: Dataset, name: str) -> list[RuleHits]:
    """The cells of a word field that are none of its words."""
    domain = ", ".join(schema.BY_NAME[name].domain)
    failed = dataset.failed(name)
    return [hits(dataset, failed, name, value=_shown(dataset.raw(name)), expected=domain)]


def _shown(raw: pl.Series) -> pl.Series:
    """The texts as a message quotes them: of a long one the beginning."""
    long = raw.str.len_chars() > _QUOTED
    cut = pl.when(long).then(raw.str.slice(0, _QUOTED) + "…").otherwise(raw)
    return pl.select(cut).to_series()
