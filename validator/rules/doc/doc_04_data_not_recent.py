"""DOC-04: data not recent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from validator.findings import SharedFinding
from validator.rules.context import Submission
from validator.rules.declaration import SUBMISSION, WARNING, rule
from validator.rules.doc.example_submission import GOOD, PASSES
from validator.rules.examples import Example
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Wording


@rule(
    "DOC-04",
    WARNING,
    SUBMISSION,
    outside=True,
    params={"age_months": 24},
    it=Wording(
        title="Dati non recenti",
        one="I dati sono riferiti al {date}, più di {months} mesi fa.",
        fix="Se valgono ancora conferma questo avviso quando invii.",
        why="La data di riferimento si mostra accanto "
        "ai dati: se è vecchia chi legge deve saperlo.",
    ),
    en=Wording(
        title="Data not recent",
        one="The data refer to {date}, more than {months} months ago.",
        fix="If they still hold confirm this warning when you submit.",
    ),
    fails=Example(argument=replace(GOOD, reference_date=date(2023, 1, 1))),
    passes=PASSES,
)
def data_are_recent(submission: Submission, t: Thresholds) -> Sequence[SharedFinding]:
    """The reference date of the data is recent.

    It is shown beside the data: readers must know when it is old.
    """
    given, today, months = submission.reference_date, submission.today, int(t["age_months"])
    if given is None:
        return []
    age = (today.year - given.year) * 12 + today.month - given.month
    if (age, today.day) <= (months, given.day):
        return []
    return [SharedFinding(params={"date": given.isoformat(), "months": months})]
