"""DOC-01: the act is missing."""

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
    "DOC-01",
    ERROR,
    SUBMISSION,
    outside=True,
    it=Wording(
        title="Manca l'atto",
        one="Manca l'estremo dell'atto (delibera, numero, data).",
        fix="Scrivi l'atto e la sua data come nel piano approvato.",
        why="L'atto dice su che cosa poggia ciò che si pubblica: sta accanto a ogni servizio.",
    ),
    en=Wording(
        title="The act is missing",
        one="The act is missing (resolution, number, date).",
        fix="Write the act and its date as in the approved plan.",
    ),
    fails=Example(argument=replace(GOOD, act="")),
    passes=PASSES,
)
def act_is_given(submission: Submission, t: Thresholds) -> Sequence[SharedFinding]:
    """The act of the plan is given: type, number and date.

    It says what the published data rest on, and stands beside every service. Who only confirms
    what is in force confirms it under the act it has; a register is approved by none.
    """
    if submission.confirms or not submission.plan:
        return []
    given = submission.act.strip() and submission.act_date
    return [] if given else [SharedFinding()]
