"""FIL-01: file that does not open."""

from __future__ import annotations

from collections.abc import Sequence

from validator.dataset import Dataset
from validator.findings import SharedFinding
from validator.reading.registry import accepted_formats
from validator.rules.context import RuleContext
from validator.rules.declaration import ERROR, FILE, rule
from validator.rules.examples import noting, row
from validator.rules.notes import told_by_reader
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Wording


@rule(
    "FIL-01",
    ERROR,
    FILE,
    it=Wording(
        title="File che non si apre",
        one="Il file {file} non si apre: {reason}.",
        fix="Esporta di nuovo dal GIS e carica il nuovo file; prima prova ad aprirlo in QGIS.",
        why="Il contenuto decide, non l'estensione. Accettiamo: "
        f"{'; '.join(accepted_formats('it'))}.",
    ),
    en=Wording(
        title="File that does not open",
        one="File {file} does not open: {reason}.",
        fix="Export again from the GIS and upload the new file; try opening it in QGIS first.",
        why="The file opens as one of the accepted formats; its content decides, not its "
        f"extension. Accepted: {'; '.join(accepted_formats('en'))}.",
    ),
    fails=noting("FIL-01", file="piano.zip", format="ZIP", reason="damaged"),
    passes=row(name="Liceo Rebora", type="Liceo"),
)
def file_opens(dataset: Dataset, t: Thresholds, context: RuleContext) -> Sequence[SharedFinding]:
    """The file opens as one of the accepted formats."""
    return told_by_reader(dataset, "FIL-01", "file", "reason")
