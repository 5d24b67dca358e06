"""Records of other sources in the examples."""

from __future__ import annotations

from validator.rules.examples import HOME, NEIGHBOUR

OSPEDALE = {"name": "Ospedale Civile", "kind": "ospedale", "geometry": "POINT (501000 5031000)"}
LISTED_ELSEWHERE = {
    "service": "s-00000009",
    "name": "Ospedale civile",
    "kind": "ospedale",
    "x": 501020.0,
    "y": 5031000.0,
    "municipality": HOME,
    "municipality_name": "Comune di esempio",
    "source": "Anagrafe regionale",
    "reading": 2,
    "plan": False,
}
FAR = {**LISTED_ELSEWHERE, "x": 504000.0, "name": "Casa di cura San Carlo"}
BY_NEIGHBOUR = {
    **LISTED_ELSEWHERE,
    "municipality": NEIGHBOUR,
    "municipality_name": "Comune vicino",
    "source": "PGT Comune vicino",
    "reading": 1,
    "plan": True,
    "declared_by": NEIGHBOUR,
    "declared_name": "Comune vicino",
}
