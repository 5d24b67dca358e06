"""The questions about many rows, asked by a worker: bounded, resumable, one after the other."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from deliveries import audience, leases, workflow
from deliveries.geocoding import client, proposals
from deliveries.geocoding.client import OURS, GeocoderFailed
from deliveries.models import Delivery, PlaceProposal, PlaceSearch, StagedRow
from deliveries.states import DeliveryStatus
from people.models import User

#: Rows of one search; who has more presses again. A worker asks so many at once, then lets the
#: checks that wait go first.
MOST, SLICE = 500, 20
#: Failures one after the other after which a search gives up, and seconds it waits for its turn.
PATIENCE_FAILURES, PATIENCE_SECONDS = 3, 120.0
STAGE = "places"
#: While a mend is checked again the search goes on; once the delivery is sent it stops.
_OPEN = (DeliveryStatus.CHECKED, DeliveryStatus.RETURNED, DeliveryStatus.CHECKING)


def unasked(delivery: Delivery) -> list[tuple[str, int, str]]:
    """Layer, row and question of the rows that have none answered yet, at most `MOST`."""
    kept = PlaceProposal.objects.filter(delivery=delivery)
    known = {(one.layer, one.row): one.question for one in kept.defer("candidates")}
    found: list[tuple[str, int, str]] = []
    question_of = proposals.questions_of(delivery)
    rows = proposals.without_position(delivery)
    told = rows.values_list("layer", "row", "attributes", "municipality")
    for layer, row, attributes, comune in told.iterator(1_000):
        question = question_of(attributes, comune)
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
        changes = {
            **leases.queued(search.turn),
            "deaths": 0,
            "by": by,
            "asked_at": timezone.now(),
            "progress_total": total,
            "progress_done": 0,
            "failure": "",
            "ended_at": None if total else timezone.now(),
        }
        for name, value in changes.items():
            setattr(search, name, value)
        search.save(update_fields=changes)
    return search


def open_searches() -> QuerySet[PlaceSearch]:
    """Those in which there is something to ask."""
    return PlaceSearch.objects.filter(ended_at__isnull=True)


def run(delivery_id: Any, turn: int | None = None) -> int | None:
    """Ask a slice of a search, unless somebody living has it; the turn in which there is more to
    ask, None when there is not.

    May be run twice.
    """
    lease = leases.take(open_searches().filter(delivery=delivery_id), turn)
    if lease is None:
        return None
    mine = lease.held
    more: int | None = None

    def ask() -> None:
        nonlocal more
        delivery = Delivery.objects.with_sender().get(pk=delivery_id)
        why = _ask_slice(delivery, client.required(), lease)
        over = {} if why is None else {"ended_at": timezone.now(), "failure": why}
        waits = leases.queued(mine.values_list("turn", flat=True).first() or 0)
        if mine.update(**waits, deaths=0, **over) and why is None:
            more = waits["turn"]

    def fail(reference: str) -> None:
        over = {"ended_at": timezone.now(), "failure": f"{OURS}:{reference}"}
        if mine.update(**{**leases.freed(), **over, "deaths": lease.deaths}) and lease.is_spent:
            delivery = Delivery.objects.with_sender().get(pk=delivery_id)
            workflow.tell_office(delivery, audience.WORKER_DIED, reference)

    leases.work(lease, ask, what=f"the search of positions of {delivery_id}", failed=fail)
    return more


def _ask_slice(delivery: Delivery, geocoder: client.Geocoder, lease: leases.Lease) -> str | None:
    """Why the search is over: empty when all was asked; None when it is not. Raises LostLease."""
    search, failed = PlaceSearch.objects.get(delivery=delivery), 0
    total, done = search.progress_total, search.progress_done
    for layer, row, question in _next(search):
        leases.beat(lease, STAGE, done, total)
        staged = _row(delivery, layer, row)
        if staged is None:
            continue
        done += 1
        try:
            proposals.propose(geocoder, staged, question, patience=PATIENCE_SECONDS)
            failed = 0
        except GeocoderFailed as error:
            failed += 1
            if failed == PATIENCE_FAILURES:
                leases.beat(lease, STAGE, done - failed, total)
                return error.reason
    leases.beat(lease, STAGE, done, total)
    search.progress_done = done
    return None if _next(search) else ""


def _next(search: PlaceSearch) -> list[tuple[str, int, str]]:
    """The next slice; none when the search is done or the delivery is no longer the comune's.

    Rows about which the service failed stay unasked, in
    front of what comes: they are left for another search.
    """
    if not Delivery.objects.filter(pk=search.delivery_id, status__in=_OPEN).exists():
        return []
    answered = PlaceProposal.objects.filter(delivery=search.delivery_id, at__gte=search.asked_at)
    behind = max(0, search.progress_done - answered.count())
    left = min(SLICE, max(0, search.progress_total - search.progress_done))
    return unasked(search.delivery)[behind : behind + left]


def _row(delivery: Delivery, layer: str, row: int) -> StagedRow | None:
    """The row, as long as the delivery is the comune's and the row still has no position."""
    rows = StagedRow.objects.of(delivery).filter(delivery__status__in=_OPEN, layer=layer, row=row)
    found: StagedRow | None = (
        rows.filter(point__isnull=True).select_related("delivery__source__municipality").first()
    )
    return found
