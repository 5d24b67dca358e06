"""Every real file ends in layers or in a refusal in words, quickly, leaving nothing behind."""

import time
from dataclasses import dataclass
from pathlib import Path

import pytest
import shapely

from tests.real_files import SHARED_DATA
from validator.confined import client
from validator.reading.errors import Unreadable

pytestmark = pytest.mark.real_data

FOLDERS = ("ostici", "piani", "servizi")
FILES = [p for f in FOLDERS for p in sorted((SHARED_DATA / f).glob("*")) if p.name != "README.md"]
# What must come of the awkward files: rows in all layers together, or the rule that refuses.
AWKWARD: dict[str, int | str] = {
    "bomba_200MB.zip": "FIL-03",
    "csv_blank-headers.csv": 2,
    "csv_bom.csv": 2,
    "csv_doublequote.csv": 5,
    "csv_duplicate-headers.csv": 2,
    "csv_latin1_con_geometria.csv": 111,
    "csv_utf16_le_bom.csv": 1,
    "dbf_campi_duplicati.zip": 5,
    "dbf_latin1_acte_sup.dbf": 65,
    "geojson_anelli_non_validi.json": 1,
    "geojson_anello_aperto.json": 1,
    "geojson_coordinate_metriche_senza_crs.geojson": 1,
    "geojson_ex10_bowtie.json": 1,
    "geojson_ex11_ogc.json": 1,
    "geojson_ex22_three_ia_precincts.json": 3,
    "geojson_null_geometry.json": 6,
    "gpkg_curve.gpkg": 1,
    "gpkg_data_only_tables.gpkg": 11,
    "gpkg_line_zm.gpkg": 1,
    "gpkg_mixed_crs.gpkg": 2,
    "gpkg_null_crs_gdal.gpkg": 1,
    "gpkg_test_gpkg_nulls.gpkg": 4,
    "impianti_sportivi_virgole_finali.geojson": 525,
    "plu_shp_latin1_prescription.zip": 59,
    "plui_zone_urba.zip": 222,
    "pprt.gpkg": 38,
    "rsa_coordinate_testo.geojson": 58,
    "shp_codepage.zip": 2,
    "shp_coordinate_non_valide.zip": 1,
    "shp_cpg_utf16.zip": "FIL-07",
    "shp_dati_corrotti.zip": 8,
    "shp_latin1_senza_cpg.zip": 1,
    "shp_linea_lunghezza_zero.zip": 3,
    "shp_multipointz.zip": 1,
    "shp_prj_html.zip": 2,
    "shp_senza_dbf.zip": "FIL-04",
    "shp_senza_prj_2249.zip": 73,
    "shp_solo_shp_senza_dbf.zip": "FIL-04",
    "shp_stazioni_mac.zip": 361,
    "test_fgdb.gdb.zip": "FIL-01",
    "tpl_metro_sequenza_senza_geometria.geojson": 790,
    "xlsx_issue-1024.xlsx": 48,
    "xlsx_merged-cells.xlsx": "FIL-07",
    "xlsx_multiline-headers.xlsx": 1,
    "xlsx_preserve-formatting.xlsx": 1,
    "zip_in_zip.zip": "FIL-03",
    "zip_maiuscole_miste.zip": 40,
    "zip_rotto.zip": 40,
    "zip_slip.zip": "FIL-03",
}


@pytest.fixture(autouse=True)
def _real(shared_data: Path) -> None:
    """Skips with a word where the real files are absent."""


@dataclass(frozen=True)
class Outcome:
    """What came of a file: rows or the refusing rule, a line for the table, and each layer whose
    geometries are not as many as its rows, or do not load."""

    told: int | str
    line: str
    seconds: float
    lost: tuple[str, ...] = ()


@pytest.fixture(scope="module")
def outcomes(shared_data: Path, reader) -> dict[str, Outcome]:
    """Every file read once, by name."""
    found = {path.name: outcome(path, reader) for path in FILES}
    assert reader.settle() == []
    return found


def outcome(path: Path, reader) -> Outcome:
    begun = time.monotonic()
    try:
        result = client.read(path, name=path.name, socket_path=reader.socket)
    except Unreadable as refusal:
        why = refusal.params.get("reason") or refusal.params.get("missing") or ""
        seconds = time.monotonic() - begun
        return Outcome(refusal.code, f"{path.name} | {refusal.code} {why}", seconds)
    seconds = time.monotonic() - begun
    shown = "; ".join(
        f"{layer.name} {layer.rows}×{layer.frame.width}"
        f" EPSG:{layer.declared_crs} {layer.encoding}"
        f" [{' '.join(note.code for note in layer.notes)}]"
        for layer in result.layers[:4]
    )
    lost = tuple(
        layer.name for layer in result.layers if geometries(layer) not in (None, layer.rows)
    )
    line = f"{path.name} | {result.format}: {shown} | {seconds:.2f} s"
    return Outcome(sum(layer.rows for layer in result.layers), line, seconds, lost)


def geometries(layer) -> int | None:
    """How many load; None of a layer without."""
    return None if layer.wkb is None else len(shapely.from_wkb(layer.wkb.to_numpy()))


def test_all_of_them_end_in_words_or_rows(outcomes):
    """Prints the table of file → outcome (`-s`)."""
    assert {p.name for p in FILES if p.parent.name == "ostici"} == set(AWKWARD)
    print("\n".join(one.line for one in outcomes.values()))
    told = {name: one.told for name, one in outcomes.items()}
    assert told == {**told, **AWKWARD}
    assert {name: one.seconds for name, one in outcomes.items() if one.seconds >= 30} == {}


def test_every_geometry_that_was_read_loads(outcomes):
    assert {name: one.lost for name, one in outcomes.items() if one.lost} == {}


def texts(layer) -> str:
    return " ".join(
        text for column in layer.frame.iter_columns() for text in column.cast(str).drop_nulls()
    )


def test_sesto_two_shapefiles_in_folders_windows_texts_gauss_boaga(read, shared_data):
    result = read(shared_data / "piani" / "pds_costruito_sesto_san_giovanni.zip")
    assert [(layer.name, layer.rows) for layer in result.layers] == [
        ("servizi_esistenti", 84),
        ("servizi_previsti", 3),
    ]
    assert {layer.declared_crs for layer in result.layers} == {3003}
    assert result.layers[0].encoding == "cp1252"
    assert "�" not in texts(result.layers[0])
    assert result.others == ()


def test_legnano_two_layers_with_blanks_and_accents_in_their_names(read, shared_data):
    result = read(shared_data / "piani" / "pds_costruito_legnano.gpkg")
    assert [(layer.name, layer.rows, layer.declared_crs) for layer in result.layers] == [
        ("PdS - servizi esistenti", 38, 32632),
        ("PdS - servizi in attuazione e novità", 3, 32632),
    ]


def test_rho_windows_semicolons_decimal_commas(read, shared_data):
    layer = read(shared_data / "piani" / "pds_costruito_rho.csv").layers[0]
    assert (layer.rows, layer.encoding) == (45, "cp1252")
    raw = (shared_data / "piani" / "pds_costruito_rho.csv").read_bytes().decode("cp1252")
    assert all(char in texts(layer) for char in {c for c in raw if ord(c) > 127})
    fil_09 = next(note for note in layer.notes if note.code == "FIL-09")
    assert (fil_09.params["sep"], fil_09.params["dec"]) == (";", ",")


def test_palermo_as_a_comune_would_send_it_keeps_the_ellipsis(read, shared_data):
    layer = read(shared_data / "piani" / "palermo_zone_IC_epsg3004_cp1252.zip").layers[0]
    assert (layer.rows, layer.declared_crs) == (229, 3004)
    assert "Carabinieri…" in texts(layer)


def test_an_empty_regional_template_is_no_delivery(read, shared_data):
    with pytest.raises(Unreadable) as refusal:
        read(shared_data / "piani" / "piemonte_usc_modello_vuoto.zip")
    assert (refusal.value.code, refusal.value.params["n"]) == ("FIL-07", 110)
