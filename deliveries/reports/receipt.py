"""The proof of a submission: a receipt of a delivery, and its PDF."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from core.errors import NotFound
from deliveries.models import Delivery, Receipt
from deliveries.reports.wording import words
from validator.findings import Severity
from validator.libraries import weasyprint


def receipt_of(delivery: Delivery, number: str = "") -> Receipt:
    """The receipt with that number, or of the last submission. Raises NotFound."""
    mine = delivery.receipts.select_related("by").order_by("-at")
    found = (mine.filter(number=number) if number else mine).first()
    if found is None:
        raise NotFound("no-receipt", _("Questa consegna non è ancora stata inviata."))
    return found


@dataclass(frozen=True)
class ReceiptFinding:
    """What a rule said of a submission; `confirmed`: a warning that its sender confirmed."""

    code: str
    severity: str
    message: str
    confirmed: bool


def said_of(receipt: Receipt) -> list[ReceiptFinding]:
    """What the DOC rules said of the submission, in the reader's language."""
    return [
        ReceiptFinding(
            one["code"],
            one["severity"],
            words(one["code"], one["params"]).message,
            one["severity"] == Severity.WARNING,
        )
        for one in receipt.findings
    ]


def as_pdf(delivery: Delivery, receipt: Receipt) -> bytes:
    """The receipt as tagged PDF, in the active language."""
    context = {
        "delivery": delivery,
        "receipt": receipt,
        "said": said_of(receipt),
        "portal_public_url": settings.PUBLIC_URL,
    }
    html = render_to_string("deliveries/receipt_pdf.html", context)
    return bytes(weasyprint.HTML(string=html, url_fetcher=_no_fetch).write_pdf(pdf_tags=True))


def _no_fetch(url: str) -> Any:
    """The receipt is whole in itself: nothing is ever fetched for it."""
    raise ValueError(f"not fetched: {url}")
