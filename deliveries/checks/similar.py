"""What comuni like the source's own usually have in their plans: what SEM-13 expects."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from statistics import median
from typing import Any

from django.db.models import Count

from services.models import Level, MacroCategory, Record, Source
from validator.libraries import pl
from validator.rules import registry
from validator.rules.context import expected_schema
from zones.selectors import municipality_rows


def expected(source: Source) -> pl.DataFrame | None:
    """The median number of supra-municipal services of each category in the plans of the comuni
    nearest by residents; None for what is no comune's plan, and while too few have one in
    force."""
    if source.reading != Source.Reading.PLAN:
        return None
    needed = int(registry.declared_thresholds()["similar_municipalities"])
    plans = _plans_in_force()
    alike = _most_alike(source.municipality_id, set(plans.values_list(_OWN, flat=True)))[:needed]
    if len(alike) < needed:
        return None
    counted = plans.filter(**{f"{_OWN}__in": alike}, kind__level=Level.SUPRA)
    found: dict[str | None, dict[str, int]] = defaultdict(dict)
    for category, comune, n in counted.values_list("kind__category", _OWN).annotate(Count("pk")):
        found[category][comune] = n
    lines = [
        {
            "category": category.slug,
            "category_name": category.name,
            "median": float(median(found[category.slug].get(comune, 0) for comune in alike)),
        }
        for category in MacroCategory.objects.all()
    ]
    return pl.DataFrame(lines, schema=expected_schema(), orient="row")


_OWN = "item__source__municipality"


def _plans_in_force() -> Any:
    """What the comuni's own plans say today."""
    own = {"item__source__reading": Source.Reading.PLAN, "item__source__is_demonstration": False}
    return Record.objects.current().filter(**own, item__source__municipality__isnull=False)


def _most_alike(comune: str | None, among: set[str]) -> Sequence[str]:
    """The others, those nearest by residents first; none where residents are not known."""
    residents = {row.municipality.pk: row.residents for row in municipality_rows()}
    own = residents.get(comune or "")
    if own is None:
        return []
    known = {istat: residents.get(istat) for istat in among - {comune}}
    apart = {istat: abs(n - own) for istat, n in known.items() if n is not None}
    return sorted(apart, key=lambda istat: (apart[istat], istat))
