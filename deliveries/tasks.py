"""Celery's side of deliveries: tasks take ids, hold no logic, may be run twice (acks late)."""

import uuid
from contextlib import suppress
from datetime import timedelta
from typing import Any

from core.queue import KINDS, Work, app, waiting, within
from deliveries import leases, leftovers, workflow, works
from deliveries.checks import pipeline
from deliveries.geocoding import search
from deliveries.models import Delivery, Errand
from deliveries.models.delivery import FOLDER
from deliveries.publishing import acceptance, compare
from deliveries.states import DeliveryStatus, Verb

#: How long a stored file may wait for its row.
ROWLESS = timedelta(days=1)
_ERRANDS = {Errand.Kind.PRECHECK: works.PRECHECK, Errand.Kind.RETURN_FILE: works.RETURN_FILE}


@app.task(**works.CHECK.options)
def check_delivery(delivery_id: str, turn: int | None = None) -> None:
    """Check a delivery, if it is to be checked in this turn and nobody living has it."""
    lease = workflow.take(delivery_id, begin=Verb.BEGIN_CHECK, resume=Verb.RESUME_CHECK, turn=turn)
    if lease is not None:
        pipeline.check(lease)


@app.task(**works.COMPARE.options)
def compare_delivery(delivery_id: str, turn: int) -> None:
    """Make the proposals of a large delivery before it is sent; none is lost without."""
    compare.compare_ahead(delivery_id)


@app.task(**works.PUBLISH.options)
def publish_delivery(delivery_id: str, turn: int | None = None) -> None:
    """Publish a decided delivery, if it is to be published in this turn and nobody living has
    it."""
    lease = workflow.take(
        delivery_id, begin=Verb.BEGIN_PUBLICATION, resume=Verb.RESUME_PUBLICATION, turn=turn
    )
    if lease is not None:
        acceptance.run(lease)


@app.task(**works.PLACES.options)
def find_places(delivery_id: str, turn: int | None = None) -> None:
    """Ask the geocoder about some rows of a search, if there is one and nobody living has it; the
    others wait behind what else is in the queue."""
    if (more := search.run(delivery_id, turn)) is not None:
        works.PLACES.send(delivery_id, more)


@app.task(name="deliveries.sweep", **within(60))
def sweep() -> None:
    """Take up what a dead worker or a lost broker left: the truth is in the database, not in the
    queue. What still lies in a queue is not enqueued again."""
    queued = frozenset[str]().union(*(waiting(kind) for kind in KINDS))

    def hand_on(rows: Any, work_of: Any, key: str = "pk") -> None:
        def is_queued(row: Any) -> bool:
            work: Work = work_of(row)
            return work.message_id(getattr(row, key), row.turn) in queued

        for row in leases.lost(rows, is_queued):
            work_of(row).send(getattr(row, key), row.turn)

    hand_on(Delivery.objects.for_a_worker(), _work_of)
    hand_on(search.open_searches(), lambda _row: works.PLACES, "delivery_id")
    hand_on(Errand.objects.filter(ended_at__isnull=True), lambda row: _ERRANDS[row.kind], "key")


def _work_of(delivery: Delivery) -> Work:
    decided = delivery.status in (DeliveryStatus.DECIDED, DeliveryStatus.PUBLISHING)
    return works.PUBLISH if decided else works.CHECK


@app.task(name="deliveries.sweep_files", **within(600))
def sweep_files() -> None:
    """Delete the stored files of which no delivery knows: those of requests that came to
    nothing; the folders that this leaves empty; and the private folders of killed work."""
    leftovers.delete_private(older_than=ROWLESS)
    known = frozenset(Delivery.objects.exclude(file="").values_list("file", flat=True))
    for name in leftovers.folders(FOLDER):
        with suppress(ValueError):  # a folder of another name is not ours
            uuid.UUID(name)
            leftovers.delete(f"{FOLDER}/{name}", older_than=ROWLESS, kept=known)
            leftovers.delete_empty(f"{FOLDER}/{name}", older_than=ROWLESS)
