"""The filter as people see it: facets with counts, chips
of what is chosen, and addresses with one thing changed."""

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from services.counts import Counts, counts_of
from services.filters import UNDECLARED, ServiceFilter
from services.models import MacroCategory, ServiceStatus, ServiceType, Valence
from services.selectors import FacetValue
from zones.models import FormerCode, Municipality, Zone
from zones.selectors import zone_by_comune


@dataclass(frozen=True)
class Chip:
    """One chosen thing and the address without it."""

    label: str
    without: str


@dataclass(frozen=True)
class Facets:
    """Every facet's choices, in the order of the form."""

    zone: Sequence[FacetValue]
    municipality: Sequence[FacetValue]
    category: Sequence[FacetValue]
    type: Sequence[FacetValue]
    reading: Sequence[FacetValue]
    valence: Sequence[FacetValue]
    status: Sequence[FacetValue]
    with_local: bool

    @property
    def options(self) -> Mapping[str, Sequence[FacetValue]]:
        """The same for a field that takes one: of several chosen values one option is made, so
        that a form keeps what it was opened with."""
        return {name: _one_chosen(getattr(self, name)) for name in _FIELDS}


_FIELDS: Final = ("zone", "municipality", "type", "reading", "valence", "status")


def _one_chosen(choices: Sequence[FacetValue]) -> Sequence[FacetValue]:
    chosen = [choice for choice in choices if choice.chosen]
    if len(chosen) < 2:
        return choices
    together = FacetValue(
        value=",".join(choice.value for choice in chosen),
        label=", ".join(choice.label for choice in chosen),
        count=sum(choice.count or 0 for choice in chosen),
        chosen=True,
    )
    return [together, *(replace(choice, chosen=False) for choice in choices)]


def facets_of(chosen: ServiceFilter) -> Facets:
    """Counts of each facet leave that facet's own choice
    out, so that they say what a click would show."""
    zones = list(Zone.objects.only("slug", "name", "name_en", "order"))
    comuni = Municipality.objects.current(chosen.day).with_zone(chosen.day).only("istat", "name")
    if chosen.zone:
        comuni = comuni.filter(Q(zone_slug__in=chosen.zone) | Q(pk__in=chosen.municipality))
    counts = counts_of(chosen)
    by_comune, by_zone = _places(chosen, counts.facets["municipality"])
    return Facets(
        zone=_choices([(z.slug, _name(z)) for z in zones], by_zone, chosen.zone),
        municipality=_choices([(c.istat, c.name) for c in comuni], by_comune, chosen.municipality),
        category=_choices(
            [(c.slug, _name(c)) for c in MacroCategory.objects.all()],
            counts.facets["category"],
            chosen.category,
        ),
        type=_types(chosen, counts),
        reading=_readings(chosen),
        valence=_choices(
            [*((v.value, str(v.label)) for v in Valence), (UNDECLARED, _("non dichiarata"))],
            _undeclared(counts.facets["valence"]),
            chosen.valence,
        ),
        status=_choices(
            [(s.value.replace(" ", "-"), str(s.label)) for s in ServiceStatus],
            {k.replace(" ", "-"): n for k, n in counts.facets["status"].items()},
            chosen.status,
        ),
        with_local=chosen.level == "all",
    )


def _places(
    chosen: ServiceFilter, counts: Mapping[str, int]
) -> tuple[Mapping[str, int], Mapping[str, int]]:
    """Per comune within the chosen zones and per zone within the chosen comuni, of counts per
    comune that leave both out."""
    zone_of = zone_by_comune(chosen.day)
    now = FormerCode.objects.successors(chosen.day)
    by_comune: Counter[str] = Counter()
    by_zone: Counter[str] = Counter()
    for code, n in counts.items():
        istat = now.get(code, code)
        zone = zone_of.get(istat) or ""
        if not chosen.zone or zone in chosen.zone:
            by_comune[istat] += n
        if not chosen.municipality or istat in chosen.municipality:
            by_zone[zone] += n
    return by_comune, by_zone


def _undeclared(counts: Mapping[str, int]) -> Mapping[str, int]:
    return {value or UNDECLARED: n for value, n in counts.items()}


def _choices(
    pairs: Sequence[tuple[str, str]], counts: Mapping[str, int], chosen: Sequence[str]
) -> list[FacetValue]:
    return [
        FacetValue(value, label, counts.get(value, 0), value in chosen) for value, label in pairs
    ]


def _types(chosen: ServiceFilter, counts: Counts) -> list[FacetValue]:
    """Types that something here has, within the chosen categories; on a day gone by in the order
    of the categories that they had then."""
    found = counts.facets["kind"]
    kinds = list(ServiceType.objects.filter(slug__in=[*found, *chosen.type]))
    if chosen.al:
        kinds.sort(key=lambda k: (counts.places.get(k.slug, math.inf), k.order, k.slug))
    return _choices([(kind.slug, _name(kind)) for kind in kinds], found, chosen.type)


def _readings(chosen: ServiceFilter) -> list[FacetValue]:
    labels = (
        ("1", _("Lettura 1, dai PGT")),
        ("2", _("Lettura 2, altre fonti")),
        ("entrambe", _("In entrambe")),
        ("solo-1", _("Solo nella 1")),
        ("solo-2", _("Solo nella 2")),
    )
    return [FacetValue(value, label, None, chosen.reading == value) for value, label in labels]


def _name(thing: Any) -> str:
    english = (get_language() or "it").startswith("en")
    return str((english and thing.name_en) or thing.name)


def chips_of(chosen: ServiceFilter, facets: Facets) -> list[Chip]:
    """What is chosen, each with the address that drops it."""
    chips = []
    for name in ("zone", "municipality", "category", "type", "valence", "status"):
        values = getattr(chosen, name)
        for choice in getattr(facets, name):
            if choice.chosen:
                rest = tuple(value for value in values if value != choice.value)
                chips.append(Chip(choice.label, chosen.but(**{name: rest}).canonical()))
    if chosen.reading:
        label = next((c.label for c in facets.reading if c.chosen), chosen.reading)
        chips.append(Chip(label, chosen.but(reading="").canonical()))
    if chosen.q:
        chips.append(Chip(f"«{chosen.q}»", chosen.but(q="").canonical()))
    if chosen.al:
        day = date_format(chosen.al, "SHORT_DATE_FORMAT")
        chips.append(Chip(_("al %(day)s") % {"day": day}, chosen.but(al=None).canonical()))
    return [*chips, *_hidden_chips(chosen)]


def _hidden_chips(chosen: ServiceFilter) -> Iterator[Chip]:
    """What no field of the form names."""
    if chosen.level != "supra":
        only = chosen.level == "local"
        label = _("solo servizi comunali") if only else _("anche servizi comunali")
        yield Chip(label, chosen.but(level="supra").canonical())
    if chosen.id:
        n = len(chosen.id)
        label = ngettext("%(n)d servizio scelto", "%(n)d servizi scelti", n) % {"n": n}
        yield Chip(label, chosen.but(id=()).canonical())


def box_chips(chosen: ServiceFilter) -> list[Chip]:
    """The same of a part of the map; the map itself shows it."""
    if not chosen.bbox:
        return []
    return [Chip(_("nel riquadro della mappa"), chosen.but(bbox=None).canonical())]
