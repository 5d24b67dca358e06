"""Rules that need the LUM: SEM-06 and SEM-07. Loaded by settings.EXTRA_RULE_MODULES."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
import shapely
from django.contrib.gis.geos import Point

from lum.models import Lum
from validator.dataset import Dataset
from validator.findings import Hits, NotRun
from validator.rules.columns import filled, folded, hits, mask
from validator.rules.context import RuleContext
from validator.rules.examples import Example
from validator.rules.registry import ERROR, ROW, WARNING, rule
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Wording

NAME = "lum"


@dataclass(frozen=True)
class Hub:
    """One LUM: code, name and shape (perimeter, else circle, else point) in EPSG:32632."""

    code: str
    name: str
    shape: Any


@dataclass(frozen=True)
class Register:
    """The public LUM whose node is known; `official` is false while any of the list is a
    reconstruction or still to be identified."""

    hubs: tuple[Hub, ...]
    official: bool

    def place_of(self) -> dict[str, int]:
        """Position of each hub by folded code and by folded name."""
        texts = pl.Series([text for hub in self.hubs for text in (hub.code, hub.name)])
        return {text: i // 2 for i, text in enumerate(folded(texts).to_list()) if text}


def load() -> Register:
    """The LUM as the database holds them, by one query; a candidate is not one."""
    rows = sorted(Lum.objects.public(), key=lambda row: row.code)
    hubs = tuple(Hub(row.code, row.name, _shape(row, row.point)) for row in rows if row.point)
    official = all(row.certainty == Lum.Certainty.OFFICIAL for row in rows)
    return Register(hubs, official and bool(rows))


def _shape(row: Lum, stop: Point) -> Any:
    if row.perimeter:
        return shapely.from_wkb(bytes(row.perimeter.wkb))
    point = shapely.from_wkb(bytes(stop.wkb))
    return point.buffer(row.radius_m) if row.radius_m else point


RHO = Hub("rho-fiera", "Rho Fiera", shapely.Point(501000, 5031000))
OFFICIAL = {NAME: Register((RHO,), official=True)}


def register_of(context: RuleContext) -> Register:
    """The register that `load` put into the context; an empty one without it."""
    found = context.extra.get(NAME)
    return found if isinstance(found, Register) else Register((), official=False)


def _known(dataset: Dataset, register: Register) -> pl.Series:
    """Position in the register of the LUM each row names; null when it names none of them."""
    places = register.place_of()
    return folded(dataset.frame["lum"]).replace_strict(places, default=None, return_dtype=pl.Int64)


@rule(
    "SEM-06", ERROR, ROW, needs={"lum"}, mandatory=False,
    it=Wording(
        title="LUM inesistente",
        one="Riga {row}: LUM {value} inesistente.",
        many="{n} righe nominano un LUM che non esiste ({rows}).",
        all="Nessuno dei {n} LUM nominati esiste: forse la colonna è un'altra.",
        fix="Scegli dall'elenco; lascia vuoto se il servizio non è in un LUM.",
        why="I luoghi urbani per la mobilità sono quelli del PTM. Finché l'elenco caricato è una "
        "ricostruzione da verificare, questo controllo non si esegue.",
    ),
    en=Wording(
        title="LUM does not exist",
        one="Row {row}: LUM {value} does not exist.",
        many="{n} rows name a LUM that does not exist ({rows}).",
        all="None of the {n} named LUM exists: perhaps it is another column.",
        fix="Choose from the list; leave empty if the service is not in a LUM.",
    ),
    fails=Example(rows=({"name": "Liceo", "lum": "atlantide"},), extra=OFFICIAL),
    passes=Example(rows=({"name": "Liceo", "lum": "Rho Fiera"},), extra=OFFICIAL),
)  # fmt: skip
def lum_exist(dataset: Dataset, t: Thresholds, context: RuleContext) -> Hits | NotRun:
    """The LUM that a row names exists in the PTM's list.

    Not run while the loaded list is a reconstruction still to be verified.
    """
    register = register_of(context)
    if not register.official:
        return NotRun("SEM-06", "no_lum_codes")
    unknown = filled(dataset, "lum") & mask(_known(dataset, register).is_null())
    return hits(dataset, unknown, "lum", value=dataset.frame["lum"])


@rule(
    "SEM-07", WARNING, ROW, needs={"lum"}, params={"lum_m": 500.0},
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
)  # fmt: skip
def services_lie_in_their_lum(
    dataset: Dataset, t: Thresholds, context: RuleContext
) -> Sequence[Hits] | NotRun:
    """A service declared in a LUM lies in it or within a short walk (about six minutes).

    Distance is from the perimeter where there is one, else from the circle or the stop.
    """
    register = register_of(context)
    if not register.hubs:
        return NotRun("SEM-07", "no_lum_codes")
    known = _known(dataset, register)
    placed = ~shapely.is_missing(dataset.points)
    index = np.flatnonzero(mask(known.is_not_null()) & placed)
    hubs = [register.hubs[int(known[int(i)])] for i in index]
    shapes = np.array([hub.shape for hub in hubs], dtype=object)
    away = shapely.distance(dataset.points[index], shapes)
    far = away > t["lum_m"]
    names = pl.Series([hub.name for hub in hubs], dtype=pl.String).filter(pl.Series(far))
    dist = pl.Series(away[far].round()).cast(pl.Int64)
    return [Hits(index[far], "", {"lum": names, "dist": dist})]
