"""Celery's side of deliveries: tasks take ids, hold no logic, may be run twice (acks late)."""

import uuid
from contextlib import suppress
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from core.queue import app
from deliveries import leases, leftovers, workflow
from deliveries.checks import pipeline
from deliveries.geocoding import search
from deliveries.models import Delivery
from deliveries.models.delivery import FOLDER
from deliveries.publishing import acceptance
from deliveries.states import DeliveryStatus, Verb

#: How long a stored file may wait for its row.
ROWLESS = timedelta(days=1)


@app.task(name="deliveries.check")
def check_delivery(delivery_id: str) -> None:
    """Check a delivery, if it is to be checked and nobody living has it."""
    lease = workflow.take(delivery_id, begin=Verb.BEGIN_CHECK, resume=Verb.RESUME_CHECK)
    if lease is not None:
        pipeline.check(lease)


@app.task(name="deliveries.publish")
def publish_delivery(delivery_id: str) -> None:
    """Publish a decided delivery, if it is to be published and nobody living has it."""
    lease = workflow.take(
        delivery_id, begin=Verb.BEGIN_PUBLICATION, resume=Verb.RESUME_PUBLICATION
    )
    if lease is None:
        return
    acceptance.run(lease)


@app.task(name="deliveries.find_places")
def find_places(delivery_id: str) -> None:
    """Ask the geocoder about some rows of a search, if there is one and nobody living has it; the
    others wait behind what else is in the queue."""
    if search.run(delivery_id):
        find_places.delay(delivery_id)


@app.task(name="deliveries.sweep")
def sweep() -> None:
    """Take up what a dead worker or a lost broker left: the truth is in the database, not in the
    queue."""
    lost = leases.lost(Delivery.objects.for_a_worker())
    for delivery in Delivery.objects.filter(pk__in=lost).only("status"):
        decided = delivery.status in (DeliveryStatus.DECIDED, DeliveryStatus.PUBLISHING)
        task = publish_delivery if decided else check_delivery
        task.delay(str(delivery.pk))
    for pk in search.lost():
        find_places.delay(str(pk))


@app.task(name="deliveries.forget")
def forget() -> None:
    """Delete the files of deliveries that led to
    nothing, after the stated days; the hash stays."""
    limit = timezone.now() - timedelta(days=settings.RETENTION_DAYS_UNPUBLISHED)
    ended = Delivery.objects.filter(
        status__in=(DeliveryStatus.WITHDRAWN, DeliveryStatus.SUPERSEDED), updated_at__lt=limit
    )
    # What is published is traced back to its file: that of a part too, whatever came after it.
    for delivery in ended.filter(edition__isnull=True).exclude(file=""):
        delivery.file.delete(save=False)
        Delivery.objects.filter(pk=delivery.pk).update(file="")


@app.task(name="deliveries.sweep_files")
def sweep_files() -> None:
    """Delete the stored files of which no delivery knows: those of requests that came to
    nothing."""
    for name in leftovers.folders(FOLDER):
        with suppress(ValueError):  # a folder of another name is not ours
            known = Delivery.objects.filter(pk=uuid.UUID(name)).exclude(file="")
            kept = frozenset(known.values_list("file", flat=True))
            leftovers.delete(f"{FOLDER}/{name}", older_than=ROWLESS, kept=kept)
