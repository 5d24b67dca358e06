"""DOC-05: catalogue of checks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from validator.findings import SharedFinding
from validator.rules.context import Submission
from validator.rules.declaration import INFO, SUBMISSION, rule
from validator.rules.doc.example_submission import GOOD, PASSES
from validator.rules.examples import Example
from validator.rules.thresholds import Thresholds
from validator.rules.version import RULE_SET_DATE, RULE_SET_VERSION
from validator.rules.wording import Wording


@rule(
    "DOC-05",
    INFO,
    SUBMISSION,
    outside=True,
    it=Wording(
        title="Catalogo dei controlli",
        one="Controlli eseguiti con il catalogo {version} del {date}.",
        fix="Non serve fare nulla.",
        why="Le regole cambiano nel tempo: la versione "
        "dice con quali è stata controllata la consegna.",
    ),
    en=Wording(
        title="Catalogue of checks",
        one="Checks run with catalogue {version} of {date}.",
        fix="Nothing to do.",
    ),
    fails=PASSES,
    passes=Example(argument=replace(GOOD, rule_set="")),
)
def rule_set_is_told(submission: Submission, t: Thresholds) -> Sequence[SharedFinding]:
    """The version of the rule set used is told with each submission.

    Rules change over time. A confirmation without check has none.
    """
    if not submission.rule_set:
        return []
    date_of = RULE_SET_DATE.isoformat() if submission.rule_set == RULE_SET_VERSION else None
    return [SharedFinding(params={"version": submission.rule_set, "date": date_of})]
