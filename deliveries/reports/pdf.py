"""The report as tagged PDF (PDF/UA-1): verdict, one line per group of findings, first rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string

from deliveries.models import Delivery
from deliveries.reports import noticed, outside, page
from deliveries.reports.wording import Words
from validator.libraries import weasyprint

#: Rows of each group of findings that the paper names; all of them are in the other files.
ROWS = 10
VARIANT = "pdf/ua-1"


@dataclass(frozen=True)
class GroupWithRows:
    """A group of findings with its first rows."""

    group: page.FindingGroup
    rows: list[page.RowFinding]

    @property
    def cut(self) -> Words | None:
        """That the paper leaves some to the other files (SYS-03)."""
        one = self.group
        return outside.cut_short(one.code, total=one.findings, shown=len(self.rows))


def document(delivery: Delivery) -> bytes:
    """The report of a checked delivery, in the reader's language."""
    return bytes(
        weasyprint.HTML(string=markup(delivery), url_fetcher=_no_fetch).write_pdf(
            pdf_variant=VARIANT
        )
    )


def markup(delivery: Delivery) -> str:
    """What the paper says, as HTML."""
    report = page.report(delivery)
    groups = [
        GroupWithRows(one, page.row_findings(delivery, one.code, limit=ROWS))
        for one in report.groups
    ]
    context = {
        "delivery": delivery,
        "report": report,
        "groups": groups,
        "noticed": noticed.by_layer(delivery.facts),
    }
    return render_to_string("deliveries/report_pdf.html", context)


def _no_fetch(url: str) -> Any:
    """The report is whole in itself: nothing is ever fetched for it."""
    raise ValueError(f"not fetched: {url}")
