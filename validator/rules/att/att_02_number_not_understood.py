"""ATT-02: number not understood."""

from __future__ import annotations

from collections.abc import Sequence

from validator.dataset import Dataset
from validator.findings import RuleHits
from validator.rules.att.parsing import not_understood, of_kinds
from validator.rules.context import RuleContext
from validator.rules.declaration import ERROR, ROW, rule
from validator.rules.examples import SentCell, row
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Wording
from validator.schema import ValueKind


@rule(
    "ATT-02",
    ERROR,
    ROW,
    it=Wording(
        title="Numero non leggibile",
        one="Riga {row}: «{value}» in «{column}» non è un numero.",
        many="In «{column}» ci sono {n} valori che non sono numeri (righe {rows}).",
        all="Nessuno dei {n} valori di «{column}» è un numero: forse la colonna è un'altra.",
        fix="Scrivi solo cifre, con la virgola o il punto per i decimali, senza unità di misura.",
        why="Superfici, capienze e importi si sommano: servono "
        "numeri. 1.234,50 e 1234.5 si capiscono tutti e due.",
    ),
    en=Wording(
        title="Number not understood",
        one="Row {row}: '{value}' in '{column}' is not a number.",
        many="{n} values in '{column}' are not numbers (rows {rows}).",
        all="None of the {n} values of '{column}' is a number: perhaps it is another column.",
        fix="Write digits only, with a comma or a point for decimals, without units.",
    ),
    fails=row(name="Parco", area=SentCell("circa tremila")),
    passes=row(name="Parco", area=SentCell("3.120,50", 3120.5, "number")),
)
def numbers_are_numbers(
    dataset: Dataset, t: Thresholds, context: RuleContext
) -> Sequence[RuleHits]:
    """Cells of numeric columns hold numbers; 1.234,50 and 1234.5 are both understood.

    Areas, capacities and amounts are added up, so they must be numbers.
    """
    kinds = (ValueKind.NUMBER, ValueKind.INTEGER, ValueKind.COORDINATE)
    return not_understood(dataset, of_kinds(*kinds))
