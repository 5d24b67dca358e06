"""CMP-01: accepted services that no longer appear."""

from __future__ import annotations

from collections.abc import Sequence

from validator.dataset import Dataset
from validator.findings import NotRun, SharedFinding
from validator.rules.cmp.example_records import GONE, KNOWN, LICEO, SAME
from validator.rules.cmp.links import links
from validator.rules.columns import Index
from validator.rules.context import Accepted, RuleContext
from validator.rules.declaration import COMPARISON, WARNING, rule
from validator.rules.examples import Example
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Wording

LISTED = 10


@rule(
    "CMP-01",
    WARNING,
    COMPARISON,
    it=Wording(
        title="Servizi accettati che non compaiono più",
        one="Un servizio già accettato non compare più: {list}.",
        many="{n} servizi già accettati non compaiono più: {list}.",
        fix="Rimetti nel file quelli dimenticati; degli altri rispondi «È "
        "giusto così» e scrivi se sono chiusi, spostati o uniti a un altro.",
        why="Un servizio non sparisce: chiude, si sposta o si unisce a un "
        "altro. Senza la tua risposta resta in vigore fino all'istruttoria.",
    ),
    en=Wording(
        title="Accepted services that no longer appear",
        one="One accepted service no longer appears: {list}.",
        many="{n} accepted services no longer appear: {list}.",
        fix="Put those forgotten back into the file; for the others answer 'It is "
        "right as it is' and write whether they are closed, moved or merged.",
    ),
    fails=Example(rows=(LICEO,), accepted=(KNOWN, GONE)),
    passes=SAME,
)
def services_do_not_vanish(
    dataset: Dataset, t: Thresholds, context: RuleContext
) -> Sequence[SharedFinding] | NotRun:
    """Every record accepted before is still there.

    A service does not vanish: it closes, moves or merges. Until answered it stays in force.
    """
    if context.accepted is None:
        return NotRun("CMP-01", "no_accepted")
    lost = links(dataset, context.accepted).lost(context.accepted)
    if not len(lost):
        return []
    return [SharedFinding(params={"n": len(lost), "list": named(context.accepted, lost)})]


def named(accepted: Accepted, index: Index) -> str:
    """Accepted records as a message lists them: name and key, at most ten."""
    frame = accepted.frame[index[:LISTED]]
    shown = [
        f"{name} ({key})" if name else str(key)
        for name, key in zip(frame["name"], frame["key"], strict=True)
    ]
    return ", ".join(shown) + (" …" if len(index) > LISTED else "")
