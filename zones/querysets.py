"""Which rows of the territory; the only module of this app that speaks SQL."""

import datetime as dt
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

    def current(self) -> "MunicipalityQuerySet":
        """Without the comuni that were merged into a successor."""
        return self.filter(successor__isnull=True)

    def in_zone(self, slug: str, on: dt.date | None = None) -> "MunicipalityQuerySet":
        return self.with_zone(on).filter(zone_slug=slug)
