"""The five steps of a delivery and which of them are done, current or still closed."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from deliveries.models import Delivery
from deliveries.states import DeliveryStatus

Text = str | Promise

STEPS: tuple[tuple[str, Text, str], ...] = (
    ("file", _("File"), "deliveries:detail"),
    ("columns", _("Cosa abbiamo capito"), "deliveries:columns"),
    ("checks", _("Controlli"), "deliveries:checks"),
    ("mend", _("Correggi"), "deliveries:mend"),
    ("submit", _("Invia"), "deliveries:submit"),
)
_UNREAD = (
    DeliveryStatus.RECEIVED,
    DeliveryStatus.CHECKING,
    DeliveryStatus.UNREADABLE,
    DeliveryStatus.FAILED,
)


@dataclass(frozen=True)
class Step:
    """One step of the stepper; `open` ones are links."""

    key: str
    title: Text
    url_name: str
    is_current: bool
    is_done: bool
    is_open: bool


def has_report(delivery: Delivery) -> bool:
    """Whether a check of the file came to an end and its report can be read."""
    return delivery.checked_at is not None and delivery.status not in _UNREAD


def steps(delivery: Delivery, current: str) -> list[Step]:
    """The stepper of a delivery on the page `current`;
    a confirmation has only its first and last step."""
    checked = has_report(delivery)
    confirms = delivery.kind == Delivery.Kind.CONFIRMATION
    sent = delivery.submitted_at is not None
    done = {"file": bool(delivery.file_name), "columns": checked, "checks": checked}
    done |= {"mend": checked and not delivery.blocked_count, "submit": sent}
    return [
        Step(key, title, name, key == current, done[key], key == "file" or checked or confirms)
        for key, title, name in STEPS
        if not confirms or key in ("file", "submit")
    ]
