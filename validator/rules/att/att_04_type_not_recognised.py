"""ATT-04: type of service not recognised."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from validator.dataset import Dataset
from validator.findings import RuleHits
from validator.libraries import pl
from validator.rules.columns import SAYING, Mask, as_sent, filled, hits
from validator.rules.context import RuleContext
from validator.rules.declaration import ROW, WARNING, rule
from validator.rules.examples import row
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Wording

#: Distinct unknown words for which a near one of the taxonomy is looked for.
SUGGESTED = 300


@rule(
    "ATT-04",
    WARNING,
    ROW,
    it=Wording(
        title="Tipo di servizio non riconosciuto",
        one="Riga {row}: tipo «{value}» non riconosciuto ({reason}). Il più vicino: {suggestion}.",
        many="{n} righe hanno un tipo di servizio che non conosciamo ({rows}).",
        all="Nessuno dei {n} tipi in «{column}» è riconosciuto: forse la colonna è un'altra.",
        fix="Scegli il tipo in «Correggi», o scrivi nel file un nome della tassonomia pubblicata.",
        why="Il tipo decide in quale delle otto categorie conta il servizio. Non "
        "lo indoviniamo: una riga non riconosciuta va in istruttoria senza tipo.",
    ),
    en=Wording(
        title="Type of service not recognised",
        one="Row {row}: type '{value}' not recognised ({reason}). Nearest: {suggestion}.",
        many="{n} rows have a type of service that we do not know ({rows}).",
        all="None of the {n} types in '{column}' is recognised: perhaps it is another column.",
        fix="Choose the type in 'Correct', or write in the file a name of the published taxonomy.",
    ),
    fails=row(name="Spazio 21", type="Attrezzatura polivalente"),
    passes=row(name="Liceo Rebora", type="Liceo", kind="superiori"),
)
def kinds_are_known(dataset: Dataset, t: Thresholds, context: RuleContext) -> Sequence[RuleHits]:
    """The type of service belongs to the published taxonomy, supra-municipal or local.

    It decides in which of the eight categories the service counts. It is never guessed: a row that
    was not recognised goes to review without a type.
    """
    named = next((name for name in SAYING if dataset.has(name)), "type")
    value = as_sent(dataset, named)
    for other in SAYING:
        value = value.fill_null(as_sent(dataset, other))
    # A category alone is enough, so it is no fault that the type is empty then.
    category = dataset.frame["kind_category"].fill_null(dataset.frame["category_read"])
    typed = filled(dataset, "type") | filled(dataset, "subtype") | filled(dataset, "type_code")
    only_category = category.is_not_null().to_numpy() & ~typed
    lacking = dataset.frame["kind"].is_null().to_numpy() & ~only_category
    unknown = lacking & (value.fill_null("") != "").to_numpy()
    near = _candidates(dataset).fill_null(_nearest(dataset, value, unknown))
    reason = "type_" + dataset.frame["kind_reason"].fill_null("unknown")
    return [hits(dataset, unknown, named, value=value, reason=reason, suggestion=near)]


def _candidates(dataset: Dataset) -> pl.Series:
    """What an ambiguous row can be, by name; null where recognition has no candidates."""
    names = {kind.slug: kind.name for kind in dataset.taxonomy.kinds}
    if "kind_candidates" not in dataset.frame.columns:
        return pl.repeat(None, len(dataset), dtype=pl.String, eager=True)
    listed = dataset.frame["kind_candidates"].list.head(3)
    said = listed.list.eval(pl.element().replace(names)).list.join(", ")
    return said.set((said == "").fill_null(value=False), None)


def _nearest(dataset: Dataset, values: pl.Series, wanted: Mask) -> pl.Series:
    distinct = values.filter(pl.Series(wanted)).unique(maintain_order=True).head(SUGGESTED)
    names = {kind.name.lower(): kind.name for kind in dataset.taxonomy.kinds}
    for kind in dataset.taxonomy.kinds:
        for synonym in kind.synonyms:
            names.setdefault(synonym, kind.name)
    near = {}
    for text in distinct:
        found = get_close_matches(text.lower(), names, n=1, cutoff=0.75)
        near[text] = names[found[0]] if found else "none"
    return values.replace_strict(near, default="none", return_dtype=pl.String)
