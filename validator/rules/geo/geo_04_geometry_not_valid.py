"""GEO-04: geometry not valid."""

from __future__ import annotations

from validator.dataset import Dataset
from validator.findings import RuleHits
from validator.rules.context import RuleContext
from validator.rules.declaration import ERROR, ROW, rule
from validator.rules.examples import SQUARE, Example, row
from validator.rules.geo.repairs import (
    BIG_REPAIR,
    BOW_TIE,
    BOW_TIE_REPAIRED,
    repair_hits,
    repairs_of,
)
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Wording


@rule(
    "GEO-04",
    ERROR,
    ROW,
    params={"repair_pct": 1.0, "repair_m2": 10.0},
    it=Wording(
        title="Geometria non valida",
        one="Riga {row}: {reason} nel punto segnato. Riparandolo "
        "l'area passerebbe da {before} a {after} m².",
        many="{n} righe hanno una geometria non valida ({rows}).",
        all="Nessuna delle {n} righe ha una geometria valida.",
        fix="Correggi l'incrocio o l'anello nel GIS, nel punto segnato, "
        "oppure accetta in «Correggi» la riparazione proposta.",
        why="Un contorno che si incrocia non ha un'area certa. Quando "
        "ripararlo la cambierebbe di molto decidi tu: forse manca un pezzo.",
    ),
    en=Wording(
        title="Geometry not valid",
        one="Row {row}: {reason} at the marked point. Repairing "
        "it would take the area from {before} to {after} m².",
        many="{n} rows have a geometry that is not valid ({rows}).",
        all="None of the {n} rows has a valid geometry.",
        fix="Fix the crossing or the ring in the GIS, at the marked "
        "point, or accept the proposed repair in 'Correct'.",
    ),
    fails=Example(
        rows=({"name": "Parco", "geometry": BOW_TIE_REPAIRED, "sent": BOW_TIE},),
        repairs=(BIG_REPAIR,),
    ),
    passes=row(name="Parco", geometry=SQUARE),
)
def geometries_are_valid(dataset: Dataset, t: Thresholds, context: RuleContext) -> RuleHits:
    """No outline crosses itself so that repairing it would change its area noticeably.

    Then the planner decides: a piece may be missing.
    """
    return repair_hits(repairs_of(dataset, refused=True))
