"""What the pages about LUM need."""

from dataclasses import dataclass

from django.db.models import Count, F

from lum.models import Lum
from zones.models import Municipality, Zone


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
    hubs = Lum.objects.prefetch_related("municipalities")
    if asked.state:
        hubs = hubs.filter(state=asked.state)
    if asked.rank:
        hubs = hubs.filter(rank="" if asked.rank == "da-attribuire" else asked.rank)
    if asked.q:
        hubs = hubs.filter(name__icontains=asked.q)
    zones = _zone_of()
    rows = [_row(hub, zones) for hub in hubs]
    if asked.zone:
        rows = [row for row in rows if asked.zone in {zone.slug for zone in row.zones}]
    return rows


def lum_row(hub: Lum) -> LumRow:
    return _row(hub, _zone_of())


def _row(hub: Lum, zones: dict[str, Zone]) -> LumRow:
    comuni = tuple(hub.municipalities.all())
    found = {zones[comune.pk].slug: zones[comune.pk] for comune in comuni if comune.pk in zones}
    return LumRow(hub, comuni, tuple(found.values()))


def _zone_of() -> dict[str, Zone]:
    zones = {zone.slug: zone for zone in Zone.objects.defer("geometry", "geometry_web")}
    rows = Municipality.objects.with_zone().values_list("istat", "zone_slug")
    return {istat: zones[slug] for istat, slug in rows if slug}


def lum_per_zone() -> dict[str, int]:
    """LUM per zone slug; "" is the whole. One on the border
    of two zones counts in both, once in the whole."""
    rows = (
        Municipality.objects.with_zone()
        .filter(lum__isnull=False)
        .values_list("zone_slug")
        .annotate(n=Count("lum", distinct=True))
    )
    counts = {zone.slug: 0 for zone in Zone.objects.only("slug")}
    counts.update({slug: n for slug, n in rows if slug})
    total = Lum.objects.count()
    return {**counts, "": total} if total else {}


def lum_of(municipalities: tuple[str, ...]) -> list[Lum]:
    return list(
        Lum.objects.filter(municipalities__in=municipalities).distinct().order_by(F("name").asc())
    )
