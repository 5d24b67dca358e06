"""SEM-02: declared area differs from the drawn one."""

from __future__ import annotations

from validator.dataset import Dataset
from validator.findings import RuleHits
from validator.libraries import pl
from validator.rules.columns import hits, is_area, mask
from validator.rules.context import RuleContext
from validator.rules.declaration import ROW, WARNING, rule
from validator.rules.examples import SQUARE, row
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Wording


@rule(
    "SEM-02",
    WARNING,
    ROW,
    needs={"area"},
    params={"area_pct": 10.0},
    it=Wording(
        title="Area dichiarata diversa da quella disegnata",
        one="Riga {row}: area dichiarata {declared} m², disegnata {drawn} m².",
        many="In {n} righe l'area dichiarata è diversa da quella disegnata ({rows}).",
        all="In tutte le {n} righe l'area dichiarata è diversa "
        "da quella disegnata: forse è un'altra unità di misura.",
        fix="Correggi l'area dichiarata, o il contorno nel GIS.",
        why="Una delle due è sbagliata, o la superficie è quella catastale: basta dirlo.",
    ),
    en=Wording(
        title="Declared area differs from the drawn one",
        one="Row {row}: declared area {declared} m², drawn {drawn} m².",
        many="In {n} rows the declared area differs from the drawn one ({rows}).",
        all="In all {n} rows the declared area differs "
        "from the drawn one: perhaps it is another unit.",
        fix="Correct the declared area, or the outline in the GIS.",
    ),
    fails=row(name="Parco", area=1000.0, geometry=SQUARE),
    passes=row(name="Parco", area=10_400.0, geometry=SQUARE),
)
def areas_agree(dataset: Dataset, t: Thresholds, context: RuleContext) -> RuleHits:
    """The declared area is that of the drawn shape, within a share.

    One of the two is wrong, or the surface is the cadastral one. Shapes held by GEO-04 are left
    out.
    """
    declared, drawn = dataset.frame["area"], pl.Series(dataset.areas)
    sound = is_area(dataset) & (~dataset.invalid | dataset.repaired)
    differs = mask((declared - drawn).abs() * 100 > t["area_pct"] * drawn)
    return hits(dataset, sound & differs, "area", declared=declared, drawn=drawn.round())
