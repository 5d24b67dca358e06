"""The questions about many rows, asked by a worker: bounded, resumable, one after the other."""

from __future__ import annotations

import logging
import secrets
import uuid
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from deliveries.geocoding import client, proposals
from deliveries.geocoding.client import OURS, GeocoderFailed
from deliveries.models import Delivery, PlaceProposal, PlaceSearch, StagedRow
from deliveries.states import Status
from people.models import User

logger = logging.getLogger(__name__)

#: Rows of one search; who has more presses again. A worker asks so many at once, then lets the
#: checks that wait go first.
MOST, SLICE = 500, 20
#: Failures one after the other after which a search gives up, and seconds it waits for its turn.
PATIENCE_FAILURES, PATIENCE_SECONDS = 3, 120.0
#: How long a slice may wait in the queue before the sweeper takes the search for lost.
_QUEUED = timedelta(minutes=5)
_LONGEST_QUESTION = PATIENCE_SECONDS + client.CONNECT_SECONDS + 2 * client.WHOLE_SECONDS
#: While a mend is checked again the search goes on; once the delivery is sent it stops.
_OPEN = (Status.CHECKED, Status.RETURNED, Status.CHECKING)


def unasked(delivery: Delivery) -> list[tuple[str, int, str]]:
    """Layer, row and question of the rows that have none answered yet, at most `MOST`."""
    kept = PlaceProposal.objects.filter(delivery=delivery)
    known = {(one.layer, one.row): one.question for one in kept.defer("candidates")}
    found: list[tuple[str, int, str]] = []
    rows = proposals.without_position(delivery).values_list("layer", "row", "attributes")
    for layer, row, attributes in rows.iterator(1_000):
        question = proposals.question_of(attributes, delivery.municipality)
        if question and known.get((layer, row)) != question:
            found.append((layer, row, question))
            if len(found) == MOST:
                break
    return found


def begin(delivery: Delivery, *, by: User) -> PlaceSearch:
    """Open a search of what is unasked, or give the one that is under way."""
    with transaction.atomic():
        search, new = PlaceSearch.objects.select_for_update().get_or_create(
            delivery=delivery, defaults={"by": by}
        )
        if not new and search.ended_at is None:
            return search
        total = len(unasked(delivery))
        search.by, search.asked_at, search.total, search.done = by, timezone.now(), total, 0
        search.failure, search.lease_token = "", None
        search.lease_until = timezone.now() + _QUEUED
        search.ended_at = None if total else timezone.now()
        search.save()
    return search


def lost() -> QuerySet[PlaceSearch]:
    """Searches that nobody living works on, and that wait in no queue."""
    return PlaceSearch.objects.filter(ended_at__isnull=True, lease_until__lt=timezone.now())


class _LostHold(Exception):
    """Another worker has this search: whoever sees this stops without writing anything."""


def run(delivery_id: Any) -> bool:
    """Ask a slice of a search, unless somebody living has it; whether there is more to ask.

    May be run twice.
    """
    token = _take(delivery_id)
    if token is None:
        return False
    delivery = Delivery.objects.select_related("municipality").get(pk=delivery_id)
    try:
        why = _ask_slice(delivery, client.required(), token)
    except _LostHold:
        return False
    except Exception:
        reference = secrets.token_hex(4)
        logger.exception("search of positions of %s failed, reference %s", delivery_id, reference)
        why = f"{OURS}:{reference}"
    free = {"lease_token": None, "lease_until": timezone.now() + _QUEUED}
    over = {} if why is None else {"ended_at": timezone.now(), "failure": why}
    return bool(_mine(delivery_id, token).update(**free, **over)) and why is None


def _ask_slice(delivery: Delivery, geocoder: client.Geocoder, token: uuid.UUID) -> str | None:
    """Why the search is over: empty when all was asked; None when it is not. Raises _LostHold."""
    search, failed = PlaceSearch.objects.get(delivery=delivery), 0
    for layer, row, question in _next(search):
        if not _mine(delivery.pk, token).update(lease_until=_lapse(), done=search.done):
            raise _LostHold
        staged = _row(delivery, layer, row)
        if staged is None:
            continue
        search.done += 1
        try:
            proposals.propose(geocoder, staged, question, patience=PATIENCE_SECONDS)
            failed = 0
        except GeocoderFailed as error:
            failed += 1
            if failed == PATIENCE_FAILURES:
                _mine(delivery.pk, token).update(done=search.done - failed)
                return error.reason
    _mine(delivery.pk, token).update(done=search.done)
    return None if _next(search) else ""


def _next(search: PlaceSearch) -> list[tuple[str, int, str]]:
    """The next slice; none when the search is done or the delivery is no longer the comune's.

    Rows about which the service failed stay unasked, in
    front of what comes: they are left for another search.
    """
    if not Delivery.objects.filter(pk=search.delivery_id, status__in=_OPEN).exists():
        return []
    answered = PlaceProposal.objects.filter(delivery=search.delivery_id, at__gte=search.asked_at)
    behind = max(0, search.done - answered.count())
    left = min(SLICE, max(0, search.total - search.done))
    return unasked(search.delivery)[behind : behind + left]


def _row(delivery: Delivery, layer: str, row: int) -> StagedRow | None:
    """The row, as long as the delivery is the comune's and the row still has no position."""
    rows = StagedRow.objects.of(delivery).filter(delivery__status__in=_OPEN, layer=layer, row=row)
    found: StagedRow | None = (
        rows.filter(point__isnull=True).select_related("delivery__municipality").first()
    )
    return found


@transaction.atomic
def _take(delivery_id: Any) -> uuid.UUID | None:
    search = PlaceSearch.objects.select_for_update().filter(delivery=delivery_id).first()
    if search is None or search.ended_at is not None:
        return None
    # Without a token it waits in the queue, and is nobody's.
    if search.lease_token and search.lease_until and search.lease_until > timezone.now():
        return None
    search.lease_token, search.lease_until = uuid.uuid4(), _lapse()
    search.save(update_fields=["lease_token", "lease_until"])
    return search.lease_token


def _mine(delivery_id: Any, token: uuid.UUID) -> QuerySet[PlaceSearch]:
    return PlaceSearch.objects.filter(delivery=delivery_id, lease_token=token)


def _lapse() -> Any:
    seconds = max(settings.LEASE_SECONDS, _LONGEST_QUESTION)
    return timezone.now() + timedelta(seconds=seconds)
