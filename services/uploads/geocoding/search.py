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

from services.uploads.geocoding import client, proposals
from services.uploads.geocoding.client import OURS, GeocoderFailed
from services.uploads.models import PlaceProposal, PlaceSearch, StagedRow, Upload
from services.uploads.states import Status
from zones.models import User

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


def run(upload_id: Any) -> bool:
    """Ask a slice of a search, unless somebody living has it; whether there is more to ask.

    May be run twice.
    """
    token = _take(upload_id)
    if token is None:
        return False
    upload = Upload.objects.select_related("municipality").get(pk=upload_id)
    try:
        why = _ask_slice(upload, client.required(), token)
    except _LostHold:
        return False
    except Exception:
        reference = secrets.token_hex(4)
        logger.exception("search of positions of %s failed, reference %s", upload_id, reference)
        why = f"{OURS}:{reference}"
    free = {"lease_token": None, "lease_until": timezone.now() + _QUEUED}
    over = {} if why is None else {"ended_at": timezone.now(), "failure": why}
    return bool(_mine(upload_id, token).update(**free, **over)) and why is None


def _ask_slice(upload: Upload, geocoder: client.Geocoder, token: uuid.UUID) -> str | None:
    """Why the search is over: empty when all was asked; None when it is not. Raises _LostHold."""
    search, failed = PlaceSearch.objects.get(upload=upload), 0
    for layer, row, question in _next(search):
        if not _mine(upload.pk, token).update(lease_until=_lapse(), done=search.done):
            raise _LostHold
        staged = _row(upload, layer, row)
        if staged is None:
            continue
        search.done += 1
        try:
            proposals.propose(geocoder, staged, question, patience=PATIENCE_SECONDS)
            failed = 0
        except GeocoderFailed as error:
            failed += 1
            if failed == PATIENCE_FAILURES:
                _mine(upload.pk, token).update(done=search.done - failed)
                return error.reason
    _mine(upload.pk, token).update(done=search.done)
    return None if _next(search) else ""


def _next(search: PlaceSearch) -> list[tuple[str, int, str]]:
    """The next slice; none when the search is done or the delivery is no longer the comune's.

    Rows about which the service failed stay unasked, in front of what comes: they are left for
    another search.
    """
    if not Upload.objects.filter(pk=search.upload_id, status__in=_OPEN).exists():
        return []
    answered = PlaceProposal.objects.filter(upload=search.upload_id, at__gte=search.asked_at)
    behind = max(0, search.done - answered.count())
    left = min(SLICE, max(0, search.total - search.done))
    return unasked(search.upload)[behind : behind + left]


def _row(upload: Upload, layer: str, row: int) -> StagedRow | None:
    """The row, as long as the delivery is the comune's and the row still has no position."""
    rows = StagedRow.objects.of(upload).filter(upload__status__in=_OPEN, layer=layer, row=row)
    found: StagedRow | None = (
        rows.filter(point__isnull=True).select_related("upload__municipality").first()
    )
    return found


@transaction.atomic
def _take(upload_id: Any) -> uuid.UUID | None:
    search = PlaceSearch.objects.select_for_update().filter(upload=upload_id).first()
    if search is None or search.ended_at is not None:
        return None
    # Without a token it waits in the queue, and is nobody's.
    if search.lease_token and search.lease_until and search.lease_until > timezone.now():
        return None
    search.lease_token, search.lease_until = uuid.uuid4(), _lapse()
    search.save(update_fields=["lease_token", "lease_until"])
    return search.lease_token


def _mine(upload_id: Any, token: uuid.UUID) -> QuerySet[PlaceSearch]:
    return PlaceSearch.objects.filter(upload=upload_id, lease_token=token)


def _lapse() -> Any:
    seconds = max(settings.LEASE_SECONDS, _LONGEST_QUESTION)
    return timezone.now() + timedelta(seconds=seconds)
