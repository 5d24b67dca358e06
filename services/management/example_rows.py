"""The rows of the example deliveries: known services of a comune and invented neighbours.

Real names come from fixtures/demo_services.csv; everything invented says "(esempio)" in its name.
How rows become files is `deliveries`.
"""

import json
from dataclasses import dataclass, replace
from typing import Final

import shapely

from zones.management.reference import FIXTURES, position, read_csv

#: How a Piano dei Servizi writes each type: category, type.
WORDS: Final = {
    "aree-a-verde-pubblico": ("VERDE PUBBLICO", "PARCO URBANO"),
    "stazioni-ferroviarie": ("TRASPORTI", "STAZIONE FERROVIARIA"),
    "capolinea-tpl": ("TRASPORTI", "CAPOLINEA AUTOBUS"),
    "ospedali": ("SANITÀ", "OSPEDALE"),
    "rsa": ("SANITÀ", "RESIDENZA SANITARIA ASSISTENZIALE"),
    "carabinieri": ("SICUREZZA", "CASERMA DEI CARABINIERI"),
    "polizia": ("SICUREZZA", "COMMISSARIATO DI POLIZIA"),
    "finanza": ("SICUREZZA", "GUARDIA DI FINANZA"),
    "vigili-del-fuoco": ("SICUREZZA", "VIGILI DEL FUOCO"),
    "centri-sportivi": ("SPORT E TEMPO LIBERO", "CENTRO SPORTIVO"),
    "palazzetti": ("SPORT E TEMPO LIBERO", "PALAZZETTO DELLO SPORT"),
    "luoghi-per-eventi": ("SPORT E TEMPO LIBERO", "SPAZIO PER EVENTI"),
    "biblioteche": ("CULTURALI", "BIBLIOTECA"),
    "teatri": ("CULTURALI", "TEATRO"),
    "musei": ("CULTURALI", "MUSEO"),
    "cinema": ("CULTURALI", "CINEMA"),
    "scuole-secondarie-ii-grado": ("ISTRUZIONE", "SCUOLA SECONDARIA DI SECONDO GRADO"),
    "universita": ("ISTRUZIONE", "UNIVERSITÀ"),
    "depuratori": ("IMPIANTI TECNOLOGICI", "DEPURATORE"),
    "termovalorizzatori": ("IMPIANTI TECNOLOGICI", "TERMOVALORIZZATORE"),
}
#: Invented local services, the same in every comune: category, type, name.
INVENTED: Final = (
    ("ISTRUZIONE", "SCUOLA PRIMARIA", "Scuola primaria Gelsomino (esempio)"),
    ("ISTRUZIONE", "SCUOLA DELL'INFANZIA", "Scuola dell'infanzia Girasole (esempio)"),
    ("ISTRUZIONE", "ASILO NIDO", "Asilo nido Coccinella (esempio)"),
    ("SANITÀ", "FARMACIA", "Farmacia della Betulla (esempio)"),
    ("TRASPORTI", "PARCHEGGIO PUBBLICO", "Parcheggio dei Platani (esempio)"),
    ("VERDE PUBBLICO", "GIARDINO DI QUARTIERE", "Giardino della Civetta (esempio)"),
    ("INTERESSE COMUNE", "ORATORIO", "Oratorio San Benvenuto (esempio)"),
    ("INTERESSE COMUNE", "CENTRO CIVICO", "Centro civico Mirtillo (esempio)"),
    ("CULTURALI", "BIBLIOTECA", "Biblioteca di quartiere Corvo (esempio)"),
    ("SPORT E TEMPO LIBERO", "CENTRO SPORTIVO", "Centro sportivo Airone (esempio)"),
    ("VERDE PUBBLICO", "PARCO URBANO", "Parco delle Libellule (esempio)"),
    ("SANITÀ", "RSA", "RSA Caffè Giardino (esempio)"),
)
#: Side of the square drawn for a thing, in metres, unless its area is known.
SIDES: Final = {"VERDE PUBBLICO": 110, "SPORT E TEMPO LIBERO": 90, "ISTRUZIONE": 60}
SIDE: Final = 40
GRID_M: Final = 230


@dataclass(frozen=True)
class ExampleRow:
    """One row of an example delivery; `x`, `y` and the square of `side` metres in EPSG:32632."""

    identifier: str
    istat: str
    category: str
    kind: str
    name: str
    address: str
    x: float
    y: float
    side: float
    status: str = "esistente"
    valence: str = "comunale"
    area: str = ""
    act: str = ""
    year: str = ""
    note: str = ""
    url: str = ""
    shape: shapely.Geometry | None = None
    without_geometry: bool = False

    def polygon(self) -> shapely.Geometry | None:
        """The area drawn for the row: its own shape, else the square around its point."""
        if self.without_geometry:
            return None
        half = self.side / 2
        return self.shape or shapely.box(
            self.x - half, self.y - half, self.x + half, self.y + half
        )

    def point(self) -> shapely.Geometry | None:
        return None if self.without_geometry else shapely.Point(self.x, self.y)


def rows_of(istat: str, prefix: str) -> list[ExampleRow]:
    """The comune's demonstration services, then the invented ones, numbered `PREFIX-001` on."""
    rows = [*_known(istat), *_invented(istat)]
    return [
        replace(row, identifier=f"{prefix}-{number:03d}") for number, row in enumerate(rows, 1)
    ]


def _known(istat: str) -> list[ExampleRow]:
    rows = []
    for row in read_csv("demo_services.csv"):
        if row["istat"] != istat:
            continue
        category, kind = WORDS[row["type"]]
        point = position(row["lon"], row["lat"])
        planned = row["status"] == "previsto"
        rows.append(
            ExampleRow(
                identifier="",
                istat=istat,
                category=category,
                kind=kind,
                name=row["name"],
                address=row["address"],
                x=point.x,
                y=point.y,
                side=SIDES.get(category, SIDE),
                status=row["status"],
                valence=row["valence"],
                act="Deliberazione di esempio n. 1 del 2025" if planned else "",
                year="2030" if planned else "",
            )
        )
    return rows


def _invented(istat: str) -> list[ExampleRow]:
    """The invented services on a grid around the middle of the comune, clear of each other."""
    middle = _middle(istat)
    rows = []
    for number, (category, kind, name) in enumerate(INVENTED):
        side = SIDES.get(category, SIDE)
        rows.append(
            ExampleRow(
                identifier="",
                istat=istat,
                category=category,
                kind=kind,
                name=name,
                address=f"Via di esempio {number + 1}",
                x=middle.x + (number % 4 - 1.5) * GRID_M,
                y=middle.y + (number // 4 - 1) * GRID_M,
                side=side,
                valence="intercomunale" if kind in {"RSA", "PARCO URBANO"} else "comunale",
                area=str(side * side),
                note="Riga inventata per la dimostrazione",
            )
        )
    return rows


def _middle(istat: str) -> shapely.Point:
    """The comune's middle by its outline in the boundary fixture, in whole metres."""
    outlines = json.loads((FIXTURES / "territory/boundaries.geojson").read_text(encoding="utf-8"))
    for feature in outlines["features"]:
        if feature["properties"]["istat"] == istat:
            middle = shapely.centroid(shapely.from_geojson(json.dumps(feature["geometry"])))
            return shapely.Point(round(middle.x), round(middle.y))
    raise KeyError(istat)
