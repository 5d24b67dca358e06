"""SYS: about the check itself. These never count as faults of the data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from validator.findings import Group, NotRun
from validator.rules.examples import Example
from validator.rules.registry import FILE, INFO, SYSTEM, rule
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Wording


@dataclass(frozen=True)
class Told:
    """How many findings of a code there are, and how many a page shows (SYS-03)."""

    code: str
    total: int
    shown: int


@rule(
    "SYS-01", SYSTEM, FILE, outside=True, mandatory=False,
    it=Wording(
        title="Un controllo non è riuscito",
        one="Il controllo {check} non è riuscito per un nostro problema. Non è colpa dei dati; "
        "riproveremo.",
        fix="Non serve fare nulla: l'ufficio è stato avvisato.",
        why="Un guasto nostro non può rendere valida una consegna né farla respingere.",
    ),
    en=Wording(
        title="A check failed",
        one="Check {check} failed through our fault. Your data is not to blame; we will retry.",
        fix="Nothing to do; the office has been told.",
    ),
    fails=Example(argument=("GEO-10",)),
    passes=Example(argument=()),
)  # fmt: skip
def checks_succeed(crashed: Sequence[str], t: Thresholds) -> Sequence[Group]:
    """No check failed through our own fault.

    Such a failure can make a delivery neither valid nor refused.
    """
    return [Group(params={"check": code}) for code in crashed]


@rule(
    "SYS-02", INFO, FILE, outside=True,
    it=Wording(
        title="Controllo non eseguito",
        one="Controllo {check} non eseguito: {reason}.",
        fix="Se la causa dipende dal file, correggila e caricalo di nuovo.",
        why="Un controllo che non si è potuto fare non è un controllo superato: lo diciamo.",
    ),
    en=Wording(
        title="Check not run",
        one="Check {check} was not run: {reason}.",
        fix="If the cause is in the file, solve it and upload again.",
    ),
    fails=Example(argument=(NotRun("SEM-08", "no_stops"),)),
    passes=Example(argument=()),
)  # fmt: skip
def checks_are_run(not_run: Sequence[NotRun], t: Thresholds) -> Sequence[Group]:
    """Every check was run; one that could not be is told with its reason, never as passed.

    A missing column, a register that is not loaded, a file error before it.
    """
    return [Group(params={"check": item.code, "reason": item.reason}) for item in not_run]


@rule(
    "SYS-03", INFO, FILE, outside=True, params={"shown_per_code": 100},
    it=Wording(
        title="Elenco abbreviato",
        one="{code}: {cases} casi, ne mostriamo {shown}. L'elenco completo è nel file.",
        fix="Scarica l'elenco completo.",
        why="Una pagina con diecimila righe non si legge: mostriamo le prime e diciamo quante "
        "sono in tutto.",
    ),
    en=Wording(
        title="List cut short",
        one="{code}: {cases} cases, {shown} shown. The full list is in the file.",
        fix="Download the full list.",
    ),
    fails=Example(argument=Told("ATT-11", 2_500, 100)),
    passes=Example(argument=Told("ATT-11", 12, 12)),
)  # fmt: skip
def lists_are_whole(told: Told, t: Thresholds) -> Sequence[Group]:
    """A page that shows only some findings of a code says how many there are.

    All of them are stored and stand in the downloads.
    """
    if told.shown >= told.total:
        return []
    return [Group(params={"code": told.code, "cases": told.total, "shown": told.shown})]
