"""What the pages about funding need: totals to the cent,
shares by comune and zone, what cannot be placed."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from funding.models import Programme, Project, Share
from zones.models import Zone
from zones.selectors import zone_by_comune

NOTHING = Decimal(0)


@dataclass(frozen=True)
class Totals:
    """Amounts in euro. `stated` is the source's, `known` the projects', `placed` what falls on a
    comune, `unallocated` the rest ("non ripartito"); None where no amount is known."""

    stated: Decimal | None
    known: Decimal
    placed: Decimal
    unallocated: Decimal | None
    unknown_shares: int
    projects: int
    projects_without_amount: int

    @property
    def untold(self) -> Decimal | None:
        """What the source states beyond the projects whose
        amount is known; None when not comparable."""
        if self.stated is None:
            return None
        return self.stated - self.known

    @property
    def whole(self) -> Decimal:
        """What percentages are of, as the rest is: the larger of the source's amount and the sum
        of the known projects, so that the parts make up a hundred."""
        return max(self.stated or NOTHING, self.known)

    @property
    def unallocated_share(self) -> Decimal | None:
        if self.unallocated is None or not self.whole:
            return None
        return self.unallocated * 100 / self.whole


@dataclass(frozen=True)
class ProgrammeRow:
    programme: Programme
    totals: Totals


@dataclass(frozen=True)
class PlaceAmount:
    """What falls on a comune or a zone; `unknown` shares have no amount."""

    name: str
    url_key: str
    amount: Decimal | None
    unknown: int
    percentage: Decimal | None


@dataclass(frozen=True)
class ShareLine:
    """One share of a project, with the programme it belongs to."""

    share: Share
    percentage: Decimal | None


@dataclass(frozen=True)
class ProjectRow:
    project: Project
    shares: tuple[ShareLine, ...]
    twice: tuple[Programme, ...] = ()


def programme_rows(shares: Sequence[Share] | None = None) -> list[ProgrammeRow]:
    """All programmes with their totals; with `shares`, only those that these belong to."""
    programmes = Programme.objects.prefetch_related("projects__shares")
    if shares is not None:
        programmes = programmes.filter(slug__in={s.project.programme_id for s in shares})
    return [ProgrammeRow(programme, totals(programme)) for programme in programmes]


def totals(programme: Programme) -> Totals:
    """The programme's sums, from its projects' shares."""
    projects = list(programme.projects.all())
    amounts = [project.amount for project in projects if project.amount is not None]
    shares = [share for project in projects for share in project.shares.all()]
    placed = sum((s.amount for s in shares if s.amount and s.municipality_id), NOTHING)
    known = sum(amounts, NOTHING)
    return Totals(
        stated=programme.amount,
        known=known,
        placed=placed,
        unallocated=_unallocated(programme.amount, amounts, placed),
        unknown_shares=sum(s.amount is None and s.municipality_id is not None for s in shares),
        projects=len(projects),
        projects_without_amount=sum(project.amount is None for project in projects),
    )


def _unallocated(
    stated: Decimal | None, projects: Sequence[Decimal], placed: Decimal
) -> Decimal | None:
    """What no comune has of the larger of the two amounts, the source's and the projects'.

    Two documents may disagree; the larger one hides nothing. None when neither says an amount.
    """
    said = [stated] if stated is not None else []
    if projects:
        said.append(sum(projects, NOTHING))
    return max(max(said) - placed, NOTHING) if said else None


def project_rows(programme: Programme) -> list[ProjectRow]:
    """The projects with their shares; a CUP that another programme also has is flagged."""
    projects = list(programme.projects.prefetch_related("shares__municipality"))
    cups = [project.cup for project in projects if project.cup]
    others: dict[str, list[Programme]] = {}
    same = Project.objects.filter(cup__in=cups).exclude(programme=programme)
    for other in same.select_related("programme"):
        others.setdefault(other.cup, []).append(other.programme)
    return [
        ProjectRow(
            project,
            tuple(ShareLine(s, _percentage(s, project)) for s in _placed_first(project)),
            tuple(others.get(project.cup, ())),
        )
        for project in projects
    ]


def _placed_first(project: Project) -> list[Share]:
    return sorted(
        project.shares.all(), key=lambda s: (s.municipality_id is None, -(s.amount or 0))
    )


def _percentage(share: Share, project: Project) -> Decimal | None:
    if share.percentage is not None:
        return share.percentage
    if share.amount is None or not project.amount:
        return None
    return share.amount * 100 / project.amount


def by_zone(shares: Sequence[Share], whole: Decimal) -> list[PlaceAmount]:
    """Amounts per zone in the deck's order; percentages of the whole (Totals.whole)."""
    zone_of = zone_by_comune()
    rows = []
    for zone in Zone.objects.defer("geometry", "geometry_web"):
        mine = [s for s in shares if zone_of.get(s.municipality_id or "") == zone.slug]
        if mine:
            rows.append(_place(zone.name, zone.slug, mine, whole))
    return rows


def _place(name: str, key: str, shares: Sequence[Share], whole: Decimal) -> PlaceAmount:
    amounts = [share.amount for share in shares if share.amount is not None]
    amount = sum(amounts, NOTHING) if amounts else None
    percentage = amount * 100 / whole if amount is not None and whole else None
    return PlaceAmount(name, key, amount, len(shares) - len(amounts), percentage)


def shares_in(municipalities: Sequence[str]) -> list[Share]:
    return list(
        Share.objects.filter(municipality__in=municipalities)
        .select_related("project__programme", "municipality")
        .order_by("project__programme__order", "project__code")
    )


def shares_of(programme: Programme) -> list[Share]:
    return list(Share.objects.filter(project__programme=programme).select_related("municipality"))
