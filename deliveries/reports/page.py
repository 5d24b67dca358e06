"""The report as a page reads it: the verdict, one
line per group of findings, what passed and what did not run."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from deliveries.models import Answer, Delivery, Finding, StagedRow
from deliveries.querysets import rows_of
from deliveries.reports.wording import (
    Words,
    language,
    message_of,
    numbered,
    reason,
    title,
    why,
    words,
)
from deliveries.selectors import offered
from deliveries.states import DRAFT, DeliveryStatus
from validator.findings import Severity
from validator.rules import registry

#: Findings of one code on a page; all of them are in the file too (SYS-03).
SHOWN = int(registry.declared_thresholds()["shown_per_code"])
_SPOKEN_ROWS = 10
_ORDER = (Severity.SYSTEM, Severity.ERROR, Severity.WARNING, Severity.INFO)
#: The rules whose value must not be shown again (personal data).
SECRET = frozenset({"ATT-15"})
#: What a rule suggests where it has nothing to suggest.
NOTHING = "none"
#: While a delivery is with its comune, the verdict says what may be done with it.
_AT_HOME = (*DRAFT, DeliveryStatus.RETURNED)


@dataclass(frozen=True)
class Verdict:
    """The first line of the report. `tone`: success
    | warning | error; `may_send`: nothing blocks."""

    tone: str
    sentence: str
    note: str
    may_send: bool


@dataclass(frozen=True)
class FindingGroup:
    """Findings of one rule, however many rows they take; `answered`: how many are."""

    code: str
    severity: Severity
    words: Words
    findings: int
    rows: int
    answered: int
    answerable: bool

    @property
    def severity_label(self) -> str:
        return self.severity.label(language())

    @property
    def unanswered(self) -> int:
        return self.findings - self.answered if self.answerable else 0


@dataclass(frozen=True)
class RuleNotRun:
    """A check that was not run, and why: in a sentence, and the reason alone (to group by)."""

    code: str
    title: str
    reason: str
    why: str


@dataclass(frozen=True)
class ReportPage:
    """The whole page."""

    verdict: Verdict
    groups: Sequence[FindingGroup]
    passed: Sequence[tuple[str, str]]
    not_run: Sequence[RuleNotRun]


@dataclass(frozen=True)
class Refused:
    """An answer that could not be used, as it was typed, and why."""

    layer: str
    column: str
    row_list: str
    kind: str
    reason: str
    until: date | None
    wrong: str


@dataclass(frozen=True)
class RowFinding:
    """One finding with the rows it speaks of, by the planner's own names."""

    finding: Finding
    words: Words
    labels: Sequence[str]
    value: str
    expected: str
    answer: Answer | None
    offer: Answer | Refused | None = None

    @property
    def row_list(self) -> str:
        """The rows as a form sends them back, neighbours together: `3,8-120`."""
        return as_ranges(self.finding.rows)

    @property
    def unnamed(self) -> int:
        """How many rows of the finding have no label here."""
        return len(self.finding.rows) - len(self.labels)


def report(delivery: Delivery) -> ReportPage:
    """The report of a checked delivery."""
    groups = finding_groups(delivery)
    found = {group.code for group in groups}
    not_run = [_not_run(item) for item in delivery.outcome.get("not_run", [])]
    not_run.sort(key=lambda one: one.why)
    skipped = {item.code for item in not_run}
    ran = delivery.outcome.get("ran", [])
    return ReportPage(
        verdict=verdict(delivery, groups),
        groups=groups,
        passed=[(code, title(code)) for code in ran if code not in found | skipped],
        not_run=not_run,
    )


def _not_run(item: dict[str, Any]) -> RuleNotRun:
    code, params = item["code"], item.get("params", {})
    params = {**params, "reason": item.get("reason", "")}
    return RuleNotRun(code, title(code), reason(code, params), why(params))


def finding_groups(delivery: Delivery) -> list[FindingGroup]:
    """One line per code, gravest first, most frequent first."""
    lines = list(Finding.objects.of(delivery).by_code())
    samples = Finding.objects.in_bulk([line["first"] for line in lines])
    answers = dict(rows_of("answered_findings", delivery=delivery.pk))
    groups = [
        _finding_group(delivery, line, samples[line["first"]], answers.get(line["code"], 0))
        for line in lines
    ]
    return sorted(groups, key=lambda m: (_ORDER.index(m.severity), -m.findings, m.code))


def _finding_group(
    delivery: Delivery, line: dict[str, Any], sample: Finding, answered: int
) -> FindingGroup:
    severity = Severity(line["severity"])
    rows = min(line["cells"] or 0, delivery.row_count)
    spoken = _first_rows(delivery, line["code"]) if rows else []
    # Only the first rows are named; of the rest the wording needs no more than how many they are.
    numbers = spoken[:rows] + [0] * (rows - len(spoken[:rows]))
    params = {"column": sample.column, "layer": sample.layer, **sample.params}
    spoken_of = words(
        line["code"],
        params,
        rows=numbers,
        total=delivery.row_count,
        findings=line["findings"],
    )
    return FindingGroup(
        code=line["code"],
        severity=severity,
        words=spoken_of,
        findings=line["findings"],
        rows=rows,
        answered=answered,
        answerable=severity is Severity.WARNING,
    )


def _first_rows(delivery: Delivery, code: str) -> list[int]:
    found = Finding.objects.of(delivery).filter(code=code).order_by("pk")
    lists = found.values_list("rows", flat=True)[:_SPOKEN_ROWS]
    return [row for rows in lists for row in rows]


def verdict(delivery: Delivery, groups: Sequence[FindingGroup]) -> Verdict:
    """The delivery in one sentence, with the number that matters."""
    warnings = sum(m.findings for m in groups if m.severity is Severity.WARNING)
    if delivery.submitted_at and delivery.status not in _AT_HOME:
        return _sent(delivery, warnings)
    for stopped in (_file_stopped, _not_sure, _rows_held):
        found = stopped(delivery)
        if found is not None:
            return found
    if not warnings:
        return Verdict("success", _("Puoi inviarla: nessun errore, nessun avviso."), "", True)
    said = ngettext(
        "Puoi inviarla: nessun errore, %(n)s avviso da leggere.",
        "Puoi inviarla: nessun errore, %(n)s avvisi da leggere.",
        warnings,
    )
    note = _("Gli avvisi non fermano l'invio: a quelli senza risposta l'ufficio farà domande.")
    return Verdict("success", numbered(said, n=warnings), note, True)


def _sent(delivery: Delivery, warnings: int) -> Verdict:
    """The verdict of a delivery that has left the comune: what was sent, not what may be."""
    said = ngettext("%(n)s riga inviata", "%(n)s righe inviate", delivery.row_count)
    if delivery.blocked_count:
        said = ngettext(
            "%(n)s riga inviata, %(held)s da correggere",
            "%(n)s righe inviate, %(held)s da correggere",
            delivery.row_count - delivery.blocked_count,
        )
    good = delivery.row_count - delivery.blocked_count
    sentence = numbered(said, n=good, held=delivery.blocked_count)
    noted = numbered(ngettext("%(n)s avviso.", "%(n)s avvisi.", warnings), n=warnings)
    tone = "warning" if delivery.blocked_count else "success"
    return Verdict(tone, f"{sentence}; {noted}", "", False)


def _file_stopped(delivery: Delivery) -> Verdict | None:
    whole = Finding.objects.of(delivery).of_whole_file().filter(severity=Severity.ERROR).count()
    if not delivery.outcome.get("file_blocked", bool(whole)):
        return None
    said = ngettext(
        "Non puoi ancora inviarla: un errore riguarda tutto il file.",
        "Non puoi ancora inviarla: %(n)s errori riguardano tutto il file.",
        whole or 1,
    )
    return Verdict("error", numbered(said, n=whole or 1), first_of(whole or 1), False)


def first_of(errors: int) -> str:
    """What to do first, where errors speak of the whole file."""
    return ngettext("Correggi quello per primo.", "Correggi quelli per primi.", errors)


def _not_sure(delivery: Delivery) -> Verdict | None:
    if delivery.outcome.get("mandatory_not_run"):
        return Verdict(
            "warning",
            _("Non possiamo dire che sia valida: un controllo obbligatorio non è stato eseguito."),
            _("Qui sotto trovi quale e perché. Puoi chiedere un nuovo controllo."),
            False,
        )
    return None


def _rows_held(delivery: Delivery) -> Verdict | None:
    held, good = delivery.blocked_count, delivery.row_count - delivery.blocked_count
    if not held:
        return None
    said = numbered(
        ngettext("%(n)s riga da correggere", "%(n)s righe da correggere", held), n=held
    )
    if not good:
        return Verdict("error", said + ".", _("Nessuna riga si può ancora inviare."), False)
    rest = ngettext("l'altra puoi già inviarla.", "le altre %(n)s puoi già inviarle.", good)
    return Verdict("warning", f"{said}; {numbered(rest, n=good)}", "", True)


def as_ranges(rows: Sequence[int]) -> str:
    """Row numbers with neighbours together: `3,8-120`; a finding can name every row of a file."""
    runs: list[list[int]] = []
    for row in sorted(rows):
        if runs and row == runs[-1][1] + 1:
            runs[-1][1] = row
        else:
            runs.append([row, row])
    return ",".join(f"{first}-{last}" if last > first else str(first) for first, last in runs)


def pages_of(delivery: Delivery, code: str) -> "Paginator[Any]":
    """The findings of a code, so many on a page."""
    return Paginator(Finding.objects.of(delivery).filter(code=code).order_by("layer", "pk"), SHOWN)


def row_findings(
    delivery: Delivery, code: str, *, limit: int = SHOWN, page: int = 1
) -> list[RowFinding]:
    """Some findings of a code (the first, or those of a later page) with their rows; the queries
    are few whatever the number."""
    findings = list(pages_of(delivery, code).get_page(page).object_list[:limit])
    staged = staged_rows(delivery, findings)
    contents = [row.fingerprint for row in staged.values()]
    given = delivery.answers.filter(code=code, fingerprint__in=["", *contents])
    answers = {(one.fingerprint, one.cell): one for one in given.select_related("by")}
    fitting = offered(delivery, code=code, contents=contents)
    offers = {(one.fingerprint, one.cell): one for one in fitting}
    return [_row_finding(one, staged, answers=answers, offers=offers) for one in findings]


def with_refused(found: Sequence[RowFinding], refused: Refused) -> list[RowFinding]:
    """The rows with the answer that could not be used where it was typed."""
    place = (refused.layer, refused.row_list)
    return [
        replace(one, offer=refused)
        if (one.finding.layer, one.row_list) == place
        and refused.column in ("", one.finding.column)
        else one
        for one in found
    ]


def staged_rows(
    delivery: Delivery, findings: Sequence[Finding]
) -> dict[tuple[str, int], StagedRow]:
    """The rows that findings speak of, by layer and number."""
    numbers = {row for finding in findings for row in finding.rows[:_SPOKEN_ROWS]}
    rows = StagedRow.objects.of(delivery).filter(row__in=numbers)
    wanted = rows.defer("sent", "geometry", "attributes")
    return {(row.layer, row.row): row for row in wanted}


def _row_finding(
    finding: Finding,
    staged: dict[tuple[str, int], StagedRow],
    *,
    answers: dict[tuple[str, str], Answer],
    offers: dict[tuple[str, str], Answer],
) -> RowFinding:
    pairs = [(row, staged.get((finding.layer, row))) for row in finding.rows[:_SPOKEN_ROWS]]
    labels = [_label(number, row) for number, row in pairs]
    first = pairs[0][1] if pairs else None
    value = finding.params.get("value")
    if value is None and first is not None and finding.code not in SECRET:
        value = first.raw.get(finding.column)
    expected = finding.params.get("expected") or finding.params.get("suggestion") or ""
    expected = "" if expected == NOTHING else expected
    spoken_of = (first.fingerprint if first else "", finding.params.get("withheld", ""))
    return RowFinding(
        finding=finding,
        words=message_of(finding),
        labels=labels,
        value="" if value is None or finding.code in SECRET else str(value),
        expected=str(expected),
        answer=answers.get(spoken_of),
        offer=offers.get(spoken_of) if first else None,
    )


def _label(number: int, row: StagedRow | None) -> str:
    named = " ".join(part for part in (row.identifier, row.name) if part) if row else ""
    return f"{number} · {named}" if named else str(number)
