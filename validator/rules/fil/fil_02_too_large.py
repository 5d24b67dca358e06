"""FIL-02: file too large."""

from __future__ import annotations

from collections.abc import Sequence

from validator.dataset import Dataset
from validator.findings import SharedFinding
from validator.rules.context import RuleContext
from validator.rules.declaration import ERROR, FILE, rule
from validator.rules.examples import noting, row
from validator.rules.notes import told_by_reader
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Wording


@rule(
    "FIL-02",
    ERROR,
    FILE,
    it=Wording(
        title="File troppo grande",
        one="{file} è troppo grande: {size} {unit}, il limite è {limit}.",
        fix="Togli gli strati che non servono e gli allegati, o semplifica i contorni.",
        why="I limiti si misurano sul server, anche dopo "
        "avere aperto l'archivio, e sono pubblicati.",
    ),
    en=Wording(
        title="File too large",
        one="{file} is too large: {size} {unit}, the limit is {limit}.",
        fix="Remove unneeded layers and attachments, or simplify the outlines.",
    ),
    fails=noting("FIL-02", file="piano.gpkg", size=734003200, limit=104857600, unit="bytes"),
    passes=row(name="Liceo Rebora", type="Liceo"),
)
def size_is_within_limits(
    dataset: Dataset, t: Thresholds, context: RuleContext
) -> Sequence[SharedFinding]:
    """The file stays within the published limits, also after unpacking.

    They are measured on the server: bytes, rows, columns, layers.
    """
    return told_by_reader(dataset, "FIL-02", "file", "size", "limit", "unit")
