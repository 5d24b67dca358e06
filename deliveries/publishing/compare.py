"""The difference between a delivery and what is in force of its source, as proposals."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from core.bounds import joined_at_once
from deliveries import workflow
from deliveries.models import Delivery
from deliveries.querysets import SQL, run_sql
from deliveries.states import DeliveryStatus
from services.models import Edition


def edition_in_force(delivery: Delivery) -> Edition | None:
    """The last edition of the delivery's source, or None before the first."""
    return delivery.source.editions.order_by("-number").first()


@transaction.atomic
def propose(delivery: Delivery) -> None:
    """(Re)write the delivery's proposals against the edition in force, which becomes its base.

    Rows already published stay; a decision is kept where the difference is still the same one,
    also after the comune mended other rows.
    """
    edition = edition_in_force(delivery)
    if delivery.kind == Delivery.Kind.CONFIRMATION:
        run_sql("propose_confirmation", delivery=delivery.pk, source=delivery.source_id)
        _is_compared_with(delivery, edition)
        return
    with joined_at_once(delivery.row_count):
        _compare(delivery)
        run_sql("propose", delivery=delivery.pk)
    _is_compared_with(delivery, edition)


def _compare(delivery: Delivery) -> None:
    run_sql("compare", gaps=gaps(), delivery=delivery.pk, source=delivery.source_id)


def _is_compared_with(delivery: Delivery, edition: Edition | None) -> None:
    delivery.base_edition, delivery.compared_at = edition, delivery.checked_at
    delivery.save(update_fields=["base_edition", "compared_at"])


def is_compared(delivery: Delivery) -> bool:
    """Whether its proposals are those of its last check against the edition in force."""
    made = delivery.compared_at is not None and delivery.compared_at == delivery.checked_at
    return made and delivery.base_edition == edition_in_force(delivery)


def compare_ahead(delivery_id: Any) -> None:
    """Make the proposals of a checked delivery while its report is read, so that whoever sends a
    large one need not wait for them.

    Nor does anybody wait for this: the delivery is held only to write down what was found, which
    is left to the sending when it has changed meanwhile (was sent, checked anew, let a cell out).
    """
    delivery = Delivery.objects.filter(pk=delivery_id, status=DeliveryStatus.CHECKED).first()
    if delivery is None or is_compared(delivery):
        return
    mine = timezone.now()
    as_read = Delivery.objects.filter(
        pk=delivery.pk,
        status=DeliveryStatus.CHECKED,
        checked_at=delivery.checked_at,
    )
    # Whatever makes what is found untrue takes this mark away, or moves what it stands beside.
    if not as_read.filter(compared_at=delivery.compared_at).update(compared_at=mine):
        return
    with transaction.atomic(), joined_at_once(delivery.row_count):
        edition = edition_in_force(delivery)
        _compare(delivery)
        workflow.locked(delivery.pk)
        if as_read.filter(compared_at=mine).exists():
            run_sql("propose", delivery=delivery.pk)
            _is_compared_with(delivery, edition)


def gaps() -> Mapping[str, str]:
    """The statement of the differences, for the statements that are made around it."""
    return {"differences": SQL.text("differences")}
