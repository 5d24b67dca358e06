"""The difference between a delivery and what is in force of its source, as proposals."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from core.bounds import joined_at_once
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
    confirms = delivery.kind == Delivery.Kind.CONFIRMATION
    with joined_at_once(delivery.row_count):
        run_sql(
            "propose_confirmation" if confirms else "propose",
            gaps=gaps(),
            delivery=delivery.pk,
            source=delivery.source_id,
        )
    delivery.base_edition, delivery.compared_at = edition, delivery.checked_at
    delivery.save(update_fields=["base_edition", "compared_at"])


def is_compared(delivery: Delivery) -> bool:
    """Whether its proposals are those of its last check against the edition in force."""
    made = delivery.compared_at is not None and delivery.compared_at == delivery.checked_at
    return made and delivery.base_edition == edition_in_force(delivery)


@transaction.atomic
def compare_ahead(delivery_id: Any) -> None:
    """Make the proposals of a checked delivery while its report is read, so that whoever sends a
    large one need not wait for them. Left to the sending when somebody is at the delivery."""
    rows = Delivery.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
    delivery = rows.filter(pk=delivery_id, status=DeliveryStatus.CHECKED).first()
    if delivery is not None and not is_compared(delivery):
        propose(delivery)


def gaps() -> Mapping[str, str]:
    """The statement of the differences, for the statements that are made around it."""
    return {"differences": SQL.text("differences")}
