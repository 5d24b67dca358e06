"""The only writer of a delivery's status: locks,
asks the transition table, moves, writes the event.

Workers hold a delivery by a lease (`leases`); a lapsed one means a dead worker, and the sweeper
(`tasks.sweep`) hands the delivery to another. The long transactions of check and publication lock
the delivery's row at their very end: until then its lease is kept in it.
"""

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core.errors import WrongState
from deliveries import leases, policies
from deliveries.models import Delivery
from deliveries.querysets import APART_KIND, SUBJECT_KIND
from deliveries.states import DeliveryStatus, Verb, target
from notices import actions as notices
from notices.actions import About
from notices.models import Event
from people.models import User


@dataclass(frozen=True)
class DeliveryLease(leases.Lease):
    """A worker's hold on a delivery."""

    delivery: Delivery


def locked(delivery_id: Any) -> Delivery:
    """The delivery, locked until the end of the caller's transaction; rows that are being written
    to it do not wait for that."""
    rows = Delivery.objects.select_for_update(of=("self",), no_key=True)
    delivery: Delivery = rows.get(pk=delivery_id)
    return delivery


@transaction.atomic
def move(
    delivery: Delivery, verb: Verb, *, by: User | None = None, note: str = "", **changes: Any
) -> Delivery:
    """Move a delivery by one verb and set `changes` on it; the event is written beside.

    `delivery` is refreshed in place. Raises WrongState when the table has no such line, or when
    it would undo what is published.
    """
    current = locked(delivery.pk)
    to = target(current.status, verb)
    if to is not None and policies.is_undoing(current, verb):
        raise WrongState(
            "partly-published",
            _("Una parte di questa consegna è già pubblicata e resta: l'ufficio decide il resto. "
              "Un nuovo file prende il posto del resto."),
            state=current.status,
        )  # fmt: skip
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
        About(SUBJECT_KIND, delivery.pk, delivery.source.municipality_id),
        verb,
        by=by,
        note=note,
        from_status=from_status,
        to_status=delivery.status if from_status else "",
        payload=extra.get("payload", {}),
    )


def record_apart(
    delivery: Delivery, verb: str, *, municipality: str | None, **extra: Any
) -> Event:
    """Tell people who may not know of the delivery what is said of that comune; `extra`: note,
    payload."""
    about = About(APART_KIND, delivery.pk, municipality)
    return notices.record(about, verb, by=None, **extra)


def tell_office(delivery: Delivery, verb: str, reference: str, **payload: Any) -> Event:
    """Tell the office of a fault of ours, by its reference, whether or not it may know of the
    delivery."""
    comune = delivery.source.municipality_id
    return record_apart(delivery, verb, municipality=comune, note=reference, payload=payload)


@transaction.atomic
def take(
    delivery_id: Any, *, begin: Verb, resume: Verb, turn: int | None = None
) -> DeliveryLease | None:
    """Take a delivery for work, or None when it is not to be taken: done, in living hands, or
    enqueued anew since the message of this `turn`."""
    states = [state for state in DeliveryStatus if target(state, begin) or target(state, resume)]
    held = leases.take(Delivery.objects.filter(pk=delivery_id, status__in=states), turn)
    if held is None:
        return None
    delivery = locked(delivery_id)
    move(delivery, resume if target(delivery.status, resume) else begin)
    return DeliveryLease(held.rows, held.token, held.attempt, held.deaths, delivery)


@transaction.atomic
def finish(lease: DeliveryLease, verb: Verb, *, note: str = "", **changes: Any) -> Delivery:
    """End a worker's hold by a verb; inside the caller's transaction, so that all is written or
    nothing. What still lies in a queue is of another turn. Raises LostLease."""
    current = locked(lease.delivery.pk)
    if current.lease_token != lease.token:
        raise leases.LostLease
    ended = {**leases.freed(), "turn": current.turn + 1}
    return move(lease.delivery, verb, note=note, **{**ended, **changes})
