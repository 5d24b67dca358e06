"""SYS-03: list cut short."""

from __future__ import annotations

from collections.abc import Sequence

from validator.findings import SharedFinding
from validator.rules.context import FindingCount
from validator.rules.declaration import FILE, INFO, rule
from validator.rules.examples import Example
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Wording


@rule(
    "SYS-03",
    INFO,
    FILE,
    outside=True,
    params={"shown_per_code": 100},
    it=Wording(
        title="Elenco abbreviato",
        one="{code}: {cases} casi, ne mostriamo {shown}. L'elenco completo è nel file.",
        fix="Scarica il rapporto in Excel: li ha tutti.",
        why="Una pagina con diecimila righe non si legge: "
        "mostriamo le prime e diciamo quante sono in tutto.",
    ),
    en=Wording(
        title="List cut short",
        one="{code}: {cases} cases, {shown} shown. The full list is in the file.",
        fix="Download the report as Excel: it has them all.",
    ),
    fails=Example(argument=FindingCount("ATT-11", 2_500, 100)),
    passes=Example(argument=FindingCount("ATT-11", 12, 12)),
)
def lists_are_whole(count: FindingCount, t: Thresholds) -> Sequence[SharedFinding]:
    """A page that shows only some findings of a code says how many there are.

    All of them are stored and stand in the downloads.
    """
    if count.shown >= count.total:
        return []
    return [SharedFinding(params={"code": count.code, "cases": count.total, "shown": count.shown})]
