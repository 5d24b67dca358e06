"""What the public pages about services need: the taxonomy,
counts in both readings, facets, one service's story."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass
from typing import Any

from django.db.models import Prefetch, Q, Sum, prefetch_related_objects

from services.models import (
    Edition,
    MacroCategory,
    Record,
    ServiceEvent,
    ServiceState,
    ServiceStatus,
    ServiceType,
    SourceItem,
)
from services.querysets import CountQuerySet, StateQuerySet
from validator.taxonomy import Category, Kind, Taxonomy
from zones.models import Municipality

HISTORY_LENGTH = 50
#: What a plan foresees or is building; what has closed is neither this nor there.
TO_COME = (ServiceStatus.PLANNED, ServiceStatus.UNDERWAY)


@dataclass(frozen=True)
class ReadingCounts:
    """How many services each reading knows. The two are
    never added: both and union are counts of their own."""

    plan: int = 0
    other: int = 0
    both: int = 0
    union: int = 0


@dataclass(frozen=True)
class CategoryCounts:
    """A category (None: type not recognised) with its counts in both readings."""

    category: MacroCategory | None
    counts: ReadingCounts
    planned: int = 0


@dataclass(frozen=True)
class FacetValue:
    """One value of a facet, how many services it would show, and whether it is chosen."""

    value: str
    label: str
    count: int | None
    chosen: bool


@dataclass(frozen=True)
class SourceStatement:
    """What one source says of a service today, and where that stands."""

    item: SourceItem
    record: Record

    @property
    def source_name(self) -> str:
        return self.item.source.name

    @property
    def edition(self) -> Edition:
        return self.record.from_edition


@dataclass(frozen=True)
class ServiceStory:
    """What is shown of a service, with everything it is made of."""

    service: ServiceState
    said: tuple[SourceStatement, ...]
    past: tuple[Record, ...]
    events: tuple[ServiceEvent, ...]

    def said_by(self, item_id: object) -> SourceStatement | None:
        """What the source item of that id says, if it still speaks."""
        return next((said for said in self.said if said.item.pk == item_id), None)


READING_COUNTS: dict[str, Sum] = {
    "plan": Sum("n", filter=Q(in_reading_1=True), default=0),
    "other": Sum("n", filter=Q(in_reading_2=True), default=0),
    "both": Sum("n", filter=Q(in_reading_1=True, in_reading_2=True), default=0),
    "union": Sum("n", default=0),
}


def taxonomy() -> Taxonomy:
    """The taxonomy as it stands in the database, as plain values."""
    categories = tuple(
        Category(c.slug, c.name, c.name_en, c.color, c.glyph, order=c.order)
        for c in MacroCategory.objects.all()
    )
    kinds = tuple(
        Kind(
            slug=kind.slug,
            name=kind.name,
            name_en=kind.name_en,
            category=kind.category_id,
            level="supra" if kind.level == "supra" else "local",
            synonyms=tuple(kind.synonyms),
            codes=tuple(kind.codes),
            default_valence=kind.default_valence,
            criteria=kind.criteria,
            mappings=kind.mappings,
            order=kind.order,
        )
        for kind in ServiceType.objects.all()
    )
    return Taxonomy(categories, kinds)


def category_counts(counted: CountQuerySet) -> list[CategoryCounts]:
    """Every category of the taxonomy, the empty ones too, then what was not recognised, if any."""
    planned = Sum("n", filter=Q(status__in=TO_COME), default=0)
    rows = counted.order_by().values_list("category").annotate(**READING_COUNTS, planned=planned)
    return by_category({row[0]: (ReadingCounts(*row[1:-1]), row[-1]) for row in rows})


def by_category(found: Mapping[str | None, tuple[ReadingCounts, int]]) -> list[CategoryCounts]:
    """Those counts in the order of the taxonomy."""
    nothing = (ReadingCounts(), 0)
    counts = [
        CategoryCounts(category, *found.get(category.slug, nothing))
        for category in MacroCategory.objects.all()
    ]
    if found.get(None, nothing)[0].union:
        counts.append(CategoryCounts(None, *found[None]))
    return counts


def totals_of(counts: Iterable[CategoryCounts]) -> ReadingCounts:
    """The counts of all these categories together."""
    columns = zip(*(astuple(row.counts) for row in counts), strict=True)
    return ReadingCounts(*map(sum, columns))


def latest_editions(before: dt.datetime | None = None, limit: int = 5) -> list[Edition]:
    """The last ones, or those that were the last before that moment."""
    editions = Edition.objects.select_related("source__municipality")
    return list((editions.filter(published_at__lt=before) if before else editions)[:limit])


def for_rows(states: StateQuerySet) -> StateQuerySet:
    """Only the columns a row shows."""
    columns: StateQuerySet = states.only(
        "public_id",
        "name",
        "kind",
        "category",
        "municipality",
        "status",
        "valence",
        "valence_origin",
        "in_reading_1",
        "in_reading_2",
        "is_demonstration",
        "accuracy",
        "point",
    )
    return columns


def for_page(states: StateQuerySet) -> StateQuerySet:
    """All that is shown of a service, with the criteria that spoke."""
    whole: StateQuerySet = states.select_related("criteria_set")
    return whole


def named(states: Iterable[ServiceState]) -> list[ServiceState]:
    """The states with their type, category and comune at hand, in three queries."""
    rows = list(states)
    comuni = Prefetch("municipality", Municipality.objects.only("istat", "name"))
    prefetch_related_objects(rows, "kind", "category", comuni)
    return rows


def latest_states(path: str) -> "Prefetch[Any]":
    """What is shown, or was last, of the services that `path` leads to (Service.shown)."""
    latest = ServiceState.objects.latest_of_each().select_related("municipality")
    shapes = ("municipality__geometry", "municipality__geometry_web")
    return Prefetch(f"{path}states", latest.defer(*shapes))


def service_story(state: ServiceState, before: dt.datetime | None = None) -> ServiceStory:
    """The service's records in force and past and its latest events; with `before`, as all that
    stood before that moment (`state` is then the one of that day)."""
    # Whoever only reads may not see the senders' own cells (sttm2/roles.py).
    records = Record.objects.select_related(
        "from_edition", "to_edition", "kind", "municipality"
    ).defer("raw", "withheld", "municipality__geometry", "municipality__geometry_web")
    items = list(
        SourceItem.objects.filter(service=state.service_id)
        .select_related("source")
        .prefetch_related(Prefetch("records", records.order_by("-from_number")))
        .order_by("source__reading", "pk")
    )
    said, past = _split(items, before)
    events = ServiceEvent.objects.filter(service=state.service_id)
    events = events.select_related("edition__source")
    events = events.filter(at__lt=before) if before else events
    return ServiceStory(state, said, past, tuple(events[:HISTORY_LENGTH]))


def _split(
    items: Sequence[SourceItem], before: dt.datetime | None
) -> tuple[tuple[SourceStatement, ...], tuple[Record, ...]]:
    """Records in force and past ones; what began at the moment or later is left out."""
    said: list[SourceStatement] = []
    past: list[Record] = []
    for item in items:
        for record in item.records.all():
            ended = record.to_edition.published_at if record.to_edition else None
            if before and record.from_edition.published_at >= before:
                continue
            if ended is None or (before and ended >= before):
                said.append(SourceStatement(item, record))
            else:
                past.append(record)
    return tuple(said), tuple(past)
