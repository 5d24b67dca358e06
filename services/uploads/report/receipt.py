"""The proof of a submission: the last receipt of a delivery, and its PDF."""

from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from weasyprint import HTML

from services.uploads.models import Receipt, Upload
from zones.errors import NotFound


def last_receipt(upload: Upload) -> Receipt:
    """The receipt of the last submission. Raises NotFound."""
    found = upload.receipts.select_related("by").order_by("-at").first()
    if found is None:
        raise NotFound("no-receipt", _("Questa consegna non è ancora stata inviata."))
    return found


def as_pdf(upload: Upload, receipt: Receipt) -> bytes:
    """The receipt as tagged PDF, in the active language."""
    context = {"upload": upload, "receipt": receipt, "portal_public_url": settings.PUBLIC_URL}
    html = render_to_string("uploads/receipt_pdf.html", context)
    return bytes(HTML(string=html, url_fetcher=_no_fetch).write_pdf(pdf_tags=True))


def _no_fetch(url: str) -> Any:
    """The receipt is whole in itself: nothing is ever fetched for it."""
    raise ValueError(f"not fetched: {url}")
