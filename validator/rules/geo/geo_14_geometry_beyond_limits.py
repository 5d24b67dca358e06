"""GEO-14: geometry beyond the limits."""

from __future__ import annotations

from validator.dataset import Dataset
from validator.findings import RuleHits
from validator.libraries import pl
from validator.reading.bounds import Excess, limit_of
from validator.rules.columns import hits, mask
from validator.rules.context import RuleContext
from validator.rules.declaration import ERROR, ROW, rule
from validator.rules.examples import SPOT, row
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Wording


@rule(
    "GEO-14",
    ERROR,
    ROW,
    it=Wording(
        title="Geometria oltre i limiti",
        one="Riga {row}: la geometria non si può usare, {reason}.",
        many="{n} geometrie non si possono usare perché oltre i limiti (righe {rows}).",
        all="Nessuna delle {n} geometrie si può usare: sono oltre i limiti.",
        fix="Nel GIS separa le geometrie annidate e semplifica i "
        "contorni, poi esporta di nuovo; o metti un punto in «Correggi».",
        why="Geometrie annidate senza fine, o che dichiarano più di quello che contengono, "
        "fermano i programmi che le leggono: le contiamo prima, e la riga resta fuori da sola.",
    ),
    en=Wording(
        title="Geometry beyond the limits",
        one="Row {row}: the geometry cannot be used, {reason}.",
        many="{n} geometries cannot be used because they are beyond the limits (rows {rows}).",
        all="None of the {n} geometries can be used: they are beyond the limits.",
        fix="In the GIS take nested geometries apart and simplify "
        "the outlines, then export again; or set a point in 'Correct'.",
    ),
    fails=row(name="Parco", geometry=None, position="too_deep"),
    passes=SPOT,
)
def geometries_are_within_the_limits(
    dataset: Dataset, t: Thresholds, context: RuleContext
) -> RuleHits:
    """A geometry has few levels, parts and vertices, and as many as it announces.

    Nested without end, or announcing more than they hold, geometries stop the programs that read
    them: they are counted before, and only their rows are held.
    """
    limits = {str(excess): limit_of(excess) for excess in Excess}
    position = dataset.frame["position"]
    limit = position.replace_strict(limits, default=None, return_dtype=pl.Int64)
    return hits(dataset, mask(limit.is_not_null()), reason=position, limit=limit)
