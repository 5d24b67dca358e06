"""The example deliveries of fixtures/consegne: good ones, and one to be mended, mistakes known.

Each file is what a comune could send; none is a comune's data, and the invented rows say so.
"""

import csv
import io
import json
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np
import openpyxl
import pyogrio
import pyproj
import shapely

from core.geo import GEOGRAPHIC_SRID, MASTER_SRID
from services.management.example_rows import ExampleRow, rows_of

MONTE_MARIO: Final = 3003
COLUMNS: Final = {
    "ID": "identifier",
    "COD_ISTAT": "istat",
    "CATEGORIA": "category",
    "TIPOLOGIA": "kind",
    "DENOMINAZ": "name",
    "INDIRIZZO": "address",
    "STATO": "status",
    "VALENZA": "valence",
    "SUP_FOND": "area",
    "ATTO": "act",
    "ANNO_PREVISTO": "year",
    "SITO_WEB": "url",
    "NOTE": "note",
}
#: A day for everything that would otherwise carry the day it was made.
DAY: Final = datetime(2026, 1, 15, tzinfo=UTC)


@dataclass(frozen=True)
class IntendedError:
    """One thing made wrong on purpose: the rule that must find it, the row (from 1), what."""

    code: str
    row: int
    what: str


@dataclass(frozen=True)
class Expected:
    """What the check must say of a file; `codes` are those that must be among the findings."""

    file: str
    municipality: str
    rows: int
    valid: bool
    codes: tuple[str, ...] = ()
    mistakes: tuple[IntendedError, ...] = ()


@dataclass(frozen=True)
class SampleDelivery:
    """One example: how it is written and what is expected of its check."""

    write: Callable[[Path, Sequence[ExampleRow]], None]
    rows: tuple[ExampleRow, ...]
    expected: Expected


def examples() -> list[SampleDelivery]:
    """All example deliveries, ready to be written."""
    sesto, legnano, rho = (
        tuple(rows_of(istat, prefix))
        for istat, prefix in (("015209", "SSG"), ("015118", "LEG"), ("015182", "RHO"))
    )
    wrong, mistakes = with_mistakes(legnano)
    return [
        _good(write_geopackage, sesto, "sesto_buona.gpkg", "015209"),
        _good(write_geopackage, updated(sesto), "sesto_aggiornamento.gpkg", "015209"),
        SampleDelivery(
            write_shapefile,
            wrong,
            Expected(
                "legnano_da_correggere.zip",
                "015118",
                len(wrong),
                valid=False,
                codes=tuple(sorted({"CRS-02", "STR-04", *(mistake.code for mistake in mistakes)})),
                mistakes=mistakes,
            ),
        ),
        _good(write_geojson, legnano, "legnano_buona.geojson", "015118", codes=("CRS-02",)),
        _good(write_csv, rho, "rho_virgola_decimale.csv", "015182"),
        _good(write_xlsx, rho, "rho_foglio.xlsx", "015182", codes=("ATT-06", "CRS-02")),
    ]


def write_all(folder: Path) -> list[Expected]:
    """Write every example and `attesi.json` beside them."""
    folder.mkdir(parents=True, exist_ok=True)
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": f"{DAY:%Y-%m-%dT00:00:00.000Z}"})
    done = []
    for example in examples():
        path = folder / example.expected.file
        path.unlink(missing_ok=True)
        example.write(path, example.rows)
        done.append(example.expected)
    errors = [asdict(expected) for expected in done]
    text = json.dumps(errors, ensure_ascii=False, indent=1)
    (folder / "attesi.json").write_text(text + "\n", encoding="utf-8")
    return done


def _good(
    write: Callable[[Path, Sequence[ExampleRow]], None],
    rows: tuple[ExampleRow, ...],
    file: str,
    municipality: str,
    *,
    codes: tuple[str, ...] = (),
) -> SampleDelivery:
    return SampleDelivery(
        write, rows, Expected(file, municipality, len(rows), valid=True, codes=codes)
    )


def updated(rows: Sequence[ExampleRow]) -> tuple[ExampleRow, ...]:
    """The comune a year later: one moved, one renamed, one reclassified, one gone, one new."""
    first, second, third, *rest = rows
    last = rest[-1]
    new = replace(
        last,
        identifier=last.identifier[:4] + "900",
        name="Palazzetto Martin Pescatore (esempio)",
        category="SPORT E TEMPO LIBERO",
        kind="PALAZZETTO DELLO SPORT",
        y=last.y + 200,
    )
    return (
        replace(first, x=first.x + 40, y=first.y + 15),
        replace(second, name=f"{second.name} - sede ristrutturata (esempio)"),
        third,
        *rest[:-2],
        replace(rest[-2], kind="GIARDINO DI QUARTIERE", valence="comunale"),
        new,
    )


def with_mistakes(
    rows: Sequence[ExampleRow],
) -> tuple[tuple[ExampleRow, ...], tuple[IntendedError, ...]]:
    """The rows with one mistake each in several families, and what was made wrong where."""
    wrong = list(rows)
    changes: dict[str, tuple[int, dict[str, Any]]] = {
        "UNI-01": (3, {"identifier": rows[2].identifier}),
        "GEO-01": (4, {"without_geometry": True}),
        "ATT-05": (1, {"istat": "015146"}),
        "ATT-07": (5, {"status": "chissà"}),
        "ATT-10": (6, {"valence": "planetaria"}),
        "GEO-07": (7, {"x": rows[7].x + 9_000}),
        "ATT-11": (8, {"name": "-"}),
        "ATT-14": (9, {"url": "vedi sito"}),
        "ATT-08": (10, {"status": "previsto", "act": "", "year": ""}),
        "ATT-02": (16, {"area": "circa mille"}),
        "GEO-04": (17, {"shape": bow_tie(rows[17])}),
    }
    errors = []
    for code, (index, change) in changes.items():
        wrong[index] = replace(wrong[index], **change)
        errors.append(IntendedError(code, index + 1, ", ".join(change)))
    wrong.append(replace(rows[-1], identifier="LEG-D01"))
    errors.append(
        IntendedError("UNI-02", len(wrong), f"lo stesso servizio della riga {len(rows)}")
    )
    return tuple(wrong), tuple(errors)


def bow_tie(row: ExampleRow) -> shapely.Geometry:
    """The row's square with an outline that crosses itself."""
    west, south, half = row.x - row.side / 2, row.y - row.side / 2, row.side
    return shapely.Polygon(
        [(west, south), (west + half, south + half), (west + half, south), (west, south + half)]
    )


def write_geopackage(path: Path, rows: Sequence[ExampleRow]) -> None:
    """Two layers in EPSG:32632: buildings as points, green and sport as areas."""
    areas = {"VERDE PUBBLICO", "SPORT E TEMPO LIBERO"}
    drawn = [row for row in rows if row.category in areas]
    placed = [row for row in rows if row.category not in areas]
    _write(path, placed, "servizi_puntuali", shapes=[row.point() for row in placed])
    _write(path, drawn, "servizi_areali", shapes=[row.polygon() for row in drawn])


def write_shapefile(path: Path, rows: Sequence[ExampleRow]) -> None:
    """As it often arrives: zipped two folders deep, CP1252 without .cpg, EPSG:3003, all areas."""
    with TemporaryDirectory() as folder:
        shp = Path(folder) / "PdS_servizi.shp"
        shapes = [_to(row.polygon(), MONTE_MARIO) for row in rows]
        _write(
            shp,
            rows,
            "PdS_servizi",
            shapes=shapes,
            crs=MONTE_MARIO,
            encoding="CP1252",
            longest_name=10,
        )
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for part in sorted(Path(folder).glob("PdS_servizi.*")):
                if part.suffix != ".cpg":
                    name = f"Consegna PGT (esempio)/Piano dei Servizi/{part.name}"
                    archive.writestr(zipfile.ZipInfo(name, DAY.timetuple()[:6]), part.read_bytes())


def write_geojson(path: Path, rows: Sequence[ExampleRow]) -> None:
    """RFC 7946: longitude and latitude, UTF-8."""
    features = [
        {
            "type": "Feature",
            "properties": _cells(row),
            "geometry": json.loads(shapely.to_geojson(_to(row.point(), GEOGRAPHIC_SRID, 6))),
        }
        for row in rows
    ]
    collection = {"type": "FeatureCollection", "features": features}
    path.write_text(json.dumps(collection, ensure_ascii=False, indent=1), encoding="utf-8")


def write_csv(path: Path, rows: Sequence[ExampleRow]) -> None:
    """As an Italian spreadsheet saves it: semicolons, decimal commas, CP1252, CRLF, EPSG:32632."""
    text = io.StringIO()
    lines = csv.writer(text, delimiter=";", lineterminator="\r\n")
    lines.writerow([*COLUMNS, "COORD_X", "COORD_Y"])
    for row in rows:
        coordinates = [f"{value + 0.25:.2f}".replace(".", ",") for value in (row.x, row.y)]
        cells = _cells(row)
        cells["SUP_FOND"] = f"{float(row.area):,.2f}".translate(_ITALIAN) if row.area else ""
        lines.writerow([*cells.values(), *coordinates])
    path.write_bytes(text.getvalue().encode("cp1252"))


def write_xlsx(path: Path, rows: Sequence[ExampleRow]) -> None:
    """A workbook with longitude and latitude; the ISTAT code, a number, lost its leading zero."""
    book = openpyxl.Workbook()
    book.properties.created = book.properties.modified = DAY.replace(tzinfo=None)
    sheet: Any = book.active
    sheet.title = "Servizi"
    sheet.append([*COLUMNS, "LON", "LAT"])
    for row in rows:
        place = _to(row.point(), GEOGRAPHIC_SRID, 6)
        cells: dict[str, Any] = {name: text or None for name, text in _cells(row).items()}
        if row.area:
            cells["SUP_FOND"] = float(row.area)
        cells["COD_ISTAT"] = int(row.istat)
        sheet.append([*cells.values(), shapely.get_x(place), shapely.get_y(place)])
    book.save(path)


_ITALIAN: Final = str.maketrans(",.", ".,")


def _cells(row: ExampleRow) -> dict[str, str]:
    return {column: getattr(row, name) for column, name in COLUMNS.items()}


def _to(shape: shapely.Geometry | None, srid: int, digits: int = 2) -> shapely.Geometry | None:
    """The shape in another reference system, rounded."""
    project = pyproj.Transformer.from_crs(MASTER_SRID, srid, always_xy=True).transform
    if shape is None:
        return None
    return shapely.transform(
        shape, lambda xy: np.round(np.column_stack(project(xy[:, 0], xy[:, 1])), digits)
    )


def _write(
    path: Path,
    rows: Sequence[ExampleRow],
    layer: str,
    *,
    shapes: Sequence[shapely.Geometry | None],
    crs: int = MASTER_SRID,
    encoding: str = "UTF-8",
    longest_name: int = 60,
) -> None:
    cells = [_cells(row) for row in rows]
    kind = next(shape for shape in shapes if shape is not None).geom_type
    pyogrio.raw.write(
        path,
        geometry=shapely.to_wkb(np.array(shapes, dtype=object)),
        field_data=[np.array([cell[name] for cell in cells], dtype=object) for name in COLUMNS],
        fields=[name[:longest_name] for name in COLUMNS],
        layer=layer,
        geometry_type=kind,
        crs=f"EPSG:{crs}",
        encoding=encoding,
    )
