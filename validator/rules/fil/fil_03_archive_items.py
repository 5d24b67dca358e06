"""FIL-03: archive with items that are not allowed."""

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
    "FIL-03",
    ERROR,
    FILE,
    it=Wording(
        title="Archivio con elementi non ammessi",
        one="L'archivio contiene elementi non ammessi ({item}): {reason}.",
        fix="Fai uno zip semplice con i soli file dello strato. Le "
        "cartelle vanno bene, un archivio dentro l'archivio no.",
        why="Archivi dentro archivi, percorsi che escono dalla cartella, collegamenti "
        "ed espansioni anomale non si aprono: servono solo a nascondere qualcosa.",
    ),
    en=Wording(
        title="Archive with items that are not allowed",
        one="The archive contains items that are not allowed ({item}): {reason}.",
        fix="Make a plain .zip with only the layer's files. "
        "Folders are fine, an archive inside the archive is not.",
    ),
    fails=noting("FIL-03", item="altro.zip", reason="nested"),
    passes=row(name="Liceo Rebora", type="Liceo"),
)
def archive_is_plain(
    dataset: Dataset, t: Thresholds, context: RuleContext
) -> Sequence[SharedFinding]:
    """The archive holds no archive, no absolute or parent path, no link, no abnormal expansion.

    Folders are fine.
    """
    return told_by_reader(dataset, "FIL-03", "item", "reason")
