"""SEM-07: far from the declared LUM."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely

from validator.dataset import Dataset
from validator.findings import NotRun, RuleHits
from validator.libraries import pl
from validator.rules.columns import mask
from validator.rules.context import RuleContext
from validator.rules.declaration import ROW, WARNING, rule
from validator.rules.examples import Example
from validator.rules.sem.lum import OFFICIAL, known_lum, register_of
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Wording


@rule(
    "SEM-07",
    WARNING,
    ROW,
    needs={"lum"},
    params={"lum_m": 500.0},
    it=Wording(
        title="Lontano dal LUM dichiarato",
        one="Riga {row}: dichiarato nel LUM {lum}, ma a {dist} m.",
        many="{n} servizi sono lontani dal LUM in cui sono dichiarati (righe {rows}).",
        all="Tutti i {n} servizi sono lontani dal LUM in cui sono dichiarati.",
        fix="Correggi il LUM o la posizione.",
        why="Un servizio è in un LUM se ci si arriva a piedi: 500 metri sono circa sei minuti.",
    ),
    en=Wording(
        title="Far from the declared LUM",
        one="Row {row}: declared in LUM {lum}, but {dist} m away.",
        many="{n} services are far from the LUM they are declared in (rows {rows}).",
        all="All {n} services are far from the LUM they are declared in.",
        fix="Correct the LUM or the position.",
    ),
    fails=Example(
        rows=({"name": "Liceo", "lum": "Rho Fiera", "geometry": "POINT (503000 5031000)"},),
        extra=OFFICIAL,
    ),
    passes=Example(
        rows=({"name": "Liceo", "lum": "Rho Fiera", "geometry": "POINT (501200 5031000)"},),
        extra=OFFICIAL,
    ),
)
def services_lie_in_their_lum(
    dataset: Dataset, t: Thresholds, context: RuleContext
) -> Sequence[RuleHits] | NotRun:
    """A service declared in a LUM lies in it or within a short walk (about six minutes).

    Distance is from the perimeter where there is one, else from the circle or the stop.
    """
    register = register_of(context)
    if not register.hubs:
        return NotRun("SEM-07", "no_lum_codes")
    known = known_lum(dataset, register)
    placed = ~shapely.is_missing(dataset.points)
    index = np.flatnonzero(mask(known.is_not_null()) & placed)
    hubs = [register.hubs[int(known[int(i)])] for i in index]
    shapes = np.array([hub.shape for hub in hubs], dtype=object)
    away = shapely.distance(dataset.points[index], shapes)
    far = away > t["lum_m"]
    names = pl.Series([hub.name for hub in hubs], dtype=pl.String).filter(pl.Series(far))
    dist = pl.Series(away[far].round()).cast(pl.Int64)
    return [RuleHits(index[far], "", {"lum": names, "dist": dist})]
