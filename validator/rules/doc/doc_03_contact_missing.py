"""DOC-03: the contact is missing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from validator.findings import SharedFinding
from validator.rules import personal
from validator.rules.context import Submission
from validator.rules.declaration import ERROR, SUBMISSION, rule
from validator.rules.doc.example_submission import GOOD, PASSES
from validator.rules.examples import Example
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Wording


@rule(
    "DOC-03",
    ERROR,
    SUBMISSION,
    outside=True,
    it=Wording(
        title="Manca il referente",
        one="Manca un referente con e-mail d'ufficio.",
        fix="Indica una persona e una casella dell'ufficio.",
        why="Chi istruisce deve poter chiedere; una casella "
        "privata non resta quando la persona cambia ufficio.",
    ),
    en=Wording(
        title="The contact is missing",
        one="A contact with an office e-mail is missing.",
        fix="Give a person and an office mailbox.",
    ),
    fails=Example(argument=replace(GOOD, contact_email="anna.riva@gmail.com")),
    passes=PASSES,
)
def contact_is_given(submission: Submission, t: Thresholds) -> Sequence[SharedFinding]:
    """A responsible person is named, with a mailbox of the office.

    Reviewers must be able to ask; a private mailbox does not stay when the person moves on.
    """
    mail = submission.contact_email.strip()
    office = "@" in mail and not re.search(personal.MAILBOX, mail)
    return [] if office and submission.contact_name.strip() else [SharedFinding()]
