"""FIL-08: corrupted accented characters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from validator.dataset import Change, Dataset
from validator.findings import SharedFinding
from validator.rules.context import RuleContext
from validator.rules.declaration import LAYER, WARNING, rule
from validator.rules.examples import noting, row
from validator.rules.notes import noted
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Wording

#: Stands for the right text where the letters are gone and cannot be guessed.
LOST = "letters_lost"


@rule(
    "FIL-08",
    WARNING,
    LAYER,
    it=Wording(
        title="Caratteri accentati corrotti",
        one="Caratteri accentati forse corrotti in una cella («{sample}» → «{guess}»).",
        many="Caratteri accentati forse corrotti in {n} celle (es. «{sample}» → «{guess}»).",
        fix="Premi «Accetta la lettura proposta», o esporta "
        "in UTF-8 (di uno shapefile con il file .cpg).",
        why="«QualitÃ» è «Qualità» letto due volte nella codifica sbagliata. "
        "Proponiamo il testo giusto, non lo cambiamo di nascosto.",
    ),
    en=Wording(
        title="Corrupted accented characters",
        one="Accented characters may be corrupted in one cell ('{sample}' → '{guess}').",
        many="Accented characters may be corrupted in {n} cells (e.g. '{sample}' → '{guess}').",
        fix="Press 'Accept the proposed reading', or export "
        "in UTF-8 (a shapefile with its .cpg file).",
    ),
    fails=noting("FIL-08", rows=[1], n=3, sample="QualitÃ ", guess="Qualità"),
    passes=row(name="Liceo Rebora", type="Liceo"),
)
def texts_are_whole(
    dataset: Dataset, t: Thresholds, context: RuleContext
) -> Sequence[SharedFinding]:
    """Texts decode cleanly: no accented letter was encoded twice or lost.

    The right text is proposed and never put in silently.
    """
    noticed = [_damaged(dataset, layer, params) for layer, params in noted(dataset, "FIL-08")]
    return noticed or _mended_texts(dataset)


def _damaged(dataset: Dataset, name: str, params: Any) -> SharedFinding:
    columns = params.get("columns") or [""]
    details = {key: params.get(key) for key in ("n", "sample", "guess")}
    details["guess"] = details["guess"] or LOST
    starts = {layer.name: layer.start for layer in dataset.layers}
    rows = [starts[name] + row - 1 for row in params.get("rows", ()) if name in starts]
    column = columns[0] if len(columns) == 1 else ""
    return SharedFinding(tuple(rows), column, name, {**details, "value": details["sample"]})


def _mended_texts(dataset: Dataset) -> list[SharedFinding]:
    mended = dataset.autofixes.filter(change=Change.MOJIBAKE.value)
    return [
        SharedFinding(
            layer=str(layer),
            params={
                "n": cells.height,
                "sample": cells["before"][0],
                "guess": cells["after"][0],
            },
        )
        for (layer,), cells in mended.group_by("layer", maintain_order=True)
    ]
