"""SYS-02: check not run."""

from __future__ import annotations

from collections.abc import Sequence

from validator.findings import NotRun, SharedFinding
from validator.rules.declaration import FILE, INFO, rule
from validator.rules.examples import Example
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Wording


@rule(
    "SYS-02",
    INFO,
    FILE,
    outside=True,
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
)
def checks_are_run(not_run: Sequence[NotRun], t: Thresholds) -> Sequence[SharedFinding]:
    """Every check was run; one that could not be is told with its reason, never as passed.

    A missing column, a register that is not loaded, a file error before it.
    """
    return [SharedFinding(params={"check": item.code, "reason": item.reason}) for item in not_run]
