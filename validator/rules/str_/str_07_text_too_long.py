"""STR-07: text too long."""

from __future__ import annotations

from collections.abc import Sequence

from validator.dataset import Dataset
from validator.findings import RuleHits
from validator.limits import DEFAULT
from validator.rules.columns import hits
from validator.rules.context import RuleContext
from validator.rules.declaration import ERROR, ROW, rule
from validator.rules.examples import SentCell, row
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Wording
from validator.schema import FIELDS, ValueKind

#: Kinds whose cells are understood whatever they say, unless they are too long.
PLAIN = (ValueKind.TEXT, ValueKind.CODE, ValueKind.PHONE)


@rule(
    "STR-07",
    ERROR,
    ROW,
    it=Wording(
        title="Testo troppo lungo",
        one="Riga {row}: il testo di «{column}» supera {limit} caratteri e non lo teniamo.",
        many="In «{column}» {n} testi superano {limit} caratteri (righe {rows}).",
        all="Tutti gli {n} testi di «{column}» superano {limit} "
        "caratteri: forse la colonna è un'altra.",
        fix="Scrivi in «Correggi» il testo in breve, o accorcialo nel file.",
        why="Sono tanti caratteri quanti ne tiene la cella di un foglio: di più non è il nome o "
        "la nota di un servizio, e nessuna pagina potrebbe mostrarlo.",
    ),
    en=Wording(
        title="Text too long",
        one="Row {row}: the text of '{column}' exceeds {limit} characters and is not kept.",
        many="In '{column}' {n} texts exceed {limit} characters (rows {rows}).",
        all="All {n} texts of '{column}' exceed {limit} characters: perhaps it is another column.",
        fix="Write the text in short in 'Correct', or shorten it in the file.",
    ),
    fails=row(name="Museo", notes=SentCell("Lorem ipsum …")),
    passes=row(name="Museo", notes="Aperto la domenica"),
)
def texts_are_of_bounded_length(
    dataset: Dataset, t: Thresholds, context: RuleContext
) -> Sequence[RuleHits]:
    """Texts have as many characters as a sheet's cell holds, at the most.

    More is no name or note of a service, and no page could show it.
    """
    names = (field.name for field in FIELDS if field.kind in PLAIN)
    limit = DEFAULT.text_characters
    return [
        hits(dataset, failed, name, limit=limit)
        for name in names
        if (failed := dataset.failed(name)).any()
    ]
