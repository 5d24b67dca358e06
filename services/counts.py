"""How many services a choice selects, whole and per value of each facet, asked in one pass."""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection
from django.db.models import BooleanField, ExpressionWrapper, QuerySet, Value

from services.filters import ServiceFilter
from services.models import ServiceState
from services.selectors import CategoryCounts, ReadingCounts, by_category
from services.statements import SQL

#: What services/sql/facets.sql counts by.
FACETS: Final = ("municipality", "category", "kind", "valence", "status")
_CHOICES: Final = ("zone", "municipality", "category", "type", "valence", "status")
_COLUMNS: Final = (
    *("municipality_id", "category_id", "kind_id", "valence", "status"),
    *("in_reading_1", "in_reading_2", "n"),
)


@dataclass(frozen=True)
class Counts:
    """What the choice selects, per category and reading, and per value of each facet."""

    categories: Mapping[str | None, tuple[ReadingCounts, int]]
    facets: Mapping[str, Mapping[str, int]]
    #: Of each type, where the category stands that it has (or had, on a day gone by).
    places: Mapping[str, float]

    def by_category(self) -> list[CategoryCounts]:
        """In the order of the taxonomy."""
        return by_category(self.categories)

    @property
    def matched(self) -> int:
        """How many services in all."""
        return sum(counts.union for counts, _planned in self.categories.values())


def counts_of(chosen: ServiceFilter) -> Counts:
    """The counts, kept as long as the catalogue and the day are the same."""
    kept: Counts = chosen.remembered("counts", lambda: _counted(chosen))
    return kept


def _counted(chosen: ServiceFilter) -> Counts:
    statements = [(part, *part.query.sql_with_params()) for part in _found(chosen)]
    found = " UNION ALL ".join(_added_up(part, sql) for part, sql, _params in statements)
    params = [value for _part, _sql, values in statements for value in values]
    with connection.cursor() as cursor:
        cursor.execute(SQL.filled("facets", found=found), params)
        return _read(cursor.fetchall())


def _found(chosen: ServiceFilter) -> "list[QuerySet[Any]]":
    """What the choice selects when one facet is left out, with which of its parts each row
    meets."""
    wide = chosen.but(**dict.fromkeys(_CHOICES, ()))
    met = {f"in_{name}": _met(chosen, name) for name in _CHOICES}
    return [
        part.order_by().annotate(**met).values_list(*_COLUMNS, *met)
        for part in wide.counted(by_kind=True)
    ]


def _added_up(part: "QuerySet[Any]", sql: str) -> str:
    """States added up where they have the same values, which takes half the time; counts are."""
    return SQL.filled("same_values", found=sql) if part.model is ServiceState else f"({sql})"


def _met(chosen: ServiceFilter, name: str) -> Any:
    condition = chosen.condition_of(name)
    if not condition:
        return Value(True, output_field=BooleanField())
    return ExpressionWrapper(condition, output_field=BooleanField())


def _read(rows: Sequence[Sequence[Any]]) -> Counts:
    """The rows of the statement, told apart by the facet that each counts."""
    facets: dict[str, dict[str, int]] = {name: {} for name in FACETS}
    categories: dict[str | None, tuple[ReadingCounts, int]] = {}
    places: dict[str, float] = defaultdict(lambda: math.inf)
    for facet, value, order, relaxed, planned, *readings in rows:
        if relaxed:
            facets[facet][value or ""] = facets[facet].get(value or "", 0) + relaxed
        if facet == "category" and readings[-1]:
            categories[value] = (ReadingCounts(*readings), planned)
        if facet == "kind" and value and order is not None:
            places[value] = min(places[value], order)
    return Counts(categories, facets, dict(places))
