"""SYS-01: a check failed."""

from __future__ import annotations

from collections.abc import Sequence

from validator.findings import SharedFinding
from validator.rules.declaration import FILE, SYSTEM, rule
from validator.rules.examples import Example
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Wording


@rule(
    "SYS-01",
    SYSTEM,
    FILE,
    outside=True,
    mandatory=False,
    it=Wording(
        title="Un controllo non è riuscito",
        one="Il controllo {check} non è riuscito per un "
        "nostro problema, anche riprovando. Non è colpa dei dati.",
        fix="Non serve fare nulla: quando succede a una consegna, l'ufficio viene avvisato.",
        why="Un guasto nostro non può rendere valida una consegna né farla respingere.",
    ),
    en=Wording(
        title="A check failed",
        one="Check {check} failed through our fault, also "
        "when tried again. Your data is not to blame.",
        fix="Nothing to do: when it happens to a delivery, the office is told.",
    ),
    fails=Example(argument=("GEO-10",)),
    passes=Example(argument=()),
)
def checks_succeed(crashed: Sequence[str], t: Thresholds) -> Sequence[SharedFinding]:
    """No check failed through our own fault.

    Such a failure can make a delivery neither valid nor refused.
    """
    return [SharedFinding(params={"check": code}) for code in crashed]
