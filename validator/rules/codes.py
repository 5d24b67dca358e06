"""SEM-08, SEM-09, SEM-10 and SEM-13: stops, school codes, CUP, and services that are usual
elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
import shapely

from validator.dataset import Dataset
from validator.findings import Group, Hits, NotRun
from validator.rules.columns import Mask, filled, hits, mask
from validator.rules.context import RuleContext
from validator.rules.examples import Example, row
from validator.rules.registry import COMPARISON, ROW, WARNING, rule
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Wording
from validator.schema import TYPE_FIELDS
from validator.taxonomy import SUPRA

#: Ministry of Education: two letters of the province, then eight letters or digits.
#: With what the Region's register adds for a further site (-01) or course (-LS) of one school.
SCHOOL_CODE = r"(?i)^[A-Z]{2}[A-Z0-9]{8}(-[A-Z0-9]{1,3})?$"
#: Centres of vocational training, which have no code of the ministry but a number of the Region.
VOCATIONAL = r"(?i)\bc\.?f\.?p\b|formazione professionale|istituzione formativa"
#: Law 3/2003, art. 11: letter, two digits, letter, two digits of the year, nine digits.
CUP = r"(?i)^[A-Z]\d{2}[A-Z]\d{2}\d{9}$"
TRANSPORT = "trasporti"
STOP = shapely.Point(501000, 5031000)


@rule(
    "SEM-08", WARNING, ROW, params={"stop_m": 300.0},
    it=Wording(
        title="Stazione lontana dalle fermate note",
        one="Riga {row}: {kind} a {dist} m dalla fermata nota più vicina.",
        many="{n} stazioni o capolinea sono lontani da ogni fermata nota (righe {rows}).",
        all="Tutte le {n} stazioni sono lontane da ogni fermata nota.",
        fix="Controlla la posizione e lo stato (esistente o previsto).",
        why="Una stazione esistente sta dove i treni fermano: gli elenchi delle fermate lo "
        "dicono.",
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
)  # fmt: skip
def stations_are_at_stops(dataset: Dataset, t: Thresholds, context: RuleContext) -> Hits | NotRun:
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
    return Hits(far, "", {"kind": named, "dist": dist})


@rule(
    "SEM-09", WARNING, ROW, needs={"school_code"},
    it=Wording(
        title="Codice meccanografico non ben formato",
        one="Riga {row}: codice meccanografico «{value}» non ben formato.",
        many="{n} codici meccanografici non sono ben formati (righe {rows}).",
        all="Nessuno dei {n} codici meccanografici è ben formato: forse la colonna è un'altra.",
        fix="Copialo dai dati aperti del Ministero: 10 caratteri, prima la provincia "
        "(MIPC13000E).",
        why="Il codice collega la scuola all'anagrafe del Ministero senza badare a come è scritto "
        "il nome.",
    ),
    en=Wording(
        title="School code not well formed",
        one="Row {row}: school code '{value}' is not well formed.",
        many="{n} school codes are not well formed (rows {rows}).",
        all="None of the {n} school codes is well formed: perhaps it is another column.",
        fix="Copy it from the ministry's open data: 10 characters, province first (MIPC13000E).",
    ),
    fails=row(name="Liceo Rebora", school_code="PC13000E"),
    passes=row(name="Liceo Rebora", school_code="MIPC13000E"),
)  # fmt: skip
def school_codes_are_well_formed(dataset: Dataset, t: Thresholds, context: RuleContext) -> Hits:
    """The ministerial code of a school has 10 characters, the province first.

    It ties the school to the ministry's register, however its name is written. A centre of
    vocational training is not in it: the Region gives it a number.
    """
    wrong = _malformed(dataset, "school_code", SCHOOL_CODE) & ~_numbered_by_the_region(dataset)
    return hits(dataset, wrong, "school_code", value=dataset.frame["school_code"])


def _numbered_by_the_region(dataset: Dataset) -> Mask:
    says = [mask(dataset.frame[one].str.contains(VOCATIONAL)) for one in TYPE_FIELDS]
    number = mask(dataset.frame["school_code"].str.strip_chars().str.contains(r"^\d+$"))
    found: Mask = np.any(says, axis=0) & number
    return found


def _malformed(dataset: Dataset, name: str, pattern: str) -> Mask:
    cells = dataset.frame[name].str.strip_chars()
    return filled(dataset, name) & ~mask(cells.str.contains(pattern))


@rule(
    "SEM-10", WARNING, ROW, needs={"cup"},
    it=Wording(
        title="CUP non ben formato",
        one="Riga {row}: CUP «{value}» non ben formato.",
        many="{n} CUP non sono ben formati (righe {rows}).",
        all="Nessuno dei {n} CUP è ben formato: forse la colonna è un'altra.",
        fix="Copialo dall'atto di finanziamento: 15 caratteri, senza spazi.",
        why="Il CUP identifica il progetto (l. 3/2003, art. 11): con un carattere in meno non si "
        "ritrova.",
    ),
    en=Wording(
        title="CUP not well formed",
        one="Row {row}: CUP '{value}' is not well formed.",
        many="{n} CUP are not well formed (rows {rows}).",
        all="None of the {n} CUP is well formed: perhaps it is another column.",
        fix="Copy it from the funding act: 15 characters, without spaces.",
    ),
    fails=row(name="Palestra", cup="B81B2100029"),
    passes=row(name="Palestra", cup="B81B21000290001"),
)  # fmt: skip
def cups_are_well_formed(dataset: Dataset, t: Thresholds, context: RuleContext) -> Hits:
    """The CUP has 15 characters: letter, two digits, letter, eleven digits.

    It identifies the project (law 3/2003, art. 11); one character less and it is not found.
    """
    return hits(dataset, _malformed(dataset, "cup", CUP), "cup", value=dataset.frame["cup"])


@rule(
    "SEM-13", WARNING, COMPARISON, params={"similar_municipalities": 20},
    it=Wording(
        title="Servizi attesi assenti",
        one="Nessun servizio di {category} dichiarato; in Comuni simili ce ne sono {median}.",
        fix="Conferma che non ce ne sono, o aggiungi quello che manca.",
        why="In un Comune di queste dimensioni di solito qualcosa c'è: può mancare uno strato.",
    ),
    en=Wording(
        title="Expected services absent",
        one="No service of {category} declared; similar municipalities have {median}.",
        fix="Confirm the absence or add what is missing.",
    ),
    fails=Example(
        rows=({"name": "Liceo", "kind": "superiori"},),
        expected=({"category": "sanita", "category_name": "Sanità", "median": 2.0},),
    ),
    passes=Example(
        rows=({"name": "Ospedale", "kind": "ospedale"},),
        expected=({"category": "sanita", "category_name": "Sanità", "median": 2.0},),
    ),
)  # fmt: skip
def usual_services_are_there(
    dataset: Dataset, t: Thresholds, context: RuleContext
) -> Sequence[Group] | NotRun:
    """Categories that similar municipalities always have are not left out.

    A layer may be missing. Not run before 20 municipalities are accepted.
    """
    if context.expected is None:
        return NotRun("SEM-13", "few_municipalities")
    frame = dataset.frame
    declared = set(frame.filter(pl.col("level") == SUPRA)["kind_category"].drop_nulls())
    return [
        Group(params={"category": line["category_name"], "median": line["median"]})
        for line in context.expected.iter_rows(named=True)
        if line["category"] not in declared and line["median"] >= 1
    ]
