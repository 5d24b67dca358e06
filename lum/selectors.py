"""What the pages about LUM need."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q

from lum.models import Lum
from zones.models import Municipality, Zone
from zones.selectors import zone_by_comune

UNRANKED = "da-attribuire"
TO_IDENTIFY = "da-individuare"
UNSTATED = "non-dichiarato"
#: What is asked of the state beside its values: no node yet, a node without a known state.
WITHOUT_STATE = {
    TO_IDENTIFY: Q(point__isnull=True),
    UNSTATED: Q(point__isnull=False, state=""),
}


@dataclass(frozen=True)
class LumRow:
    """A LUM with its comuni and zones."""

    lum: Lum
    municipalities: tuple[Municipality, ...]
    zones: tuple[Zone, ...]


@dataclass(frozen=True)
class LumFilter:
    """What the reader asked of the list."""

    zone: str = ""
    state: str = ""
    rank: str = ""
    q: str = ""


def lum_rows(asked: LumFilter) -> list[LumRow]:
    """The LUM that answer to the filter, each with its comuni and zones."""
    hubs = Lum.objects.public().prefetch_related("municipalities")
    if asked.state:
        hubs = hubs.filter(WITHOUT_STATE.get(asked.state, Q(state=asked.state)))
    if asked.rank:
        hubs = hubs.filter(rank="" if asked.rank == UNRANKED else asked.rank)
    if asked.q:
        hubs = hubs.filter(name__icontains=asked.q)
    zones = _zones()
    rows = [_row(hub, zones) for hub in hubs]
    if asked.zone:
        rows = [row for row in rows if asked.zone in {zone.slug for zone in row.zones}]
    return rows


def lum_row(hub: Lum) -> LumRow:
    return _row(hub, _zones())


@dataclass(frozen=True)
class _Zones:
    """The zones by slug, and the slug of each comune's zone by ISTAT code."""

    by_slug: dict[str, Zone]
    slug_of: dict[str, str]

    def of(self, hub: Lum) -> tuple[Zone, ...]:
        """The zones of its comuni; where none is known the one that counts it."""
        comuni = [comune.pk for comune in hub.municipalities.all()]
        slugs = [self.slug_of.get(istat, "") for istat in comuni] if comuni else [hub.zone_id]
        return tuple(self.by_slug[slug] for slug in dict.fromkeys(slugs) if slug)


def _row(hub: Lum, zones: _Zones) -> LumRow:
    return LumRow(hub, tuple(hub.municipalities.all()), zones.of(hub))


def _zones(day: dt.date | None = None) -> _Zones:
    zones = {zone.slug: zone for zone in Zone.objects.defer("geometry", "geometry_web")}
    return _Zones(zones, zone_by_comune(day))


def lum_per_zone(day: dt.date | None = None) -> dict[str, int]:
    """Today's LUM per zone slug, by the zones' comuni on the day; "" is the whole.

    One on the border of two zones counts in both, once in the whole; those to be identified count
    too, candidates do not.
    """
    zones = _zones(day)
    hubs = list(Lum.objects.public().only("zone").prefetch_related("municipalities"))
    counts = dict.fromkeys(zones.by_slug, 0)
    for hub in hubs:
        for zone in zones.of(hub):
            counts[zone.slug] += 1
    return {**counts, "": len(hubs)} if hubs else {}
