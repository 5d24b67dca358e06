"""DOC-02: date of the act."""

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
    "DOC-02",
    WARNING,
    SUBMISSION,
    outside=True,
    it=Wording(
        title="Data dell'atto",
        one="L'atto del {date} {why}.",
        fix="Controlla la data; se è giusta conferma questo avviso quando invii.",
        why="Un atto più vecchio di quello in vigore di solito è la versione sbagliata del piano.",
    ),
    en=Wording(
        title="Date of the act",
        one="The act of {date} {why}.",
        fix="Check the date; if it is right confirm this warning when you submit.",
    ),
    fails=Example(argument=replace(GOOD, act_date=date(2020, 1, 1))),
    passes=PASSES,
)
def act_is_the_latest(submission: Submission, t: Thresholds) -> Sequence[SharedFinding]:
    """The act is not older than the one in force, and not in the future.

    An older act is usually the wrong version of the plan; of a register nothing is said.
    """
    given, current = submission.act_date, submission.current_act_date
    if given is None or not submission.plan:
        return []
    details = {"date": given.isoformat()}
    if given > submission.today:
        return [SharedFinding(params={**details, "why": "act_to_come"})]
    if current and given < current:
        return [
            SharedFinding(params={**details, "why": "act_older", "current": current.isoformat()})
        ]
    return []
