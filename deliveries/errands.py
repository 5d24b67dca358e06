"""Jobs that are about no state of a delivery: which are open, and how one ends."""

from datetime import timedelta
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from deliveries import audience, leases
from deliveries.models import Errand
from deliveries.querysets import ERRAND_KIND
from notices import actions as notices
from notices.actions import About

#: What a job that ended workers' lives keeps, for the office to look into: its number alone.
_NOTHING: Final[dict[str, Any]] = {}


def open_errands(kind: str) -> "QuerySet[Errand]":
    """Those of a kind that are to be done and not yet forgotten."""
    return Errand.objects.filter(kind=kind, ended_at__isnull=True, until__gt=timezone.now())


@transaction.atomic
def end(lease: leases.Lease, reference: str = "", *, municipality: str | None = None) -> None:
    """End the job that we hold; `reference`: of the failure of ours that ended it, of which the
    office is told when it ended the lives of workers. Raises LostLease."""
    ended = {"ended_at": timezone.now(), "error_reference": reference}
    if not lease.held.update(**{**leases.freed(), **ended, "deaths": lease.deaths}):
        raise leases.LostLease
    if reference and lease.is_spent:
        about = About(ERRAND_KIND, lease.rows.get().pk, municipality)
        notices.record(about, audience.WORKER_DIED, by=None, note=reference)


def forget() -> None:
    """Delete the errands whose time is over. What the office was told of stays as a number for as
    long as other things that led to nothing."""
    now = timezone.now()
    over = Errand.objects.filter(until__lte=now)
    told = Q(deaths__gte=leases.MAX_DEATHS, ended_at__isnull=False)
    long_ago = now - timedelta(days=settings.RETENTION_DAYS_UNPUBLISHED)
    over.filter(~told | Q(until__lte=long_ago)).delete()
    over.exclude(asked=_NOTHING).update(asked=_NOTHING)
