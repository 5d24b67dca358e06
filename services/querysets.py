"""All SQL about sources, editions, records, services and their states; no model imports."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.contrib.gis.db import models
from django.contrib.gis.geos import Polygon
from django.db.models import F, Func, Q, Sum

from core.geo import WEB_SRID
from people.policies import Person, reach_of
from services.cells import HALF_WORLD, CellGrid, CellRange


class Folded(Func):
    """Name and address in one lower-case text without accents: what `q` searches (migration
    0003)."""

    function = "sttm2_fold"
    output_field = models.TextField()


class CellNumber(Func):
    """The column (X) or row (Y) of the cell in which a point of EPSG:3857 lies."""

    output_field = models.IntegerField()

    def __init__(self, point: F, grid: CellGrid, axis: str) -> None:
        metres = f"{HALF_WORLD} {'+' if axis == 'X' else '-'} ST_{axis}(%(expressions)s)"
        super().__init__(point, template=f"floor(({metres}) / {grid.width})::int")


#: What a correction is called where events and notices speak of anything that has a log.
CORRECTION = "correction"


class CorrectionQuerySet(models.QuerySet[Any]):
    """The office's own corrections."""

    def for_user(self, user: Person) -> "CorrectionQuerySet":
        """What a person may read: those in their comuni and of the sources of whom they act for;
        the office all."""
        reach = reach_of(user)
        if reach.office:
            return self
        theirs = Q(editions__source__municipality__in=reach.comuni)
        theirs |= Q(editions__source__body__in=reach.bodies)
        # In a query of its own, for a correction may have several editions.
        said = self.model.objects.filter(theirs).values("pk")
        return self.filter(Q(municipality__in=reach.comuni) | Q(pk__in=said))

    def whole(self) -> "CorrectionQuerySet":
        """With all that a page or an answer shows."""
        related = self.select_related("service", "municipality", "by")
        found: CorrectionQuerySet = related.prefetch_related("editions__source")
        return found


class SourceQuerySet(models.QuerySet[Any]):
    """Who says so."""

    def for_user(self, user: Person) -> "SourceQuerySet":
        """The sources that a person may deliver to: those of their comuni and bodies."""
        reach = reach_of(user)
        own = Q(municipality__in=reach.comuni) | Q(body__in=reach.bodies)
        return self.filter(own, is_demonstration=False)


class RecordQuerySet(models.QuerySet[Any]):
    """What sources say, valid from an edition to another."""

    def current(self) -> "RecordQuerySet":
        return self.filter(to_edition__isnull=True)


class ServiceQuerySet(models.QuerySet[Any]):
    """Who services are, whatever is shown of them."""

    def published(self) -> "ServiceQuerySet":
        """Alive: not merged into another and not retired."""
        return self.filter(redirect_to__isnull=True, retired_at__isnull=True)


class StateQuerySet(models.QuerySet[Any]):
    """What is shown of services, today or on a day gone by: the same rows, the same questions."""

    def at(self, before: dt.datetime | None) -> "StateQuerySet":
        """The states in force just before that moment; with None, those in force now."""
        if before is None:
            return self.filter(valid_to__isnull=True)
        standing = Q(valid_to__isnull=True) | Q(valid_to__gte=before)
        found: StateQuerySet = self.filter(standing, valid_from__lt=before)
        return found

    def latest_of_each(self) -> "StateQuerySet":
        """Of each service the latest state, also of those that are retired or merged."""
        return self.order_by("service_id", "-valid_from").distinct("service_id")

    def supra_municipal(self) -> "StateQuerySet":
        """Without the services that are local by their type (shown only when asked for)."""
        return self.filter(level="supra")

    def within_web_box(self, box: Sequence[float]) -> "StateQuerySet":
        """Whose representative point lies in west, south, east, north (EPSG:3857 metres)."""
        west, south, east, north = box
        envelope = Polygon.from_bbox((west, south, east, north))
        envelope.srid = WEB_SRID
        found: StateQuerySet = self.filter(point_web__bboverlaps=envelope)
        return found

    def outside(self, inner: CellRange, grid: CellGrid) -> "StateQuerySet":
        """Of the states in a box those beside its whole cells: in the four strips around them."""
        west, south, east, north = inner.sides(grid)
        far = 2 * HALF_WORLD
        strips = (
            (-far, -far, west, far), (east, -far, far, far),
            (west, north, east, far), (west, -far, east, south),
        )  # fmt: skip
        beside = Q()
        for strip in strips:
            envelope = Polygon.from_bbox(strip)
            envelope.srid = WEB_SRID
            beside |= Q(point_web__bboverlaps=envelope)
        # On an edge between cells a point is in one of them only: its own number says in which.
        x, y = CellNumber(F("point_web"), grid, "X"), CellNumber(F("point_web"), grid, "Y")
        placed = self.alias(cell_x=x, cell_y=y)
        found: StateQuerySet = placed.filter(beside).exclude(
            cell_x__range=(inner.west, inner.east), cell_y__range=(inner.north, inner.south)
        )
        return found


class CountQuerySet(models.QuerySet[Any]):
    """Changes of how many services are shown: the sum of `n` is how many."""

    def at(self, before: dt.datetime | None) -> "CountQuerySet":
        """What adds up to the states in force just before that moment; with None, now."""
        return self if before is None else self.filter(at__lt=before)

    def supra_municipal(self) -> "CountQuerySet":
        """Without the services that are local by their type."""
        return self.filter(level="supra")

    def within(self, cells: CellRange) -> "CountQuerySet":
        """Of these cells."""
        found: CountQuerySet = self.filter(
            cell_x__range=(cells.west, cells.east), cell_y__range=(cells.north, cells.south)
        )
        return found

    def beside(self, cells: CellRange) -> "CountQuerySet":
        """Of others than these cells."""
        found: CountQuerySet = self.exclude(
            cell_x__range=(cells.west, cells.east), cell_y__range=(cells.north, cells.south)
        )
        return found

    def total(self) -> int:
        """How many services."""
        return int(self.aggregate(n=Sum("n"))["n"] or 0)
