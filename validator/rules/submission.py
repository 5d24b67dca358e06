"""DOC: act, contact and dates of a submission; outside the check of the file and outside
`valid`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from validator.findings import Group, Severity
from validator.rules import personal, registry
from validator.rules.examples import TODAY, Example
from validator.rules.registry import (
    ERROR,
    INFO,
    RULE_SET_DATE,
    RULE_SET_VERSION,
    SUBMISSION,
    WARNING,
    rule,
)
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Message, Wording


@dataclass(frozen=True)
class Submission:
    """What a person fills in when sending. `current_act_date`: of what is in force, if anything
    is.
    """

    today: date
    act: str = ""
    act_date: date | None = None
    contact_name: str = ""
    contact_email: str = ""
    reference_date: date | None = None
    current_act_date: date | None = None
    rule_set: str = RULE_SET_VERSION


@dataclass(frozen=True)
class SubmissionFinding:
    """One finding about a submission; `text` renders it in a language."""

    code: str
    severity: Severity
    params: dict[str, object]

    def text(self, language: str = "it") -> Message:
        """The finding's words."""
        return registry.render(self.code, self.params, language=language)


def check_submission(
    submission: Submission, thresholds: Thresholds | None = None
) -> list[SubmissionFinding]:
    """Check act, contact and dates; errors stand in the way of sending, warnings do not."""
    limits = thresholds or registry.declared_thresholds()
    found = []
    for one in registry.registered():
        if one.family == "DOC":
            groups: Sequence[Group] = one.check(submission, limits)
            found += [SubmissionFinding(one.code, one.severity, dict(g.params)) for g in groups]
    return found


GOOD = Submission(
    today=TODAY, act="Delibera C.C. n. 12", act_date=date(2026, 3, 2), contact_name="Anna Riva",
    contact_email="urbanistica@comune.example", reference_date=date(2026, 6, 30),
    current_act_date=date(2024, 5, 1),
)  # fmt: skip
PASSES = Example(argument=GOOD)


@rule(
    "DOC-01", ERROR, SUBMISSION, outside=True,
    it=Wording(
        title="Manca l'atto",
        one="Manca l'estremo dell'atto (delibera, numero, data).",
        fix="Compilalo dal piano approvato.",
        why="L'atto dice su che cosa poggia ciò che si pubblica: sta accanto a ogni servizio.",
    ),
    en=Wording(
        title="The act is missing",
        one="The act is missing (resolution, number, date).",
        fix="Fill it in from the approved plan.",
    ),
    fails=Example(argument=replace(GOOD, act="")),
    passes=PASSES,
)  # fmt: skip
def act_is_given(submission: Submission, t: Thresholds) -> Sequence[Group]:
    """The act of the plan is given: type, number and date.

    It says what the published data rest on, and stands beside every service.
    """
    given = submission.act.strip() and submission.act_date
    return [] if given else [Group()]


@rule(
    "DOC-02", WARNING, SUBMISSION, outside=True,
    it=Wording(
        title="Data dell'atto",
        one="L'atto del {date} {why}.",
        fix="Controlla la data; per una correzione usa «rettifica».",
        why="Un atto più vecchio di quello in vigore di solito è la versione sbagliata del piano.",
    ),
    en=Wording(
        title="Date of the act",
        one="The act of {date} {why}.",
        fix="Check the date; use 'rettifica' for a correction.",
    ),
    fails=Example(argument=replace(GOOD, act_date=date(2020, 1, 1))),
    passes=PASSES,
)  # fmt: skip
def act_is_the_latest(submission: Submission, t: Thresholds) -> Sequence[Group]:
    """The act is not older than the one in force, and not in the future.

    An older act is usually the wrong version of the plan.
    """
    given, current = submission.act_date, submission.current_act_date
    if given is None:
        return []
    told = {"date": given.isoformat()}
    if given > submission.today:
        return [Group(params={**told, "why": "act_to_come"})]
    if current and given < current:
        return [Group(params={**told, "why": "act_older", "current": current.isoformat()})]
    return []


@rule(
    "DOC-03", ERROR, SUBMISSION, outside=True,
    it=Wording(
        title="Manca il referente",
        one="Manca un referente con e-mail d'ufficio.",
        fix="Indica una persona e una casella dell'ufficio.",
        why="Chi istruisce deve poter chiedere; una casella privata non resta quando la persona "
        "cambia "
        "ufficio.",
    ),
    en=Wording(
        title="The contact is missing",
        one="A contact with an office e-mail is missing.",
        fix="Give a person and an office mailbox.",
    ),
    fails=Example(argument=replace(GOOD, contact_email="anna.riva@gmail.com")),
    passes=PASSES,
)  # fmt: skip
def contact_is_given(submission: Submission, t: Thresholds) -> Sequence[Group]:
    """A responsible person is named, with a mailbox of the office.

    Reviewers must be able to ask; a private mailbox does not stay when the person moves on.
    """
    mail = submission.contact_email.strip()
    office = "@" in mail and not re.search(personal.MAILBOX, mail)
    return [] if office and submission.contact_name.strip() else [Group()]


@rule(
    "DOC-04", WARNING, SUBMISSION, outside=True, params={"age_months": 24},
    it=Wording(
        title="Dati non recenti",
        one="I dati sono riferiti al {date}, più di {months} mesi fa.",
        fix="Conferma che valgono ancora.",
        why="La data di riferimento si mostra accanto ai dati: se è vecchia chi legge deve "
        "saperlo.",
    ),
    en=Wording(
        title="Data not recent",
        one="The data refer to {date}, more than {months} months ago.",
        fix="Confirm that they still hold.",
    ),
    fails=Example(argument=replace(GOOD, reference_date=date(2023, 1, 1))),
    passes=PASSES,
)  # fmt: skip
def data_are_recent(submission: Submission, t: Thresholds) -> Sequence[Group]:
    """The reference date of the data is recent.

    It is shown beside the data: readers must know when it is old.
    """
    given, today, months = submission.reference_date, submission.today, int(t["age_months"])
    if given is None:
        return []
    age = (today.year - given.year) * 12 + today.month - given.month
    if (age, today.day) <= (months, given.day):
        return []
    return [Group(params={"date": given.isoformat(), "months": months})]


@rule(
    "DOC-05", INFO, SUBMISSION, outside=True,
    it=Wording(
        title="Catalogo dei controlli",
        one="Controlli eseguiti con il catalogo {version} del {date}.",
        fix="Non serve fare nulla.",
        why="Le regole cambiano nel tempo: la versione dice con quali è stata controllata la "
        "consegna.",
    ),
    en=Wording(
        title="Catalogue of checks",
        one="Checks run with catalogue {version} of {date}.",
        fix="Nothing to do.",
    ),
    fails=PASSES,
    passes=Example(argument=replace(GOOD, rule_set="")),
)  # fmt: skip
def rule_set_is_told(submission: Submission, t: Thresholds) -> Sequence[Group]:
    """The version of the rule set used is told with each submission.

    Rules change over time. A confirmation without check has none.
    """
    if not submission.rule_set:
        return []
    date_of = RULE_SET_DATE.isoformat() if submission.rule_set == RULE_SET_VERSION else None
    return [Group(params={"version": submission.rule_set, "date": date_of})]
