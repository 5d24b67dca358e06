"""The report as tagged PDF (PDF/UA-1): verdict, one line per mistake, first rows."""

from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string
from weasyprint import HTML

from services.uploads.models import Upload
from services.uploads.report import noticed, page

#: Rows of each mistake that the paper names; all of them are in the other files.
ROWS = 10
VARIANT = "pdf/ua-1"


@dataclass(frozen=True)
class Told:
    """A mistake with its first rows."""

    mistake: page.Mistake
    rows: list[page.RowFinding]

    @property
    def more(self) -> int:
        """Findings that the paper leaves to the other files."""
        return self.mistake.findings - len(self.rows)


def document(upload: Upload) -> bytes:
    """The report of a checked delivery, in the reader's language."""
    return bytes(HTML(string=markup(upload), url_fetcher=_no_fetch).write_pdf(pdf_variant=VARIANT))


def markup(upload: Upload) -> str:
    """What the paper says, as HTML."""
    report = page.report(upload)
    mistakes = [
        Told(one, page.row_findings(upload, one.code, limit=ROWS)) for one in report.mistakes
    ]
    context = {
        "upload": upload,
        "report": report,
        "mistakes": mistakes,
        "noticed": noticed.by_layer(upload.facts),
    }
    return render_to_string("uploads/report_pdf.html", context)


def _no_fetch(url: str) -> Any:
    """The report is whole in itself: nothing is ever fetched for it."""
    raise ValueError(f"not fetched: {url}")
