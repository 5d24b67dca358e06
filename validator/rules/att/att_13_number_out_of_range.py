"""ATT-13: number out of the ordinary."""

from __future__ import annotations

from collections.abc import Sequence

from validator import schema
from validator.dataset import Dataset
from validator.findings import RuleHits
from validator.rules.columns import hits
from validator.rules.context import RuleContext
from validator.rules.declaration import ROW, WARNING, rule
from validator.rules.examples import row
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Wording


@rule(
    "ATT-13",
    WARNING,
    ROW,
    it=Wording(
        title="Numero fuori dal comune",
        one="Riga {row}: {column} = {value} è fuori dall'intervallo atteso {min}–{max}.",
        many="In «{column}» {n} valori sono fuori "
        "dall'intervallo atteso {min}–{max} (righe {rows}).",
        all="In «{column}» tutti i {n} valori sono fuori dall'intervallo "
        "atteso {min}–{max}: forse è un'altra unità di misura.",
        fix="Controlla l'unità di misura (m² o ettari) e il separatore delle migliaia.",
        why="Una superficie di mezzo metro o una capienza di un milione di posti di "
        "solito sono un'unità sbagliata o un punto delle migliaia letto come decimale.",
    ),
    en=Wording(
        title="Number out of the ordinary",
        one="Row {row}: {column} = {value} is outside the expected range {min}–{max}.",
        many="{n} values in '{column}' are outside the expected range {min}–{max} (rows {rows}).",
        all="All {n} values in '{column}' are outside the "
        "expected range {min}–{max}: perhaps it is another unit.",
        fix="Check the unit (m² or ha) and the thousands separator.",
    ),
    fails=row(name="Parco", area=0.4),
    passes=row(name="Parco", area=12000.0),
)
def numbers_are_believable(
    dataset: Dataset, t: Thresholds, context: RuleContext
) -> Sequence[RuleHits]:
    """Numbers lie in the range their column can have (the schema's minimum and maximum).

    Half a square metre or a million seats is usually a wrong unit or a misread thousands dot.
    """
    found = []
    for field in schema.FIELDS:
        if field.minimum is None or field.maximum is None:
            continue
        cells = dataset.frame[field.name]
        outside = ((cells < field.minimum) | (cells > field.maximum)).fill_null(value=False)
        if outside.any():
            limits = {"min": field.minimum, "max": field.maximum}
            found.append(hits(dataset, outside.to_numpy(), field.name, value=cells, **limits))
    return found
