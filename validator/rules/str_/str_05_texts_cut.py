"""STR-05: texts perhaps cut."""

from __future__ import annotations

from collections.abc import Sequence

from validator.dataset import Dataset
from validator.findings import SharedFinding
from validator.rules.context import RuleContext
from validator.rules.declaration import LAYER, WARNING, rule
from validator.rules.examples import noting, row
from validator.rules.notes import told_by_reader
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Wording


@rule(
    "STR-05",
    WARNING,
    LAYER,
    it=Wording(
        title="Testi forse tagliati",
        one="Un testo in «{column}» ha {len} caratteri: forse è stato tagliato dal formato.",
        many="{n} testi in «{column}» hanno {len} "
        "caratteri: forse sono stati tagliati dal formato.",
        fix="Carica gli stessi dati in GeoPackage o CSV.",
        why="La tabella di uno shapefile tiene al massimo "
        "254 caratteri: il resto si perde all'esportazione.",
    ),
    en=Wording(
        title="Texts perhaps cut",
        one="One text in '{column}' has exactly {len} characters: perhaps cut by the format.",
        many="{n} texts in '{column}' have exactly {len} characters: perhaps cut by the format.",
        fix="Upload the same data as GeoPackage or CSV.",
    ),
    fails=noting("STR-05", column="NOTE", n=4, len=254),
    passes=row(name="Liceo Rebora", type="Liceo", address="Via Papa 1"),
)
def texts_are_not_cut(
    dataset: Dataset, t: Thresholds, context: RuleContext
) -> Sequence[SharedFinding]:
    """No text ends at exactly 254 or 255 characters, where the shapefile's table ends.

    What is beyond is lost at export.
    """
    return told_by_reader(dataset, "STR-05", "n", "len")
