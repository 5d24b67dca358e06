"""Which LUM: those everybody sees, those that stand somewhere, those of a territory."""

from typing import Any, cast

from django.db import models
from django.db.models import Q

from core.sheets import SheetTerritory


class LumQuerySet(models.QuerySet[Any]):
    """Mobility hubs; candidates are for the office alone."""

    def public(self) -> "LumQuerySet":
        """Without the candidates; nodes to be identified come last."""
        shown: LumQuerySet = self.exclude(certainty=self.model.Certainty.UNSUPPORTED)
        ordered = shown.alias(lost=Q(point__isnull=True)).order_by("lost", "name", "code")
        return cast(LumQuerySet, ordered)

    def located(self) -> "LumQuerySet":
        """Those whose node is known: the only ones a map or a rule can speak of."""
        return self.filter(point__isnull=False)

    def of(self, territory: SheetTerritory) -> "LumQuerySet":
        """Those in its comuni; of a zone also those that it counts without knowing the comune."""
        mine = Q(municipalities__in=territory.municipalities)
        if not territory.is_municipality:
            nowhere = Q(municipalities__isnull=True)
            mine |= nowhere & Q(zone=territory.zone) if territory.zone else nowhere
        return self.filter(pk__in=self.model._base_manager.filter(mine).values("pk"))
