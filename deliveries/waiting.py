"""Who waits for a worker: how many are before it, and how long that usually takes."""

import datetime as dt
import math
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.db.models import QuerySet

from core import beating
from core.queue import Work
from deliveries import works
from deliveries.models import Delivery, Errand
from deliveries.querysets import rows_of
from deliveries.states import DeliveryStatus

_CHECKS: Final = (DeliveryStatus.RECEIVED, DeliveryStatus.CHECKING)
_PUBLICATIONS: Final = (DeliveryStatus.DECIDED, DeliveryStatus.PUBLISHING)


@dataclass(frozen=True)
class Place:
    """A place in a queue: how many are before it, and in how many minutes its turn comes, going by
    what was done last (None: nothing was, or nobody works); since when nobody does."""

    ahead: int
    minutes: int | None
    late_since: dt.datetime | None = None


def place_of(delivery: Delivery) -> Place | None:
    """Of a delivery that waits for its check or its publication; None when it does not."""
    if delivery.lease_token is not None or delivery.lease_until is None:
        return None
    if delivery.status in _CHECKS:
        rows = Delivery.objects.filter(status__in=_CHECKS)
        return _place(rows, delivery, works.CHECK, settings.CHECK_SLOTS)
    if delivery.status == DeliveryStatus.DECIDED and not delivery.error_reference:
        # What was given up waits for the office, not for a worker.
        rows = Delivery.objects.for_a_worker().filter(status__in=_PUBLICATIONS)
        return _place(rows, delivery, works.PUBLISH)
    return None


def place_of_errand(job: Errand) -> Place | None:
    """Of a check without account that waits for its turn."""
    if job.lease_token is not None or job.lease_until is None:
        return None
    rows = Errand.objects.filter(kind=job.kind, ended_at__isnull=True)
    return _place(rows, job, works.PRECHECK)


def _place(
    rows: "QuerySet[Delivery] | QuerySet[Errand]",
    mine: Delivery | Errand,
    work: Work,
    slots: int = 1,
) -> Place:
    ahead = rows.filter(lease_token__isnull=True, lease_until__lt=mine.lease_until).count()
    busy = rows.filter(lease_token__isnull=False).count()
    before = max(0, ahead + busy - slots + 1)
    if (since := beating.silent_since(work.kind)) is not None:
        return Place(ahead, None, since)
    usual = _usual_seconds(published=work is works.PUBLISH)
    minutes = None if usual is None else math.ceil(usual * before / slots / 60)
    return Place(ahead, minutes)


def _usual_seconds(*, published: bool) -> float | None:
    """How long the last checks, or publications, took: half of them less."""
    begun = ("begin_publication", "resume_publication") if published else (
        "begin_check", "resume_check")  # fmt: skip
    ended = ("publish", "publish_part") if published else ("finish_check", "refuse_file")
    ((seconds,),) = rows_of("usual_seconds", begun=list(begun), ended=list(ended))
    return None if seconds is None else float(seconds)
