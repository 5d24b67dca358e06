"""ATT-14: web or e-mail address not valid."""

from __future__ import annotations

from collections.abc import Sequence

from validator.dataset import Dataset
from validator.findings import RuleHits
from validator.rules.att.parsing import not_understood, of_kinds
from validator.rules.context import RuleContext
from validator.rules.declaration import ROW, WARNING, rule
from validator.rules.examples import SentCell, row
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Wording
from validator.schema import ValueKind


@rule(
    "ATT-14",
    WARNING,
    ROW,
    it=Wording(
        title="Indirizzo web o e-mail non valido",
        one="Riga {row}: «{value}» non è un indirizzo web o e-mail valido.",
        many="In «{column}» {n} indirizzi non sono validi (righe {rows}).",
        all="In «{column}» nessuno dei {n} indirizzi è valido: forse la colonna è un'altra.",
        fix="Copia l'indirizzo completo, con https://.",
        why="Il sito compare nella scheda pubblica del "
        "servizio: un indirizzo incompleto non si apre.",
    ),
    en=Wording(
        title="Web or e-mail address not valid",
        one="Row {row}: '{value}' is not a valid web or e-mail address.",
        many="{n} addresses in '{column}' are not valid (rows {rows}).",
        all="None of the {n} addresses in '{column}' is valid: perhaps it is another column.",
        fix="Copy the complete address, with https://.",
    ),
    fails=row(name="Teatro", url=SentCell("vedi sito")),
    passes=row(
        name="Teatro", url=SentCell("teatro.example", "https://teatro.example", "url_scheme")
    ),
)
def addresses_are_well_formed(
    dataset: Dataset, t: Thresholds, context: RuleContext
) -> Sequence[RuleHits]:
    """Web and e-mail addresses are complete and well formed.

    The site is shown on the public page of the service, where half an address does not open.
    """
    return not_understood(dataset, of_kinds(ValueKind.URL, ValueKind.EMAIL))
