"""CMP-02: many services fewer."""

from __future__ import annotations

from collections.abc import Sequence

from validator.dataset import Dataset
from validator.findings import NotRun, SharedFinding
from validator.rules.cmp.example_records import GONE, KNOWN, LICEO, SAME
from validator.rules.context import RuleContext
from validator.rules.declaration import COMPARISON, WARNING, rule
from validator.rules.examples import Example
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Wording


@rule(
    "CMP-02",
    WARNING,
    COMPARISON,
    params={"count_drop_pct": 20.0},
    it=Wording(
        title="Molti servizi in meno",
        one="I servizi passano da {before} a {after} (−{pct}%).",
        fix="Controlla che l'esportazione sia completa; se lo è rispondi «È giusto così».",
        why="Un calo così di solito è uno strato dimenticato o un filtro rimasto attivo.",
    ),
    en=Wording(
        title="Many services fewer",
        one="Services fall from {before} to {after} (−{pct}%).",
        fix="Check that the export is complete; if it is answer 'It is right as it is'.",
    ),
    fails=Example(rows=(LICEO,), accepted=(KNOWN, GONE)),
    passes=SAME,
)
def counts_hold(
    dataset: Dataset, t: Thresholds, context: RuleContext
) -> Sequence[SharedFinding] | NotRun:
    """The number of services does not fall sharply against the last accepted delivery.

    Such a fall is usually a forgotten layer or a filter left on.
    """
    if context.accepted is None:
        return NotRun("CMP-02", "no_accepted")
    before, after = len(context.accepted), len(dataset)
    pct = 100 * (before - after) / before if before else 0.0
    if pct <= t["count_drop_pct"]:
        return []
    return [SharedFinding(params={"before": before, "after": after, "pct": round(pct)})]
