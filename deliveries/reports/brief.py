"""The report of a check without account, in words: verdict, findings by group, layers.

Its workbook too. It knows figures and findings, no stored delivery.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from deliveries.reports.page import FindingGroup, ReportPage, RuleNotRun, Verdict, first_of
from deliveries.reports.understanding import crs_why
from deliveries.reports.wording import language, numbered, reason, title, why, words
from deliveries.writers import harmless
from validator.findings import Severity
from validator.libraries import openpyxl

_ORDER = (Severity.SYSTEM, Severity.ERROR, Severity.WARNING, Severity.INFO)
_SPOOL_BYTES = 8 * 1024 * 1024
_WIDTHS = {"A": 14, "B": 14, "C": 70, "D": 70, "E": 12}


@dataclass(frozen=True)
class Tally:
    """All findings of one code: how many, of how many rows, and what the first of them says."""

    code: str
    severity: str
    params: Mapping[str, Any]
    findings: int
    rows: int
    first_rows: Sequence[int]


@dataclass(frozen=True)
class Figures:
    """A report in no language: rows, what blocks, what ran, layers, findings by group."""

    rows: int
    blocked: int
    file_blocked: bool
    mandatory_not_run: bool
    ran: Sequence[str]
    not_run: Sequence[Mapping[str, Any]]
    layers: Sequence[Mapping[str, Any]]
    tallies: Sequence[Tally] = ()


@dataclass(frozen=True)
class LayerLine:
    """One layer as it was read."""

    name: str
    rows: int
    encoding: str
    crs: str
    crs_why: str | Promise


def report(figures: Figures) -> ReportPage:
    """The page's report, in the reader's language."""
    groups = [_finding_group(tally, figures.rows) for tally in figures.tallies]
    groups.sort(key=lambda m: (_ORDER.index(m.severity), -m.findings, m.code))
    not_run = sorted((_not_run(item) for item in figures.not_run), key=lambda one: one.why)
    spoken = {group.code for group in groups} | {item.code for item in not_run}
    passed = [(code, title(code)) for code in figures.ran if code not in spoken]
    return ReportPage(verdict(figures, groups), groups, passed, not_run)


def _finding_group(tally: Tally, total: int) -> FindingGroup:
    rows = min(tally.rows, total)
    # Only the first rows are named; of the rest the wording needs no more than how many they are.
    numbers = [*tally.first_rows[:rows], *[0] * (rows - len(tally.first_rows[:rows]))]
    said = words(tally.code, tally.params, rows=numbers, total=total, findings=tally.findings)
    severity = Severity(tally.severity)
    return FindingGroup(
        tally.code, severity, said, tally.findings, rows, answered=0, answerable=False
    )


def _not_run(item: Mapping[str, Any]) -> RuleNotRun:
    params = {**item.get("params", {}), "reason": item.get("reason", "")}
    return RuleNotRun(item["code"], title(item["code"]), reason(item["code"], params), why(params))


def layer_lines(figures: Figures) -> list[LayerLine]:
    """The layers that were read: encoding, reference system used and why."""
    return [
        LayerLine(
            name=layer["name"],
            rows=layer["rows"],
            encoding=layer["encoding"],
            crs=f"EPSG:{used}" if (used := layer["crs"]["used"]) else "",
            crs_why=crs_why(layer["crs"]),
        )
        for layer in figures.layers
    ]


def verdict(figures: Figures, groups: Sequence[FindingGroup]) -> Verdict:
    """The file in one sentence, with the number that matters."""
    if figures.file_blocked:
        return _stopped(figures, groups)
    if figures.mandatory_not_run:
        return Verdict(
            "warning",
            _("Non possiamo dire che sia valido: un controllo obbligatorio non è stato eseguito."),
            _("Qui sotto trovi quale e perché."),
            False,
        )
    if figures.blocked:
        return _held(figures)
    warnings = sum(m.findings for m in groups if m.severity is Severity.WARNING)
    if not warnings:
        return Verdict("success", _("Puoi consegnarlo: nessun errore, nessun avviso."), "", True)
    sentence = ngettext(
        "Puoi consegnarlo: nessun errore, %(n)s avviso da leggere.",
        "Puoi consegnarlo: nessun errore, %(n)s avvisi da leggere.",
        warnings,
    )
    return Verdict("success", numbered(sentence, n=warnings), "", True)


def _stopped(figures: Figures, groups: Sequence[FindingGroup]) -> Verdict:
    if not figures.layers:
        sentence = _("Non siamo riusciti a leggere il file.")
        return Verdict("error", sentence, _("Qui sotto trovi perché e che cosa fare."), False)
    errors = [m for m in groups if m.severity is Severity.ERROR and not m.rows]
    n = sum(m.findings for m in errors) or 1
    sentence = ngettext(
        "Non puoi ancora consegnarlo: un errore riguarda tutto il file.",
        "Non puoi ancora consegnarlo: %(n)s errori riguardano tutto il file.",
        n,
    )
    return Verdict("error", numbered(sentence, n=n), first_of(n), False)


def _held(figures: Figures) -> Verdict:
    held, good = figures.blocked, figures.rows - figures.blocked
    sentence = numbered(
        ngettext("%(n)s riga da correggere", "%(n)s righe da correggere", held), n=held
    )
    if not good:
        return Verdict("error", f"{sentence}.", _("Nessuna riga si può ancora consegnare."), False)
    rest = ngettext("l'altra puoi già consegnarla.", "le altre %(n)s puoi già consegnarle.", good)
    return Verdict("warning", f"{sentence}; {numbered(rest, n=good)}", "", True)


def workbook(sentence: ReportPage, findings: Sequence[Mapping[str, Any]]) -> IO[bytes]:
    """The report as a workbook, open at its beginning: what to do, then every finding.

    `findings` are the document's.
    """
    book = openpyxl.Workbook(write_only=True)
    header = [_("Gravità"), _("Righe"), _("Che cosa non va"), _("Che cosa fare"), _("Codice")]
    lines: list[Sequence[Any]] = [
        (m.severity_label, m.rows or None, m.words.message, m.words.fix, m.code)
        for m in sentence.groups
    ]
    _sheet(book, _("Cosa fare"), header, iter([(None, None, sentence.verdict.sentence), *lines]))
    header = [_("Gravità"), _("Righe"), _("Che cosa non va"), _("Che cosa fare"), _("Codice"),
              _("Strato"), _("Colonna"), _("Valore")]  # fmt: skip
    _sheet(book, _("Rilievi"), header, (_line(one) for one in findings))
    out = tempfile.SpooledTemporaryFile(max_size=_SPOOL_BYTES)  # noqa: SIM115 - handed to the response
    book.save(out)
    out.seek(0)
    return out


def _line(one: Mapping[str, Any]) -> Sequence[Any]:
    rows = one["rows"]
    spoken = rows[0] if len(rows) == 1 else ", ".join(str(row) for row in rows[:200])
    label, value = Severity(one["severity"]).label(language()), one["value"]
    if value is not None and not isinstance(value, int | float):
        value = str(value)
    return (
        label,
        spoken,
        one["message"],
        one["fix"],
        one["code"],
        one["layer"],
        one["column"],
        value,
    )


def _sheet(
    book: openpyxl.Workbook, name: str, header: Sequence[str], lines: Iterator[Sequence[Any]]
) -> None:
    sheet = book.create_sheet(name)
    for column, width in _WIDTHS.items():
        sheet.column_dimensions[column].width = width
    sheet.freeze_panes = "A2"
    sheet.append(list(header))
    for line in lines:
        sheet.append([harmless(str(v) if isinstance(v, Promise) else v) for v in line])
