"""A small delivery that passes: the schema's own
labels as columns, rows that say they are made up."""

import csv
import io
from collections.abc import Sequence

from django.contrib.gis.geos import Point

from core.geo import MASTER_SRID
from validator import schema
from zones.models import Municipality

_COLUMNS = (
    "identifier", "name", "type", "status", "valence", "address", "act", "area", "x", "y", "crs",
    "notes",
)  # fmt: skip
_NOTE = "Riga inventata: sostituiscila con un tuo servizio"
_ROWS = (
    ("ES-01", "Biblioteca di esempio", "Biblioteche", "esistente", "comunale",
     "Piazza di esempio 1", "", "1200"),
    ("ES-02", "Museo di esempio", "Musei", "esistente", "intercomunale",
     "Via di esempio 2", "", "2600"),
    ("ES-03", "Teatro di esempio", "Teatri", "previsto", "intercomunale", "Via di esempio 3",
     "Delibera C.C. n. 1 del 10/01/2025", "1800"),
)  # fmt: skip
#: Metres between one made-up row and the next.
_STEP = 150


def as_csv(municipality: Municipality | None = None) -> str:
    """The example as CSV that opens right in Italian
    spreadsheets; placed inside the comune if given."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(schema.BY_NAME[name].label_it for name in _COLUMNS)
    for number, row in enumerate(_ROWS):
        writer.writerow([*row, *_place(municipality, number), _NOTE])
    return "\ufeff" + out.getvalue()


def _place(municipality: Municipality | None, number: int) -> Sequence[str]:
    if municipality is None or municipality.geometry is None:
        return "", "", ""
    inside: Point = municipality.geometry.point_on_surface
    return f"{inside.x + number * _STEP:.1f}", f"{inside.y:.1f}", str(MASTER_SRID)
