"""The only writer of a delivery's status: locks, asks the transition table, moves, writes the
event.

Workers hold a delivery by a lease with a heartbeat; a lapsed lease means a dead worker, and the
sweeper
(`tasks.sweep`) hands the delivery to another.
"""

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from services.uploads import notices
from services.uploads.models import Upload, UploadEvent
from services.uploads.states import LEASED, Verb, target
from zones.errors import WrongState
from zones.models import User

MAX_ATTEMPTS = 4


class LostLease(Exception):
    """Another worker has taken this delivery: whoever sees this stops without writing anything."""


@dataclass(frozen=True)
class Lease:
    """A worker's hold on a delivery."""

    upload: Upload
    token: uuid.UUID


def _lapse() -> Any:
    return timezone.now() + timedelta(seconds=settings.LEASE_SECONDS)


def locked(upload_id: Any) -> Upload:
    """The delivery, locked until the end of the caller's transaction."""
    upload: Upload = Upload.objects.select_for_update(of=("self",)).get(pk=upload_id)
    return upload


@transaction.atomic
def move(
    upload: Upload, verb: Verb, *, by: User | None = None, note: str = "", **changes: Any
) -> Upload:
    """Move a delivery by one verb and set `changes` on it; the event is written beside.

    `upload` is refreshed in place. Raises WrongState when the table has no such line.
    """
    current = locked(upload.pk)
    to = target(current.status, verb)
    if to is None:
        raise WrongState(
            "wrong-state",
            _("La consegna è «%(state)s»: %(verb)s non è possibile adesso.")
            % {"state": current.get_status_display(), "verb": Verb(verb).label},
            state=current.status,
        )
    payload, came_from = changes.pop("payload", {}), current.status
    for name, value in {**changes, "status": to}.items():
        setattr(current, name, value)
        setattr(upload, name, value)
    current.save(update_fields=[*changes, "status", "updated_at"])
    record(upload, verb, by=by, note=note, from_status=came_from, payload=payload)
    return upload


@transaction.atomic
def record(
    upload: Upload, verb: str, *, by: User | None, note: str = "", **extra: Any
) -> UploadEvent:
    """Append a line to the delivery's log, and tell whom it concerns; verbs outside the table are
    edits and messages."""
    from_status = extra.get("from_status", "")
    event = UploadEvent.objects.create(
        upload=upload,
        verb=verb,
        by=by,
        note=note,
        from_status=from_status,
        to_status=upload.status if from_status else "",
        payload=extra.get("payload", {}),
    )
    notices.spread(event)
    return event


@transaction.atomic
def take(upload_id: Any, *, begin: Verb, resume: Verb) -> Lease | None:
    """Take a delivery for work, or None when it is not to be taken (done, or in living hands)."""
    upload = Upload.objects.select_for_update(of=("self",)).filter(pk=upload_id).first()
    if upload is None:
        return None
    in_hand = upload.status in LEASED
    if in_hand and upload.lease_until is not None and upload.lease_until > timezone.now():
        return None
    verb = resume if in_hand else begin
    if target(upload.status, verb) is None:
        return None
    token = uuid.uuid4()
    attempts = upload.attempts + 1 if in_hand else 1
    move(upload, verb, lease_token=token, lease_until=_lapse(), attempts=attempts)
    return Lease(upload, token)


def beat(lease: Lease, *, stage: str, done: int = 0, total: int = 0) -> None:
    """Say that the work goes on and how far it is; raises LostLease when it is no longer ours."""
    mine = Upload.objects.filter(pk=lease.upload.pk, lease_token=lease.token)
    if not mine.update(
        lease_until=_lapse(), progress_stage=stage, progress_done=done, progress_total=total
    ):
        raise LostLease


@transaction.atomic
def finish(lease: Lease, verb: Verb, *, note: str = "", **changes: Any) -> Upload:
    """End a worker's hold by a verb; inside the caller's transaction, so that all is written or
    nothing."""
    current = locked(lease.upload.pk)
    if current.lease_token != lease.token:
        raise LostLease
    free = {"lease_token": None, "lease_until": None, "progress_stage": ""}
    return move(lease.upload, verb, note=note, **{**free, **changes})
