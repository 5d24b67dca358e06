"""What the public pages about services need: the taxonomy, counts in both readings, facets, one
service's story."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, Prefetch, Q, prefetch_related_objects

from services.models import (
    Assessment,
    Edition,
    MacroCategory,
    Record,
    Service,
    ServiceEvent,
    ServiceType,
    SourceItem,
)
from services.querysets import ServiceQuerySet
from services.taxonomy import Category, Kind, Taxonomy
from zones.models import Municipality

HISTORY_LENGTH = 50


@dataclass(frozen=True)
class ReadingCounts:
    """How many services each reading knows. The two are never added: both and union are counts of
    their own."""

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
class Choice:
    """One value of a facet, how many services it would show, and whether it is chosen."""

    value: str
    label: str
    count: int | None
    chosen: bool


@dataclass(frozen=True)
class Said:
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
    """A service with everything it is made of."""

    service: Service
    said: tuple[Said, ...]
    past: tuple[Record, ...]
    assessment: Assessment | None
    events: tuple[ServiceEvent, ...]

    def said_by(self, item_id: object) -> Said | None:
        """What the source item of that id says, if it still speaks."""
        return next((said for said in self.said if said.item.pk == item_id), None)


READING_COUNTS: dict[str, Count] = {
    "plan": Count("pk", filter=Q(in_reading_1=True)),
    "other": Count("pk", filter=Q(in_reading_2=True)),
    "both": Count("pk", filter=Q(in_reading_1=True, in_reading_2=True)),
    "union": Count("pk"),
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


def reading_counts(services: ServiceQuerySet) -> ReadingCounts:
    """Counts of a filtered queryset in one query."""
    return ReadingCounts(**services.order_by().aggregate(**READING_COUNTS))


def category_counts(services: ServiceQuerySet) -> list[CategoryCounts]:
    """Every category of the taxonomy, the empty ones too, then what was not recognised, if any."""
    rows = (
        services.order_by()
        .values("category")
        .annotate(planned=Count("pk", filter=~Q(status="esistente")), **READING_COUNTS)
    )
    found = {
        row["category"]: (
            ReadingCounts(**{key: row[key] for key in READING_COUNTS}),
            row["planned"],
        )
        for row in rows
    }
    nothing = (ReadingCounts(), 0)
    counts = [
        CategoryCounts(category, *found.get(category.slug, nothing))
        for category in MacroCategory.objects.all()
    ]
    if None in found:
        counts.append(CategoryCounts(None, *found[None]))
    return counts


def facet_counts(services: ServiceQuerySet, field: str) -> Mapping[str, int]:
    """How many services per value of a field."""
    rows = services.order_by().values_list(field).annotate(n=Count("pk"))
    return {value or "": n for value, n in rows}


def latest_editions(limit: int = 5) -> list[Edition]:
    return list(Edition.objects.select_related("source__municipality")[:limit])


def for_rows(services: ServiceQuerySet) -> ServiceQuerySet:
    """Only the columns a row shows: a queryset that `ServiceFilter.rows` can ask of any day."""
    columns: ServiceQuerySet = services.only(
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


def named(services: Iterable[Service]) -> list[Service]:
    """The services with their type, category and comune at hand, in three queries."""
    rows = list(services)
    comuni = Prefetch("municipality", Municipality.objects.only("istat", "name"))
    prefetch_related_objects(rows, "kind", "category", comuni)
    return rows


def service_story(service: Service) -> ServiceStory:
    """The service's records in force and past, its assessment and its latest events."""
    records = Record.objects.select_related(
        "from_edition", "to_edition", "kind", "municipality"
    ).defer("municipality__geometry", "municipality__geometry_web")
    items = list(
        SourceItem.objects.filter(service=service)
        .select_related("source")
        .prefetch_related(Prefetch("records", records.order_by("-from_number")))
        .order_by("source__reading", "pk")
    )
    said, past = _split(items)
    assessment = service.assessments.select_related("criteria_set").order_by("-at").first()
    events = service.events.select_related("edition__source")[:HISTORY_LENGTH]
    return ServiceStory(service, said, past, assessment, tuple(events))


def _split(items: Sequence[SourceItem]) -> tuple[tuple[Said, ...], tuple[Record, ...]]:
    said: list[Said] = []
    past: list[Record] = []
    for item in items:
        for record in item.records.all():
            if record.to_edition_id is None:
                said.append(Said(item, record))
            else:
                past.append(record)
    return tuple(said), tuple(past)
