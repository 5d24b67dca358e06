"""GEO-01: position missing."""

from __future__ import annotations

from collections.abc import Sequence

from validator.dataset import Dataset, LayerFacts
from validator.findings import RuleHits, SharedFinding
from validator.rules.columns import as_one, filled, hits, rows_of
from validator.rules.context import RuleContext
from validator.rules.declaration import ERROR, ROW, WARNING, rule
from validator.rules.examples import SPOT, row
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Wording

#: Values of `position` where there is none.
NOWHERE = ("missing", "empty", "unreadable")


@rule(
    "GEO-01",
    ERROR,
    ROW,
    yields_to=("GEO-06",),
    it=Wording(
        title="Posizione assente",
        one="Riga {row}: geometria assente.",
        many="{n} righe non hanno geometria ({rows}).",
        all="Nessuna delle {n} righe ha una geometria: forse "
        "le colonne delle coordinate non sono state abbinate.",
        fix="Metti il punto in «Correggi», o compila nel file le coordinate o "
        "almeno l'indirizzo; se il servizio non c'è togli la riga dal file.",
        why="Un servizio sta in un luogo. Con il solo indirizzo la riga entra lo stesso "
        "(è un avviso) e si può posare sulla mappa a mano; senza nemmeno quello no.",
    ),
    en=Wording(
        title="Position missing",
        one="Row {row}: geometry is missing.",
        many="{n} rows have no geometry ({rows}).",
        all="None of the {n} rows has a geometry: perhaps "
        "the coordinate columns were not matched.",
        fix="Set the point in 'Correct', or fill the coordinates or at least the "
        "address in the file; if there is no service remove the row from the file.",
    ),
    fails=row(name="Liceo Rebora", type="Liceo", geometry=None),
    passes=SPOT,
)
def geometries_are_there(
    dataset: Dataset, t: Thresholds, context: RuleContext
) -> Sequence[RuleHits | SharedFinding]:
    """Each row has a geometry, and it is not empty.

    With an address alone the row enters all the same (a warning) and can be placed on the map by
    hand; without even that it cannot.
    """
    # A layer without any position or address is STR-01's, one without a system CRS-01's.
    can = rows_of(dataset, _may_have_places)
    missing = can & dataset.frame["position"].is_in(NOWHERE).to_numpy()
    address = filled(dataset, "address")
    # Where the layer has no coordinates at all it is one mistake, not one per row.
    asked = rows_of(dataset, lambda layer: layer.crs.why.code != "no_geometry")
    findable = hits(dataset, missing & address & asked)
    return [
        hits(dataset, missing & ~address),
        RuleHits(findable.index, severity=WARNING),
        *as_one(dataset, missing & address & ~asked, "address", WARNING),
    ]


def _may_have_places(layer: LayerFacts) -> bool:
    fields = layer.column_of
    return layer.crs.why.code != "no_geometry" or any(f in fields for f in ("address", "x", "wkt"))
