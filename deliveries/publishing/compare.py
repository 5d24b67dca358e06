"""The difference between a delivery and what is in force of its source, as proposals."""

from collections.abc import Mapping

from django.db import transaction

from deliveries.models import Delivery
from deliveries.querysets import SQL, run_sql
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
    run_sql(
        "propose_confirmation" if confirms else "propose",
        gaps=gaps(),
        delivery=delivery.pk,
        source=delivery.source_id,
    )
    delivery.base_edition = edition
    delivery.save(update_fields=["base_edition"])


def gaps() -> Mapping[str, str]:
    """The statement of the differences, for the statements that are made around it."""
    return {"differences": SQL.text("differences")}
