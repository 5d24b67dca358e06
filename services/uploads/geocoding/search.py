"""The questions about many rows, asked by a worker: bounded, resumable, one after the other."""

from __future__ import annotations

import logging
import uuid
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from services.uploads.geocoding import client, proposals
from services.uploads.geocoding.client import GeocoderFailed
from services.uploads.models import PlaceProposal, PlaceSearch, StagedRow, Upload
from services.uploads.states import Status
from zones.errors import DomainError
from zones.models import User

logger = logging.getLogger(__name__)

#: Rows of one search; who has more presses again.
MOST = 500
#: Failures one after the other after which a search gives up, and seconds it waits for its turn.
PATIENCE_FAILURES, PATIENCE_SECONDS = 3, 120.0
_LONGEST_QUESTION = PATIENCE_SECONDS + client.CONNECT_SECONDS + 2 * client.WHOLE_SECONDS
#: While a mend is checked again the search goes on; once the delivery is sent it stops.
_OPEN = (Status.CHECKED, Status.RETURNED, Status.CHECKING)


def unasked(upload: Upload) -> list[tuple[str, int, str]]:
    """Layer, row and question of the rows that have none answered yet, at most `MOST`."""
    kept = PlaceProposal.objects.filter(upload=upload)
    known = {(one.layer, one.row): one.question for one in kept.defer("candidates")}
    found: list[tuple[str, int, str]] = []
    rows = proposals.without_position(upload).values_list("layer", "row", "attributes")
    for layer, row, attributes in rows.iterator(1_000):
        question = proposals.question_of(attributes, upload.municipality)
        if question and known.get((layer, row)) != question:
            found.append((layer, row, question))
            if len(found) == MOST:
                break
    return found


def begin(upload: Upload, *, by: User) -> PlaceSearch:
    """Open a search of what is unasked, or give the one that is under way."""
    with transaction.atomic():
        search, new = PlaceSearch.objects.select_for_update().get_or_create(
            upload=upload, defaults={"by": by}
        )
        if not new and search.ended_at is None:
            return search
        total = len(unasked(upload))
        search.by, search.asked_at, search.total, search.done = by, timezone.now(), total, 0
        search.failure, search.lease_until, search.lease_token = "", None, None
        search.ended_at = None if total else timezone.now()
        search.save()
    return search


def lost() -> QuerySet[PlaceSearch]:
    """Searches that nobody living works on."""
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=timezone.now())
    grace = timezone.now() - timedelta(seconds=settings.LEASE_SECONDS)
    return PlaceSearch.objects.filter(free, ended_at__isnull=True, asked_at__lt=grace)


def run(upload_id: Any) -> None:
    """Ask what is left of a search, unless somebody living has it. May be run twice."""
    token = _take(upload_id)
    if token is None:
        return
    upload = Upload.objects.select_related("municipality").get(pk=upload_id)
    try:
        geocoder = client.required()
        failure = _ask_all(upload, geocoder, token)
    except DomainError as error:
        failure = getattr(error, "reason", "refused")
    except Exception:
        logger.exception("the search of positions of %s failed", upload_id)
        failure = "refused"
    if failure is not None:
        _mine(upload_id, token).update(
            ended_at=timezone.now(), failure=failure, lease_until=None, lease_token=None
        )


def _ask_all(upload: Upload, geocoder: client.Geocoder, token: uuid.UUID) -> str | None:
    """Why it ended: empty when all was asked; None when somebody else has it now."""
    failed = 0
    search = PlaceSearch.objects.get(upload=upload)
    left = search.total - search.done
    for layer, row, question in unasked(upload)[:left]:
        if not _mine(upload.pk, token).update(lease_until=_lapse()):
            return None
        staged = _row(upload, layer, row)
        if staged is None:
            continue
        try:
            proposals.propose(geocoder, staged, question, patience=PATIENCE_SECONDS)
            failed = 0
        except GeocoderFailed as error:
            failed += 1
            if failed == PATIENCE_FAILURES:
                return error.reason
            continue
        search.done += 1
        _mine(upload.pk, token).update(done=search.done)
    return ""


def _row(upload: Upload, layer: str, row: int) -> StagedRow | None:
    """The row, as long as the delivery is the comune's and the row still has no position."""
    open_now = Upload.objects.filter(pk=upload.pk, status__in=_OPEN)
    rows = StagedRow.objects.of(upload).filter(upload__in=open_now, layer=layer, row=row)
    found: StagedRow | None = (
        rows.filter(point__isnull=True).select_related("upload__municipality").first()
    )
    return found


@transaction.atomic
def _take(upload_id: Any) -> uuid.UUID | None:
    search = PlaceSearch.objects.select_for_update().filter(upload=upload_id).first()
    held = search is not None and search.lease_until and search.lease_until > timezone.now()
    if search is None or search.ended_at is not None or held:
        return None
    search.lease_token, search.lease_until = uuid.uuid4(), _lapse()
    search.save(update_fields=["lease_token", "lease_until"])
    return search.lease_token


def _mine(upload_id: Any, token: uuid.UUID) -> QuerySet[PlaceSearch]:
    return PlaceSearch.objects.filter(upload=upload_id, lease_token=token)


def _lapse() -> Any:
    seconds = max(settings.LEASE_SECONDS, _LONGEST_QUESTION)
    return timezone.now() + timedelta(seconds=seconds)
