"""What the tests of the deliveries' pages type, ask and read."""

from django.contrib.messages import get_messages
from django.urls import reverse

from deliveries.models import Delivery

TYPED = {
    "act": "Delibera C.C. 12/2025",
    "act_date": "2025-02-03",
    "reference_date": "2025-12-31",
    "contact_name": "Ufficio di piano",
    "contact_email": "piano@comune.example",
}


def page(name: str, delivery: Delivery) -> str:
    return reverse(f"deliveries:{name}", args=[delivery.pk])


def text(answer) -> str:
    """The page as it is read: where its source breaks a line is no matter."""
    return " ".join(answer.content.decode().split())


def said(answer) -> str:
    return " ".join(str(message) for message in get_messages(answer.wsgi_request))


def of_row(row: int, key: str = "1", **typed: str) -> dict[str, str]:
    """What the form of the page sends for a row."""
    given = {"layer": "piano", "row": str(row), **typed}
    return {"key": key, **{f"{key}-{name}": value for name, value in given.items()}}
