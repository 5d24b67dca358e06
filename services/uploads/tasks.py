"""Celery's side of the workshop: tasks take ids, hold no logic, may be run twice (acks late)."""

from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from services.uploads import remarks, workflow
from services.uploads.checking import pipeline
from services.uploads.editions import acceptance
from services.uploads.geocoding import search
from services.uploads.models import Upload
from services.uploads.states import Status, Verb


@shared_task(name="uploads.check")
def check_upload(upload_id: str) -> None:
    """Check a delivery, if it is to be checked and nobody living has it."""
    lease = workflow.take(upload_id, begin=Verb.BEGIN_CHECK, resume=Verb.RESUME_CHECK)
    if lease is not None:
        pipeline.check(lease)


@shared_task(name="uploads.publish")
def publish_upload(upload_id: str) -> None:
    """Publish a decided delivery, if it is to be published and nobody living has it."""
    lease = workflow.take(upload_id, begin=Verb.BEGIN_PUBLICATION, resume=Verb.RESUME_PUBLICATION)
    if lease is None:
        return
    acceptance.run(lease)


@shared_task(name="uploads.find_places")
def find_places(upload_id: str) -> None:
    """Ask the geocoder about some rows of a search, if there is one and nobody living has it; the
    others wait behind what else is in the queue."""
    if search.run(upload_id):
        find_places.delay(upload_id)


@shared_task(name="uploads.sweep")
def sweep() -> None:
    """Take up what a dead worker or a lost broker left: the truth is in the database, not in the
    queue."""
    grace = timezone.now() - timedelta(seconds=settings.LEASE_SECONDS)
    waiting = Upload.objects.filter(updated_at__lt=grace)
    for upload in Upload.objects.lost() | waiting.filter(status=Status.RECEIVED):
        task = publish_upload if upload.status == Status.PUBLISHING else check_upload
        task.delay(str(upload.pk))
    decided = waiting.filter(status=Status.DECIDED, error_reference="")
    for pk in decided.values_list("pk", flat=True):
        publish_upload.delay(str(pk))
    for pk in search.lost().values_list("upload", flat=True):
        find_places.delay(str(pk))


@shared_task(name="uploads.forget")
def forget() -> None:
    """Delete the files of deliveries that led to nothing, after the stated days; the hash
    stays."""
    limit = timezone.now() - timedelta(days=settings.RETENTION_DAYS_UNPUBLISHED)
    ended = Upload.objects.filter(
        status__in=(Status.WITHDRAWN, Status.SUPERSEDED), updated_at__lt=limit
    )
    for upload in ended.exclude(file=""):
        upload.file.delete(save=False)
        Upload.objects.filter(pk=upload.pk).update(file="")
    remarks.forget()
