"""What the pages about zones and comuni need: figures
official and computed, comuni, territories of sheets."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.contrib.gis.db.models import Extent
from django.core.cache import cache
from django.db.models import Count, Max, Q, Sum
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core.geo import box_in_degrees
from core.sheets import SheetTerritory
from zones.contributed import extra_figures
from zones.models import (
    FormerCode,
    Indicator,
    IndicatorValue,
    Municipality,
    OfficialFigure,
    PoloRank,
    Zone,
    ZoneMembership,
)
from zones.querysets import PlaceQuerySet

RESIDENTS = "popolazione"
AREA = "superficie-calcolata"
WHOLE = ""
LABELS_SECONDS = 3600
#: The tables that say what places are called and where.
LABELLED = ("zones_zone", "zones_municipality", "zones_formercode")
#: Figures of the deck that can be computed here, with how many decimals they are shown.
COMPARED = {
    "superficie": 2,
    "abitanti": 0,
    "comuni": 0,
    "zone": 0,
    "comuni-polo": 0,
    "comuni-citta-centrale": 0,
    "lum": 0,
}
LABELS = {
    "superficie": _("Superficie territoriale (ST)"),
    "abitanti": _("Abitanti"),
    "comuni": _("Comuni"),
    "zone": _("Zone (riquadri)"),
    "comuni-polo": _("Comuni polo attrattore"),
    "comuni-citta-centrale": _("Comuni della città centrale"),
    "lum": _("LUM"),
}
UNITS = {"ab.": _("ab.")}


def extent_of(places: PlaceQuerySet) -> tuple[float, ...] | None:
    """West, south, east, north (CRS84) of zones or comuni; None if none of them is drawn."""
    sides = places.order_by().aggregate(sides=Extent("geometry"))["sides"]
    return box_in_degrees(sides) if sides else None


@dataclass(frozen=True)
class ComparedFigure:
    """One figure as a document states it and as it
    results here; None where it cannot be computed."""

    figure: str
    label: str
    unit: str
    decimals: int
    official: Decimal | None
    computed: Decimal | None
    note: str = ""
    source: str = ""

    @property
    def difference(self) -> Decimal | None:
        if self.official is None or self.computed is None:
            return None
        return self.computed - self.official

    @property
    def differs(self) -> bool:
        return bool(self.difference)


@dataclass(frozen=True)
class ZoneSummary:
    """A zone with its figures, in the deck's order."""

    zone: Zone | None
    figures: tuple[ComparedFigure, ...]

    @property
    def name(self) -> str:
        return self.zone.name if self.zone else ""


@dataclass(frozen=True)
class YearFigure:
    """An indicator of a territory in a year."""

    indicator: Indicator
    year: int
    value: Decimal


@dataclass(frozen=True)
class MunicipalityRow:
    """A comune in a list: its residents may be unknown."""

    municipality: Municipality
    zone_slug: str
    zone_name: str
    residents: int | None
    area_km2: Decimal | None


def zone_summaries(day: dt.date | None = None) -> list[ZoneSummary]:
    """The eight zones, then the whole, each with official and computed figures side by side;
    `day` is that of the memberships."""
    official = _official()
    computed = _computed(day)
    places: list[Zone | None] = [*Zone.objects.all(), None]
    return [
        ZoneSummary(zone, _compare(zone.slug if zone else WHOLE, official, computed))
        for zone in places
    ]


def zone_summary(zone: Zone, day: dt.date | None = None) -> ZoneSummary:
    return next(summary for summary in zone_summaries(day) if summary.zone == zone)


def _compare(
    place: str,
    official: Mapping[str, Mapping[str, OfficialFigure]],
    computed: Mapping[str, Mapping[str, Decimal]],
) -> tuple[ComparedFigure, ...]:
    stated = official.get(place, {})
    return tuple(
        ComparedFigure(
            figure=figure,
            label=str(LABELS[figure]),
            unit=str(UNITS.get(stated[figure].unit, stated[figure].unit)),
            decimals=decimals,
            official=stated[figure].value,
            computed=computed.get(figure, {}).get(place),
            note=stated[figure].note,
            source=stated[figure].source,
        )
        for figure, decimals in COMPARED.items()
        if figure in stated
    )


def _official() -> dict[str, dict[str, OfficialFigure]]:
    figures: dict[str, dict[str, OfficialFigure]] = {}
    for figure in OfficialFigure.objects.all():
        figures.setdefault(figure.zone_id or WHOLE, {})[figure.figure] = figure
    return figures


def _computed(day: dt.date | None) -> dict[str, dict[str, Decimal]]:
    """Per figure and zone ("" for the whole); a zone without a value is absent, not zero."""
    members = ZoneMembership.objects.in_force(day).values("zone")
    polo = ~Q(municipality__polo_attrattore=PoloRank.NO)
    counts = {
        "comuni": Count("municipality"),
        "comuni-polo": Count("municipality", filter=polo),
        "comuni-citta-centrale": Count(
            "municipality", filter=Q(municipality__citta_centrale=True)
        ),
    }
    figures: dict[str, dict[str, Decimal]] = {}
    for name, expression in counts.items():
        rows = members.annotate(n=expression).values_list("zone", "n")
        figures[name] = _with_whole({zone: Decimal(n) for zone, n in rows})
    figures["superficie"] = _with_whole(_by_zone(AREA, day))
    figures["abitanti"] = _with_whole(_by_zone(RESIDENTS, day))
    figures["zone"] = {WHOLE: Decimal(Zone.objects.count())}
    for name, values in extra_figures(day).items():
        figures[name] = {place: Decimal(value) for place, value in values.items()}
    return figures


def _with_whole(values: dict[str, Decimal]) -> dict[str, Decimal]:
    return {**values, WHOLE: sum(values.values(), Decimal(0))} if values else {}


def _by_zone(indicator: str, day: dt.date | None) -> dict[str, Decimal]:
    """The indicator's latest year, summed over each zone's comuni."""
    values = _latest(indicator)
    sums: dict[str, Decimal] = {}
    for istat, zone in zone_by_comune(day).items():
        if istat in values:
            sums[zone] = sums.get(zone, Decimal(0)) + values[istat]
    return sums


def _latest(indicator: str) -> dict[str, Decimal]:
    """The indicator's values of its latest year, by ISTAT code."""
    values = IndicatorValue.objects.filter(indicator=indicator)
    year = values.aggregate(last=Max("year"))["last"]
    return dict(values.filter(year=year).values_list("municipality", "value"))


def residents_of(municipalities: Sequence[str] | None = None) -> int | None:
    """Residents of the comuni (all when None) in the
    latest year; None when nobody counted them."""
    values = _latest(RESIDENTS)
    chosen = [
        v for istat, v in values.items() if municipalities is None or istat in municipalities
    ]
    return int(sum(chosen)) if chosen else None


def population_profile(municipalities: Sequence[str]) -> list[YearFigure]:
    """Residents in all and by age, in every year there is."""
    rows = (
        IndicatorValue.objects.filter(municipality__in=municipalities)
        .filter(indicator__slug__startswith=RESIDENTS)
        .values("indicator", "year")
        .annotate(total=Sum("value"))
    )
    indicators = {indicator.slug: indicator for indicator in Indicator.objects.all()}
    figures = [YearFigure(indicators[r["indicator"]], r["year"], r["total"]) for r in rows]
    return sorted(figures, key=lambda figure: (_age(figure.indicator.slug), figure.year))


def _age(slug: str) -> int:
    """The first year of an age class, for ordering; the totals come first."""
    first = slug.removeprefix(f"{RESIDENTS}-").split("-")[0]
    return int(first) if first.isdigit() else {RESIDENTS: -3, "femmine": -2}.get(first, -1)


def municipality_rows(zone: str = "", day: dt.date | None = None) -> list[MunicipalityRow]:
    """Comuni (of a zone, or all) with their zone of the day, residents and area."""
    residents = _latest(RESIDENTS)
    area = _latest(AREA)
    comuni = Municipality.objects.current(day).with_zone(day).defer("geometry", "geometry_web")
    if zone:
        comuni = comuni.filter(zone_slug=zone)
    return [
        MunicipalityRow(
            municipality=comune,
            zone_slug=comune.zone_slug or "",
            zone_name=comune.zone_name or "",
            residents=int(residents[comune.pk]) if comune.pk in residents else None,
            area_km2=area.get(comune.pk),
        )
        for comune in comuni.order_by("name")
    ]


def zone_territory(zone: Zone, day: dt.date | None = None) -> SheetTerritory:
    codes = tuple(istat for istat, slug in zone_by_comune(day).items() if slug == zone.slug)
    english = (get_language() or "it").startswith("en")
    name = (english and zone.name_en) or zone.name
    return SheetTerritory(
        name, codes, residents_of(codes), residents_of(), zone=zone.slug, day=day
    )


def zone_by_comune(day: dt.date | None = None) -> dict[str, str]:
    """The zone of each comune that is in one on the day, by ISTAT code; of one that merged, its
    successor's."""
    rows = Municipality.objects.with_zone(day).values_list("istat", "zone_slug")
    zones = {istat: zone for istat, zone in rows if zone}
    merged = FormerCode.objects.successors(day)
    return zones | {code: zones[now] for code, now in merged.items() if now in zones}


def in_use(codes: Collection[str], day: dt.date | None = None) -> dict[str, str]:
    """The ISTAT code that stands for each on the day: its own as long as it had no successor (and
    is a comune that we know), else the successor's."""
    if not codes:
        return {}
    successors = FormerCode.objects.successors()
    ended = [code for code in codes if code in successors]
    found = {code: successors.get(code, code) for code in codes}
    if ended and day:
        known = Municipality.objects.filter(pk__in=ended).values_list("pk", flat=True)
        found |= {code: code for code in known}
        then = FormerCode.objects.successors(day)
        found |= {code: then[code] for code in ended if code in then}
    return found


def municipality_territory(
    municipality: Municipality, day: dt.date | None = None
) -> SheetTerritory:
    name, code = municipality.name, municipality.istat
    codes = (code, *FormerCode.objects.merged_into([code], day))
    here, everywhere = residents_of(codes), residents_of()
    return SheetTerritory(name, codes, here, everywhere, municipality=code, day=day)


def place_labels(version: str, day: dt.date | None = None) -> dict[str, list[list[object]]]:
    """Names for the map with the point they stand on: {"zone" | "comuni": [[name, lon, lat],
    ...]}; of a day, kept as long as `version`, a word that changes with LABELLED, is the same."""
    key = f"place-labels:{version}:{day or timezone.localdate()}"
    labels: dict[str, list[list[object]]] | None = cache.get(key)
    if labels is None:
        labels = {
            "zone": [_label(zone) for zone in Zone.objects.with_label_point()],
            "comuni": [
                _label(comune) for comune in Municipality.objects.current(day).with_label_point()
            ],
        }
        cache.set(key, labels, LABELS_SECONDS)
    return labels


def _label(place: Zone | Municipality) -> list[object]:
    point = place.label_point  # type: ignore[union-attr]
    return [place.name, round(point.x, 4), round(point.y, 4)]
