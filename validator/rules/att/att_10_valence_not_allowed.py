"""ATT-10: level of service not allowed."""

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
    "ATT-10",
    ERROR,
    ROW,
    it=Wording(
        title="Valenza non prevista",
        one="Riga {row}: valenza «{value}» non prevista.",
        many="{n} righe hanno una valenza non prevista ({rows}).",
        all="Nessuno dei {n} valori di «{column}» è una valenza: forse la colonna è un'altra.",
        fix="Scegli una delle tre: {expected}.",
        why="La valenza dichiarata dal Comune è una delle quattro letture "
        "tenute distinte: dichiarata, proposta, validata, confermata.",
    ),
    en=Wording(
        title="Level of service not allowed",
        one="Row {row}: level '{value}' is not allowed.",
        many="{n} rows have a level that is not allowed ({rows}).",
        all="None of the {n} values of '{column}' is a level: perhaps it is another column.",
        fix="Choose one of the three: {expected}.",
    ),
    fails=row(name="Liceo", valence=SentCell("alta")),
    passes=row(name="Liceo", valence="intercomunale"),
)
def valences_are_known(
    dataset: Dataset, t: Thresholds, context: RuleContext
) -> Sequence[RuleHits]:
    """The declared level is one of comunale, intercomunale, metropolitana.

    What the comune declares is kept apart from what is proposed, validated and confirmed.
    """
    return outside_domain(dataset, "valence")
