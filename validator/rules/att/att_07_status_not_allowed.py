"""ATT-07: status not allowed."""

from __future__ import annotations

from collections.abc import Sequence

from validator.dataset import Dataset
from validator.findings import RuleHits
from validator.rules.att.parsing import outside_domain
from validator.rules.context import RuleContext
from validator.rules.declaration import ERROR, ROW, rule
from validator.rules.examples import SentCell, row
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Wording


@rule(
    "ATT-07",
    ERROR,
    ROW,
    it=Wording(
        title="Stato non previsto",
        one="Riga {row}: stato «{value}» non previsto.",
        many="{n} righe hanno uno stato non previsto ({rows}).",
        all="Nessuno dei {n} valori di «{column}» è uno stato: forse la colonna è un'altra.",
        fix="Scegli uno dei quattro: {expected}.",
        why="Lo stato separa ciò che c'è da ciò che si farà: nelle schede si contano a parte.",
    ),
    en=Wording(
        title="Status not allowed",
        one="Row {row}: status '{value}' is not allowed.",
        many="{n} rows have a status that is not allowed ({rows}).",
        all="None of the {n} values of '{column}' is a status: perhaps it is another column.",
        fix="Choose one of the four: {expected}.",
    ),
    fails=row(name="Liceo", status=SentCell("boh")),
    passes=row(name="Liceo", status=SentCell("IN ESERCIZIO", "esistente", "word")),
)
def statuses_are_known(
    dataset: Dataset, t: Thresholds, context: RuleContext
) -> Sequence[RuleHits]:
    """The status is one of esistente, previsto, in attuazione, dismesso.

    It keeps what exists apart from what is to come: sheets count them separately.
    """
    return outside_domain(dataset, "status")
