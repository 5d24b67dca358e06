"""SEM-05: name and category contradict each other."""

from __future__ import annotations

from validator.dataset import Dataset
from validator.findings import RuleHits
from validator.libraries import pl
from validator.rules.columns import hits, mask
from validator.rules.context import RuleContext
from validator.rules.declaration import ROW, WARNING, rule
from validator.rules.examples import Example
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Wording

#: The beginning of the name of a shop or an inn: at the well, of the garden.
SIGN = (
    r"(?i)^\W*(?:a(?:l|llo|lla|i|gli|lle)|de(?:l|llo|lla|i|gli|lle))(?:\s|$)|^\W*(?:all|dell)['’]"
)


@rule(
    "SEM-05",
    WARNING,
    ROW,
    it=Wording(
        title="Nome e categoria si contraddicono",
        one="Riga {row}: «{name}» classificato {category}; il nome suggerisce {other}.",
        many="In {n} righe il nome suggerisce una categoria diversa da quella indicata ({rows}).",
        all="In tutte le {n} righe il nome suggerisce una "
        "categoria diversa: forse la colonna è un'altra.",
        fix="Correggi la categoria, o rispondi «È giusto così».",
        why="«Ospedale di Rho» tra le scuole è di solito una riga scivolata. "
        "La colonna del tipo vale più del nome: per questo è solo un avviso.",
    ),
    en=Wording(
        title="Name and category contradict each other",
        one="Row {row}: '{name}' classified {category}; the name suggests {other}.",
        many="In {n} rows the name suggests another category than the given one ({rows}).",
        all="In all {n} rows the name suggests another category: perhaps it is another column.",
        fix="Correct the category, or answer 'It is right as it is'.",
    ),
    fails=Example(rows=({"name": "Ospedale", "kind": "superiori", "name_kind": "ospedale"},)),
    passes=Example(rows=({"name": "Liceo", "kind": "superiori", "name_kind": "superiori"},)),
)
def names_agree_with_categories(dataset: Dataset, t: Thresholds, context: RuleContext) -> RuleHits:
    """The words of the name do not belong to another category than the one given.

    A hospital among the schools is usually a row that slipped. The type column counts more. A
    name such as "Al Pozzo" or "Del Giardino" is a sign, not a service.
    """
    category = {kind.slug: kind.category for kind in dataset.taxonomy.kinds if kind.category}
    names = {found.slug: found.name for found in dataset.taxonomy.categories}
    given = dataset.frame["kind_category"]
    said = dataset.frame["name_kind"].replace_strict(
        category, default=None, return_dtype=pl.String
    )
    sign = dataset.frame["name"].str.contains(SIGN)
    return hits(
        dataset,
        mask(given != said) & ~mask(sign),
        "name",
        name=dataset.frame["name"],
        category=given.replace_strict(names, default=None, return_dtype=pl.String),
        other=said.replace_strict(names, default=None, return_dtype=pl.String),
    )
