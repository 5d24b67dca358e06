"""GEO-13: the municipality said is not where the row lies."""

from __future__ import annotations

from validator.dataset import Dataset
from validator.findings import NO_COLUMN, NotRun, RuleHits
from validator.libraries import pl
from validator.rules.columns import as_sent, hits, mask
from validator.rules.context import RuleContext
from validator.rules.declaration import ROW, WARNING, rule
from validator.rules.examples import HOME, NEIGHBOUR, Example
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Wording

_UNION = (HOME, NEIGHBOUR)
_NEAR_BY = "POINT (507000 5031000)"


@rule(
    "GEO-13",
    WARNING,
    ROW,
    it=Wording(
        title="Comune dichiarato diverso da quello in cui cade",
        one="Riga {row}: dice {said}, ma cade in {found}; vale {done}.",
        many="{n} righe dicono un Comune e cadono in un altro ({rows}); vale {done}.",
        all="Tutte le {n} righe dicono un Comune e cadono in un altro; vale {done}.",
        fix="Correggi il codice o il nome del Comune, oppure sposta la riga.",
        why="Nei registri di molti Comuni il codice è spesso della sede di chi gestisce, e la "
        "posizione a volte di un omonimo. Che cosa vale lo dice la fonte; entro la precisione dei "
        "confini caricati non diciamo nulla. Per il piano di un Comune lo dicono ATT-05 e GEO-07.",
    ),
    en=Wording(
        title="Municipality said other than where it lies",
        one="Row {row}: it says {said}, but lies in {found}; {done} holds.",
        many="{n} rows say one municipality and lie in another ({rows}); {done} holds.",
        all="All {n} rows say one municipality and lie in another; {done} holds.",
        fix="Correct the code or the name of the municipality, or move the row.",
    ),
    fails=Example(
        rows=({"name": "Biblioteca", "municipality_name": "Messina", "geometry": _NEAR_BY},),
        home=_UNION,
    ),
    passes=Example(
        rows=({"name": "Biblioteca", "municipality_name": "Comune vicino", "geometry": _NEAR_BY},),
        home=_UNION,
    ),
)
def code_and_place_agree(
    dataset: Dataset, t: Thresholds, context: RuleContext
) -> list[RuleHits] | NotRun:
    """The municipality that a row says, by code or name, is the one it lies in.

    In registers of many comuni the code is often that of the manager's seat, and the position
    sometimes that of a namesake. Which one holds is the source's to say; within the accuracy of
    the outlines nothing is said. Of a comune's plan ATT-05 and GEO-07 say it.
    """
    by_code = dataset.has("istat")
    if not by_code and not dataset.has("municipality_name"):
        return NotRun("GEO-13", NO_COLUMN, {"field": "municipality_name"})
    if len(dataset.home) == 1:
        return []
    found = dataset.frame["municipality_found"]
    differ = mask(dataset.frame["municipality_said"] != found)
    said = as_sent(dataset, "istat").fill_null(as_sent(dataset, "municipality_name"))
    names = dict(zip(context.territory.codes, context.territory.names, strict=True))
    where = found.replace_strict(names, default=None, return_dtype=pl.String)
    column = "istat" if by_code else "municipality_name"
    return [hits(dataset, differ, column, said=said, found=where, done=f"by_{dataset.placed_by}")]
