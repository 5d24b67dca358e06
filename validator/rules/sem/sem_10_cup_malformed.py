"""SEM-10: CUP not well formed."""

from __future__ import annotations

from validator.dataset import Dataset
from validator.findings import RuleHits
from validator.rules.columns import hits
from validator.rules.context import RuleContext
from validator.rules.declaration import ROW, WARNING, rule
from validator.rules.examples import row
from validator.rules.sem.codes import malformed
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Wording

#: Law 3/2003, art. 11: letter, two digits, letter, two digits of the year, nine digits.
CUP = r"(?i)^[A-Z]\d{2}[A-Z]\d{2}\d{9}$"


@rule(
    "SEM-10",
    WARNING,
    ROW,
    needs={"cup"},
    it=Wording(
        title="CUP non ben formato",
        one="Riga {row}: CUP «{value}» non ben formato.",
        many="{n} CUP non sono ben formati (righe {rows}).",
        all="Nessuno dei {n} CUP è ben formato: forse la colonna è un'altra.",
        fix="Copialo dall'atto di finanziamento: 15 caratteri, senza spazi.",
        why="Il CUP identifica il progetto (l. 3/2003, art. "
        "11): con un carattere in meno non si ritrova.",
    ),
    en=Wording(
        title="CUP not well formed",
        one="Row {row}: CUP '{value}' is not well formed.",
        many="{n} CUP are not well formed (rows {rows}).",
        all="None of the {n} CUP is well formed: perhaps it is another column.",
        fix="Copy it from the funding act: 15 characters, without spaces.",
    ),
    fails=row(name="Palestra", cup="B81B2100029"),
    passes=row(name="Palestra", cup="B81B21000290001"),
)
def cups_are_well_formed(dataset: Dataset, t: Thresholds, context: RuleContext) -> RuleHits:
    """The CUP has 15 characters: letter, two digits, letter, eleven digits.

    It identifies the project (law 3/2003, art. 11); one character less and it is not found.
    """
    return hits(dataset, malformed(dataset, "cup", CUP), "cup", value=dataset.frame["cup"])
