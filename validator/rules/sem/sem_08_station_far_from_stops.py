"""SEM-08: station far from known stops."""

from __future__ import annotations

import numpy as np
import shapely

from validator.dataset import Dataset
from validator.findings import NotRun, RuleHits
from validator.libraries import pl
from validator.rules.columns import mask
from validator.rules.context import RuleContext
from validator.rules.declaration import ROW, WARNING, rule
from validator.rules.examples import Example
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Wording

TRANSPORT = "trasporti"
STOP = shapely.Point(501000, 5031000)


@rule(
    "SEM-08",
    WARNING,
    ROW,
    params={"stop_m": 300.0},
    it=Wording(
        title="Stazione lontana dalle fermate note",
        one="Riga {row}: {kind} a {dist} m dalla fermata nota più vicina.",
        many="{n} stazioni o capolinea sono lontani da ogni fermata nota (righe {rows}).",
        all="Tutte le {n} stazioni sono lontane da ogni fermata nota.",
        fix="Controlla la posizione e lo stato (esistente o previsto).",
        why="Una stazione esistente sta dove i treni "
        "fermano: gli elenchi delle fermate lo dicono.",
    ),
    en=Wording(
        title="Station far from known stops",
        one="Row {row}: {kind} {dist} m from the nearest known stop.",
        many="{n} stations or termini are far from any known stop (rows {rows}).",
        all="All {n} stations are far from any known stop.",
        fix="Check the position and the status (esistente or previsto).",
    ),
    fails=Example(
        rows=({"name": "Stazione", "kind": "stazione", "geometry": "POINT (502000 5031000)"},),
        stops=(STOP,),
    ),
    passes=Example(
        rows=({"name": "Stazione", "kind": "stazione", "geometry": "POINT (501050 5031000)"},),
        stops=(STOP,),
    ),
)
def stations_are_at_stops(
    dataset: Dataset, t: Thresholds, context: RuleContext
) -> RuleHits | NotRun:
    """An existing station or terminus lies near a known stop.

    Not run while no list of stops is loaded.
    """
    if context.stops is None or not len(context.stops):
        return NotRun("SEM-08", "no_stops")
    names = {k.slug: k.name for k in dataset.taxonomy.supra if k.category == TRANSPORT}
    kind, status = dataset.frame["kind"], dataset.frame["status"].fill_null("esistente")
    station = mask(kind.is_in(list(names))) & mask(status == "esistente")
    index = np.flatnonzero(station & ~shapely.is_missing(dataset.points))
    places = dataset.points[index]
    stops = np.asarray(context.stops, dtype=object)
    nearest = stops[shapely.STRtree(stops).nearest(places)] if len(index) else places
    away = shapely.distance(places, nearest)
    far = index[away > t["stop_m"]]
    dist = pl.Series(away[away > t["stop_m"]].round()).cast(pl.Int64)
    named = kind.replace_strict(names, default=None, return_dtype=pl.String).gather(far)
    return RuleHits(far, "", {"kind": named, "dist": dist})
