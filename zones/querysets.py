"""Which rows of the territory; the only module of this app that speaks SQL."""

import datetime as dt
from collections.abc import Collection
from typing import Any

from django.contrib.gis.db.models.functions import PointOnSurface, Transform
from django.db import models
from django.db.models import F, FilteredRelation, Q
from django.utils import timezone

from core.geo import GEOGRAPHIC_SRID


class MembershipQuerySet(models.QuerySet[Any]):
    """Which comune belongs to which zone, and when."""

    def in_force(self, on: dt.date | None = None) -> "MembershipQuerySet":
        day = on or timezone.localdate()
        return self.filter(
            Q(valid_from__isnull=True) | Q(valid_from__lte=day),
            Q(valid_to__isnull=True) | Q(valid_to__gt=day),
        )


class FormerCodeQuerySet(models.QuerySet[Any]):
    """ISTAT codes of before."""

    def ended(self, on: dt.date | None = None) -> "FormerCodeQuerySet":
        """Those no longer in use on the day."""
        return self.filter(valid_to__lte=on or timezone.localdate())

    def successors(self, on: dt.date | None = None) -> dict[str, str]:
        """The code in use on the day for each that is not, through several mergers where there
        were."""
        step = dict(self.ended(on).values_list("code", "successor"))
        return {code: _last(code, step) for code in step}

    def merged_into(self, codes: Collection[str], on: dt.date | None = None) -> list[str]:
        """The codes for which these stand on the day: what was said of them is theirs."""
        return [code for code, now in self.successors(on).items() if now in codes]


def _last(code: str, step: dict[str, str]) -> str:
    """Where the steps lead; a circle, which no merger makes, ends where it began."""
    seen = {code}
    while (following := step.get(code)) and following not in seen:
        seen.add(code := following)
    return code


class PlaceQuerySet(models.QuerySet[Any]):
    """Whatever has a name and a `geometry`."""

    def with_label_point(self) -> "PlaceQuerySet":
        """Only drawn places, with `label_point` inside them (CRS84) and without the geometry
        itself."""
        point = Transform(PointOnSurface("geometry"), GEOGRAPHIC_SRID)
        placed: PlaceQuerySet = self.filter(geometry__isnull=False).annotate(label_point=point)
        without_shape: PlaceQuerySet = placed.defer("geometry", "geometry_web")
        return without_shape


class MunicipalityQuerySet(PlaceQuerySet):
    """Comuni, with their zone of a day."""

    def with_zone(self, on: dt.date | None = None) -> "MunicipalityQuerySet":
        """Annotate `zone_slug` and `zone_name` of the membership in force on the day."""
        day = on or timezone.localdate()
        current = FilteredRelation(
            "memberships",
            condition=(
                Q(memberships__valid_from__isnull=True) | Q(memberships__valid_from__lte=day)
            )
            & (Q(memberships__valid_to__isnull=True) | Q(memberships__valid_to__gt=day)),
        )
        found: MunicipalityQuerySet = self.annotate(membership=current).annotate(
            zone_slug=F("membership__zone_id"), zone_name=F("membership__zone__name")
        )
        return found

    def current(self, on: dt.date | None = None) -> "MunicipalityQuerySet":
        """Without the comuni whose code is no longer in use on the day."""
        former = self.model.former_codes.rel.related_model._default_manager.ended(on)
        return self.exclude(pk__in=former.values("pk"))

    def in_zone(self, slug: str, on: dt.date | None = None) -> "MunicipalityQuerySet":
        return self.with_zone(on).filter(zone_slug=slug)
