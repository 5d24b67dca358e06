"""Celery's side of the workshop: tasks take ids, hold no logic, may be run twice (acks late)."""

from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from deliveries import remarks, workflow
from deliveries.checks import pipeline
from deliveries.geocoding import search
from deliveries.models import Delivery
from deliveries.publishing import acceptance
from deliveries.states import Status, Verb


@shared_task(name="deliveries.check")
def check_delivery(delivery_id: str) -> None:
    """Check a delivery, if it is to be checked and nobody living has it."""
    lease = workflow.take(delivery_id, begin=Verb.BEGIN_CHECK, resume=Verb.RESUME_CHECK)
    if lease is not None:
        pipeline.check(lease)


@shared_task(name="deliveries.publish")
def publish_delivery(delivery_id: str) -> None:
    """Publish a decided delivery, if it is to be published and nobody living has it."""
    lease = workflow.take(
        delivery_id, begin=Verb.BEGIN_PUBLICATION, resume=Verb.RESUME_PUBLICATION
    )
    if lease is None:
        return
    acceptance.run(lease)


@shared_task(name="deliveries.find_places")
def find_places(delivery_id: str) -> None:
    """Ask the geocoder about some rows of a search, if there is one and nobody living has it; the
    others wait behind what else is in the queue."""
    if search.run(delivery_id):
        find_places.delay(delivery_id)


@shared_task(name="deliveries.sweep")
def sweep() -> None:
    """Take up what a dead worker or a lost broker left:
    the truth is in the database, not in the queue."""
    grace = timezone.now() - timedelta(seconds=settings.LEASE_SECONDS)
    waiting = Delivery.objects.filter(updated_at__lt=grace)
    for delivery in Delivery.objects.lost() | waiting.filter(status=Status.RECEIVED):
        task = publish_delivery if delivery.status == Status.PUBLISHING else check_delivery
        task.delay(str(delivery.pk))
    decided = waiting.filter(status=Status.DECIDED, error_reference="")
    for pk in decided.values_list("pk", flat=True):
        publish_delivery.delay(str(pk))
    for pk in search.lost().values_list("delivery", flat=True):
        find_places.delay(str(pk))


@shared_task(name="deliveries.forget")
def forget() -> None:
    """Delete the files of deliveries that led to
    nothing, after the stated days; the hash stays."""
    limit = timezone.now() - timedelta(days=settings.RETENTION_DAYS_UNPUBLISHED)
    ended = Delivery.objects.filter(
        status__in=(Status.WITHDRAWN, Status.SUPERSEDED), updated_at__lt=limit
    )
    for delivery in ended.exclude(file=""):
        delivery.file.delete(save=False)
        Delivery.objects.filter(pk=delivery.pk).update(file="")
    remarks.forget()
