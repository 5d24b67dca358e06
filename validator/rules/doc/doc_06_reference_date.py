"""DOC-06: reference date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from validator.findings import SharedFinding
from validator.rules.context import Submission
from validator.rules.declaration import ERROR, SUBMISSION, rule
from validator.rules.doc.example_submission import GOOD, PASSES
from validator.rules.examples import Example
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Wording


@rule(
    "DOC-06",
    ERROR,
    SUBMISSION,
    outside=True,
    it=Wording(
        title="Data di riferimento dei dati",
        one="Il giorno a cui si riferiscono i dati {why}.",
        fix="Indica il giorno in cui i dati erano così, al più tardi oggi.",
        why="Accanto ai dati pubblicati si mostra il giorno a cui si riferiscono.",
    ),
    en=Wording(
        title="Reference date of the data",
        one="The day that the data refer to {why}.",
        fix="Give the day on which the data were so, today at the latest.",
    ),
    fails=Example(argument=replace(GOOD, reference_date=None)),
    passes=PASSES,
)
def reference_date_is_given(submission: Submission, t: Thresholds) -> Sequence[SharedFinding]:
    """The day that the data refer to is given, and is no day to come.

    It is shown beside the published data. Who only confirms what is in force does so today.
    """
    given = submission.reference_date
    if given is not None and given > submission.today:
        return [SharedFinding(params={"why": "day_to_come"})]
    if given is None and not submission.confirms:
        return [SharedFinding(params={"why": "day_missing"})]
    return []
