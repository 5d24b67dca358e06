"""The only writer of a delivery's status: locks,
asks the transition table, moves, writes the event.

Workers hold a delivery by a lease with a heartbeat; a lapsed lease means a
dead worker, and the sweeper (`tasks.sweep`) hands the delivery to another.
"""

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import WrongState
from deliveries.models import Delivery
from deliveries.querysets import SUBJECT_KIND
from deliveries.states import LEASED, Verb, target
from notices import actions as notices
from notices.actions import About
from notices.models import Event
from people.models import User

MAX_ATTEMPTS = 4


class LostLease(Exception):
    """Another worker has taken this delivery: whoever sees this stops without writing anything."""


@dataclass(frozen=True)
class Lease:
    """A worker's hold on a delivery."""

    delivery: Delivery
    token: uuid.UUID


def _lapse() -> Any:
    return timezone.now() + timedelta(seconds=settings.LEASE_SECONDS)


def locked(delivery_id: Any) -> Delivery:
    """The delivery, locked until the end of the caller's transaction."""
    delivery: Delivery = Delivery.objects.select_for_update(of=("self",)).get(pk=delivery_id)
    return delivery


@transaction.atomic
def move(
    delivery: Delivery, verb: Verb, *, by: User | None = None, note: str = "", **changes: Any
) -> Delivery:
    """Move a delivery by one verb and set `changes` on it; the event is written beside.

    `delivery` is refreshed in place. Raises WrongState when the table has no such line.
    """
    current = locked(delivery.pk)
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
        setattr(delivery, name, value)
    current.save(update_fields=[*changes, "status", "updated_at"])
    record(delivery, verb, by=by, note=note, from_status=came_from, payload=payload)
    return delivery


def record(
    delivery: Delivery, verb: str, *, by: User | None, note: str = "", **extra: Any
) -> Event:
    """Append a line to the delivery's log, and tell whom it concerns; verbs outside the table are
    edits and messages."""
    from_status = extra.get("from_status", "")
    return notices.record(
        About(SUBJECT_KIND, delivery.pk, delivery.municipality_id),
        verb,
        by=by,
        note=note,
        from_status=from_status,
        to_status=delivery.status if from_status else "",
        payload=extra.get("payload", {}),
    )


@transaction.atomic
def take(delivery_id: Any, *, begin: Verb, resume: Verb) -> Lease | None:
    """Take a delivery for work, or None when it is not to be taken (done, or in living hands)."""
    delivery = Delivery.objects.select_for_update(of=("self",)).filter(pk=delivery_id).first()
    if delivery is None:
        return None
    in_hand = delivery.status in LEASED
    if in_hand and delivery.lease_until is not None and delivery.lease_until > timezone.now():
        return None
    verb = resume if in_hand else begin
    if target(delivery.status, verb) is None:
        return None
    token = uuid.uuid4()
    attempts = delivery.attempts + 1 if in_hand else 1
    move(delivery, verb, lease_token=token, lease_until=_lapse(), attempts=attempts)
    return Lease(delivery, token)


def beat(lease: Lease, *, stage: str, done: int = 0, total: int = 0) -> None:
    """Say that the work goes on and how far it is; raises LostLease when it is no longer ours."""
    mine = Delivery.objects.filter(pk=lease.delivery.pk, lease_token=lease.token)
    if not mine.update(
        lease_until=_lapse(), progress_stage=stage, progress_done=done, progress_total=total
    ):
        raise LostLease


@transaction.atomic
def finish(lease: Lease, verb: Verb, *, note: str = "", **changes: Any) -> Delivery:
    """End a worker's hold by a verb; inside the caller's
    transaction, so that all is written or nothing."""
    current = locked(lease.delivery.pk)
    if current.lease_token != lease.token:
        raise LostLease
    free = {"lease_token": None, "lease_until": None, "progress_stage": ""}
    return move(lease.delivery, verb, note=note, **{**free, **changes})
