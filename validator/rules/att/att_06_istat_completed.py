"""ATT-06: ISTAT codes completed or updated."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from validator.dataset import Change, Dataset
from validator.findings import SharedFinding
from validator.rules.columns import column_name
from validator.rules.context import RuleContext
from validator.rules.declaration import INFO, LAYER, rule
from validator.rules.examples import SentCell, row
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Wording


@rule(
    "ATT-06",
    INFO,
    LAYER,
    needs={"istat"},
    it=Wording(
        title="Codici ISTAT completati o aggiornati",
        one="Un codice ISTAT: {done} ({before} → {after}).",
        many="{n} codici ISTAT: {done} ({before} → {after}).",
        fix="Conserva il codice come testo, non come numero; "
        "per un Comune soppresso usa quello del Comune nato dalla fusione.",
        why="I fogli di calcolo tolgono lo zero davanti ai codici: 15146 è 015146. Il codice di "
        "un Comune soppresso vale quello del Comune che lo continua.",
    ),
    en=Wording(
        title="ISTAT codes completed or updated",
        one="One ISTAT code: {done} ({before} → {after}).",
        many="{n} ISTAT codes: {done} ({before} → {after}).",
        fix="Store the code as text, not as a number; "
        "for a merged municipality use the code of the one that it became.",
    ),
    fails=row(name="Liceo", istat=SentCell("15000", "015000", "istat_zero")),
    passes=row(name="Liceo", istat="015000"),
)
def istat_codes_keep_their_zero(
    dataset: Dataset, t: Thresholds, context: RuleContext
) -> Sequence[SharedFinding]:
    """ISTAT codes that lost their leading zero, or of comuni that were merged, were put right.

    Spreadsheets drop the zero: 15146 is 015146. A merged comune's code is read as its successor's.
    """
    found = (_codes_put_right(dataset, change) for change in _OF_CODES)
    return [group for group in found if group is not None]


_OF_CODES = (Change.ISTAT_ZERO, Change.ISTAT_FORMER)


def _codes_put_right(dataset: Dataset, change: Change) -> SharedFinding | None:
    changed = np.flatnonzero(dataset.changed("istat", change))
    if not len(changed):
        return None
    first = int(changed[0])
    before, after = dataset.raw("istat")[first], dataset.frame["istat"][first]
    details = {"n": len(changed), "done": change.value, "before": before, "after": after}
    return SharedFinding(column=column_name(dataset, "istat"), params=details)
