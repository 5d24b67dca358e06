"""What would change in the sheets if everything in a delivery were accepted.

Nothing is written: the differences and what would be shown of the services they touch are asked
with the statements that publication writes with.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Count
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.bounds import joined_at_once
from core.sheets import SheetTerritory
from deliveries.models import Delivery, Proposal
from deliveries.policies import EDITABLE
from deliveries.publishing.compare import gaps
from deliveries.querysets import rows_of
from services import criteria, states
from services.models import Level, MacroCategory, ServiceState, Valence
from zones.models import Municipality, Zone, ZoneMembership
from zones.selectors import municipality_territory, zone_territory

PER = 10_000
#: Beyond these rows a preview costs too much for a page; the sheet is then seen afterwards.
MAX_ROWS = 20_000
#: The comuni whose sheets a preview compares; of more it says how many there are.
MAX_COMUNI = 20


@dataclass(frozen=True)
class Label:
    """What a figure of a sheet is called, and whether it is per 10,000 residents."""

    text: str
    is_rate: bool = False


@dataclass(frozen=True)
class ProposedChange:
    """So many services more (or fewer) of one comune, level, category (slug) and valence."""

    n: int
    municipality: str | None
    level: str
    category: str | None
    valence: str


@dataclass(frozen=True)
class Figure:
    """One figure of a sheet, before and after; `rate` when it is per 10,000 residents."""

    label: str
    before: float
    after: float
    rate: bool = False


@dataclass(frozen=True)
class Sheet:
    """The figures of one sheet that would change."""

    name: str
    figures: tuple[Figure, ...]


@dataclass(frozen=True)
class Impact:
    """What a delivery would do: differences by kind (Proposal.Kind -> how many) and the sheets."""

    kinds: Mapping[str, int]
    sheets: tuple[Sheet, ...]
    #: Comuni whose figures would change and whose sheets are not among these.
    others: int = 0

    @property
    def changes(self) -> int:
        """Differences against what is in force."""
        return sum(n for kind, n in self.kinds.items() if kind != Proposal.Kind.UNCHANGED)

    @property
    def confirmed(self) -> int:
        """Rows that confirm what is in force."""
        return self.kinds.get(Proposal.Kind.UNCHANGED, 0)

    @property
    def named(self) -> tuple[tuple[str, int], ...]:
        """The differences in words, in the order of the kinds."""
        kinds = (kind for kind in Proposal.Kind if kind != Proposal.Kind.UNCHANGED)
        return tuple((str(k.label), self.kinds[k]) for k in kinds if self.kinds.get(k))


def preview(delivery: Delivery) -> Impact | None:
    """The impact of a delivery that can still be sent; None when it cannot, or is too large."""
    if delivery.status not in EDITABLE or delivery.row_count > MAX_ROWS:
        return None
    if delivery.kind == Delivery.Kind.CONFIRMATION:
        said = delivery.source.items.filter(records__to_edition__isnull=True).count()
        kinds, changes = {str(Proposal.Kind.UNCHANGED): said}, []
    else:
        base = {"delivery": delivery.pk, "source": delivery.source_id}
        with joined_at_once(delivery.row_count):
            kinds = dict(rows_of("difference_kinds", gaps=gaps(), **base))
            changes = _changes(delivery)
    places, others = places_of(delivery, changes)
    before, after = figures_of(places), figures_of(places, changes)
    sheets = [Sheet(one.name, tuple(_changed(before[one], after[one]))) for one in places]
    return Impact(kinds, tuple(sheets), others)


def figures_of(
    places: Iterable[SheetTerritory], changes: Iterable[ProposedChange] = ()
) -> dict[SheetTerritory, dict[Label, float]]:
    """The figures of the places' sheets, by place and label: as they are now, or as they would be
    after the changes."""
    return {place: _figures(place, changes) for place in places}


def _changes(delivery: Delivery) -> list[ProposedChange]:
    """How many services of which kind would go (negative) and come."""
    terms = states.terms_of(states.current_criteria())
    statements = {**gaps(), "shown": states.shown_sql()}
    found = []
    for n, comune, level, category, kind, default, area, validated, declared in rows_of(
        "impact", gaps=statements, delivery=delivery.pk, source=delivery.source_id
    ):
        proposed = criteria.propose(terms, criteria.Facts(kind, level, default, area)).valence
        # As the column `valence` of the states, which the database makes.
        found.append(ProposedChange(n, comune, level, category, validated or proposed or declared))
    return found


def places_of(
    delivery: Delivery, changes: Iterable[ProposedChange]
) -> tuple[list[SheetTerritory], int]:
    """The sheets to compare, and how many comuni whose figures change are not among them.

    A row may lie in a comune that its source does not speak of, so the changes say which comuni:
    those first, then what else is the source's own; and every zone of any of them.
    """
    moved, source = _moved(changes), delivery.source
    comuni = set(moved)
    if not source.covers_all:
        comuni |= set(source.territory().values_list("pk", flat=True))
    found = Municipality.objects.filter(pk__in=comuni).defer("geometry", "geometry_web")
    sheets = sorted(found, key=lambda one: (one.pk not in moved, one.name))
    shown, rest = sheets[:MAX_COMUNI], sheets[MAX_COMUNI:]
    zones = Zone.objects.defer("geometry", "geometry_web")
    if not source.covers_all:
        members = ZoneMembership.objects.in_force().filter(municipality__in=comuni)
        zones = zones.filter(memberships__in=members).distinct()
    places = [*map(municipality_territory, shown), *map(zone_territory, zones)]
    return places, sum(one.pk in moved for one in rest)


def _moved(changes: Iterable[ProposedChange]) -> set[str]:
    """The comuni with a figure that changes; what goes and comes back alike changes none."""
    counted: Counter[tuple[str, tuple[str, str | None]]] = Counter()
    for one in changes:
        for key in _counted_as(one.level, one.category, one.valence):
            if one.municipality:
                counted[one.municipality, key] += one.n
    return {comune for (comune, _key), n in counted.items() if n}


def _counted_as(
    level: str, category: str | None, valence: str
) -> Iterable[tuple[str, str | None]]:
    """The figures in which a service counts."""
    yield "level", level
    if level == Level.SUPRA:
        yield "category", category
        yield "valence", valence


def _figures(place: SheetTerritory, changes: Iterable[ProposedChange]) -> dict[Label, float]:
    here = ServiceState.objects.at(None).filter(municipality__in=place.municipalities)
    cells = here.order_by().values_list("level", "category", "valence").annotate(n=Count("pk"))
    counted: Counter[tuple[str, str | None]] = Counter()
    moved = [
        (one.level, one.category, one.valence, one.n)
        for one in changes
        if one.municipality in place.municipalities
    ]
    for level, category, valence, n in [*cells, *moved]:
        for key in _counted_as(level, category, valence):
            counted[key] += n
    found: dict[Label, float] = {label: counted[key] for key, label in _labels().items()}
    if place.residents:
        rate = round(counted["level", Level.SUPRA] * PER / place.residents, 2)
        found[Label(_("Servizi sovracomunali ogni 10.000 abitanti"), is_rate=True)] = rate
    return found


def _labels() -> dict[tuple[str, str | None], Label]:
    """What is counted and what it is called, in the order of the sheet."""
    english = (get_language() or "it").startswith("en")
    named: dict[tuple[str, str | None], str] = {
        ("level", Level.SUPRA): _("Servizi sovracomunali"),
        **{
            ("category", one.slug): (english and one.name_en) or one.name
            for one in MacroCategory.objects.all()
        },
        ("category", None): _("Tipo non riconosciuto"),
        **{
            ("valence", valence.value): _("Valenza %(name)s") % {"name": valence.label}
            for valence in Valence
        },
        ("level", Level.LOCAL): _("Servizi comunali, a parte"),
    }
    return {key: Label(str(text)) for key, text in named.items()}


def _changed(before: Mapping[Label, float], after: Mapping[Label, float]) -> Iterable[Figure]:
    for label, now in before.items():
        if now != after[label]:
            yield Figure(label.text, now, after[label], rate=label.is_rate)
