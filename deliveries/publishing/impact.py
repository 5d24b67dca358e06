"""What would change in the sheets if everything in a delivery were accepted.

The publication itself is rehearsed and undone: the preview cannot differ from what comes.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.sheets import SheetTerritory
from deliveries.models import Delivery, Proposal
from deliveries.policies import EDITABLE
from deliveries.publishing import acceptance
from deliveries.publishing.compare import propose
from services.models import ServiceState, Valence
from services.selectors import category_counts, facet_counts
from zones.models import Zone
from zones.selectors import municipality_territory, zone_territory

PER = 10_000
#: Beyond these rows a rehearsal costs too much for a page; the sheet is then seen afterwards.
MAX_ROWS = 20_000


@dataclass(frozen=True)
class Figure:
    """One figure of a sheet, before and after; `rate` when it is per 10,000 residents."""

    label: str
    before: float
    after: float
    rate: bool = False

    @property
    def changed(self) -> bool:
        return self.before != self.after


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
    with transaction.atomic():
        before = figures_of(delivery)
        propose(delivery)
        kinds: dict[str, int] = {}
        for kind in delivery.proposals.values_list("kind", flat=True):
            kinds[kind] = kinds.get(kind, 0) + 1
        delivery.proposals.update(decision=Proposal.Decision.ACCEPTED)
        acceptance.publish_accepted(delivery, rehearsal=True)
        after = figures_of(delivery)
        transaction.set_rollback(True)
    delivery.refresh_from_db(fields=["base_edition"])
    return Impact(kinds, tuple(_changed(before, after)))


def figures_of(delivery: Delivery) -> dict[str, dict[str, Figure]]:
    """The figures of the comune's and the zone's sheet as they are now, by sheet and label."""
    return {place.name: _figures(place) for place in _territories(delivery)}


def _territories(delivery: Delivery) -> list[SheetTerritory]:
    comune = delivery.municipality
    zone = Zone.objects.filter(memberships__in=comune.memberships.in_force()).first()
    return [municipality_territory(comune), *([zone_territory(zone)] if zone else [])]


def _figures(place: SheetTerritory) -> dict[str, Figure]:
    here = ServiceState.objects.at(None).supra_municipal()
    here = here.filter(municipality__in=place.municipalities)
    english = (get_language() or "it").startswith("en")
    counted: dict[str, int] = {_("Servizi sovracomunali"): here.count()}
    for row in category_counts(here):
        category = row.category
        name = (english and category.name_en) or category.name if category else ""
        counted[name or _("Tipo non riconosciuto")] = row.counts.union
    valences = facet_counts(here, "valence")
    for valence in Valence:
        counted[_("Valenza %(name)s") % {"name": valence.label}] = valences.get(valence, 0)
    local = ServiceState.objects.at(None).filter(
        level="local", municipality__in=place.municipalities
    )
    counted[_("Servizi comunali, a parte")] = local.count()
    found = {label: Figure(label, n, n) for label, n in counted.items()}
    if place.residents:
        rate = round(here.count() * PER / place.residents, 2)
        label = _("Servizi sovracomunali ogni 10.000 abitanti")
        found[label] = Figure(label, rate, rate, rate=True)
    return found


def _changed(
    before: Mapping[str, Mapping[str, Figure]], after: Mapping[str, Mapping[str, Figure]]
) -> list[Sheet]:
    sheets = []
    for name, now in before.items():
        then = after[name]
        labels = dict.fromkeys([*now, *then])
        both = [
            Figure(
                label,
                now[label].before if label in now else 0,
                then[label].after if label in then else 0,
                rate=(now.get(label) or then[label]).rate,
            )
            for label in labels
        ]
        sheets.append(Sheet(name, tuple(figure for figure in both if figure.changed)))
    return sheets
