"""Which mandates are in force; no model imports."""

import datetime as dt
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone


class MandateQuerySet(models.QuerySet[Any]):
    """Mandates in force, by day in Europe/Rome."""

    def in_force(self, on: dt.date | None = None) -> "MandateQuerySet":
        day = on or timezone.localdate()
        return self.filter(valid_from__lte=day).filter(
            Q(valid_to__isnull=True) | Q(valid_to__gte=day), revoked_at__isnull=True
        )
