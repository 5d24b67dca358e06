"""Any text that a table can hold comes back from every format letter by letter.

What a format itself cannot keep is named where it
is written (`MEANT`): the readers lose nothing more.
"""

import csv
import io
import json
import re
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from xml.sax.saxutils import escape

import numpy as np
import openpyxl
import pyogrio.raw
import pytest
import shapely
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from deliveries.writers import harmless
from validator.confined import client
from validator.reading import encoding

AWKWARD = [
    "Città «Forlì» – n° 3", "👩‍👩‍👧 🏛", "e\u0301 combinato", "מרחבא عربي", "dice \"ciao\" e 'poi'",
    "riga\ndue", "a;b,c\td|e", "'apice", "=1+1", "x" * 3000, "\\u0000 \\n", "a\u2028b", "_x0041_",
    "&amp; <b> ]]>", "0012", "1e5", "1.10", "true", "2020-01-01", "null", "Ã¨ vera", "\u200fRLM",
    '"', '""', "\\", '{"a": 1}', "[1,2]", "\ufffd?", "12½ ®", "-", "\u00a0duro\u00a0",
    "fuori \U0001d8d8 \U0001f400", "r\rt",
]  # fmt: skip
#: Control characters are no text of a service; a lone half of a pair is no character at all.
LETTERS = st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff")
TEXTS = st.lists(
    st.sampled_from(AWKWARD) | st.text(LETTERS | st.sampled_from("\n;,\t|\"'\\ "), max_size=30),
    min_size=1, max_size=6,
)  # fmt: skip
SOME = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture
def names_of(server, tmp_path) -> Callable[[Path], list[str | None]]:
    """The column NOME of a file as the reader gives it."""

    def read(path: Path) -> list[str | None]:
        layer = client.read(path, name=path.name, socket_path=server.socket).layers[0]
        # A format without a header does not know of a column that is empty everywhere.
        known = "NOME" in layer.frame.columns
        return layer.frame["NOME"].to_list() if known else [None] * layer.rows

    return read


def as_csv(texts: list[str], codec: str, separator: str = ";") -> bytes:
    out = io.StringIO(newline="")
    table = csv.writer(out, delimiter=separator)
    table.writerow(["ID", "NOME", "ALTRO"])
    table.writerows([f"A{n}", text, "fine"] for n, text in enumerate(texts))
    return out.getvalue().encode(codec)


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16"])
@SOME
@given(texts=TEXTS, separator=st.sampled_from(";,\t"))
@example(texts=AWKWARD, separator=";")
def test_a_text_file_in_unicode(names_of, tmp_path, codec, texts, separator):
    path = tmp_path / "servizi.csv"
    path.write_bytes(as_csv(texts, codec, separator))
    assert names_of(path) == [text or None for text in texts]


#: What Italian offices write in Windows' own encoding, beside plain letters.
WINDOWS = "àèéìòùÀÈÉÌÒÙ°’“”–…€«»§®½\u00a0ëüç™•"


@SOME
@given(texts=st.lists(st.text(WINDOWS + "abc d", min_size=1, max_size=20), min_size=1, max_size=6))
@example(texts=["art. 9 § 3"])
@example(texts=["via Roma 12½"])
@example(texts=["Marchio® e Nome™"])
@example(texts=["Scuola\u00a0media"])
@example(texts=["Chloë"])
def test_a_text_file_as_windows_writes_it(names_of, tmp_path, texts):
    path = tmp_path / "servizi.csv"
    raw = as_csv(texts, "cp1252")
    path.write_bytes(raw)
    if encoding.of_bytes(raw).name == "cp1252":
        assert names_of(path) == texts
    else:
        # A few bytes alone may be sound UTF-8, or the accents of an older table.
        assert all(text is None or "\ufffd" not in text for text in names_of(path))


@pytest.mark.parametrize("char", [c for c in WINDOWS if c not in "àèéìòùÀÈÉÌÒÙ"])
def test_one_sign_among_plain_letters_is_windows(char):
    raw = f"ID;NOME\n1;Scuola {char} media".encode("cp1252")
    assert encoding.of_bytes(raw).name == "cp1252"


def write_gdal(path: Path, texts: list[str], driver: str, **options) -> None:
    points = shapely.points([(514_000.0 + n, 5_034_000.0) for n in range(len(texts))])
    path.unlink(missing_ok=True)
    pyogrio.raw.write(
        path, geometry=shapely.to_wkb(points), field_data=[np.array(texts, dtype=object)],
        fields=np.array(["NOME"]), geometry_type="Point", crs="EPSG:32632", driver=driver,
        **options,
    )  # fmt: skip


def write_geojson(path: Path, texts: list[str], *, ascii_only: bool) -> None:
    place = {"type": "Point", "coordinates": [9.2, 45.5]}
    rows = [{"type": "Feature", "properties": {"NOME": t}, "geometry": place} for t in texts]
    told = {"type": "FeatureCollection", "features": rows}
    path.write_text(json.dumps(told, ensure_ascii=ascii_only), encoding="utf-8")


KML = (
    "<Placemark><ExtendedData><Data name='NOME'><value>{}</value></Data></ExtendedData>"
    "<Point><coordinates>9.2,45.5</coordinates></Point></Placemark>"
)


def write_kml(path: Path, texts: list[str]) -> None:
    body = "".join(KML.format(escape(text)) for text in texts)
    space = "http://www.opengis.net/kml/2.2"
    path.write_text(f"<kml xmlns='{space}'><Document>{body}</Document></kml>", encoding="utf-8")


def write_xlsx(path: Path, texts: list[str]) -> None:
    """As the portal writes its own sheets."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("servizi")
    sheet.append(["ID", "NOME", "ALTRO"])
    for n, text in enumerate(texts):
        sheet.append([f"A{n}", harmless(text), "fine"])
    book.save(path)


ODS_MANIFEST = (
    '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
)
ODS_HEAD = (
    '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
    ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2">'
    '<office:body><office:spreadsheet><table:table table:name="servizi">'
)
ODS_TAIL = "</table:table></office:spreadsheet></office:body></office:document-content>"


def ods_cell(text: str) -> str:
    """Lines are paragraphs and blanks that follow one another are counted, as the format asks."""
    lines = []
    for line in one_newline(text).split("\n"):
        marked = re.sub(" +", lambda m: f'<text:s text:c="{len(m[0])}"/>', escape(line))
        lines.append("<text:p>" + marked.replace("\t", "<text:tab/>") + "</text:p>")
    return '<table:table-cell office:value-type="string">' + "".join(lines) + "</table:table-cell>"


def write_ods(path: Path, texts: list[str]) -> None:
    rows = [["ID", "NOME", "ALTRO"], *([f"A{n}", t, "fine"] for n, t in enumerate(texts))]
    body = "".join(
        "<table:table-row>" + "".join(map(ods_cell, row)) + "</table:table-row>" for row in rows
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", ODS_MANIFEST)
        archive.writestr("content.xml", ODS_HEAD + body + ODS_TAIL)


def dbf(cells: list[bytes], *, language: int = 0x57, width: int = 254) -> bytes:
    """A .dbf of one column of texts; `language` is the header's mark of the encoding."""
    field = b"NOME".ljust(11, b"\0") + b"C" + bytes(4) + bytes([width, 0]) + bytes(14)
    head = struct.pack("<4BIHH16xBBxx", 3, 24, 1, 1, len(cells), 65, 1 + width, 0, language)
    return head + field + b"\r" + b"".join(b" " + c.ljust(width) for c in cells) + b"\x1a"


def trimmed(text: str) -> str | None:
    return text.strip(" ") or None


def one_newline(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def without_lead(text: str) -> str | None:
    # GDAL skips the blanks that open an element, as an indented GML has them.
    return text.lstrip(" \t\n") or None


WRITERS: dict[str, Callable[[Path, list[str]], None]] = {
    "gpkg": lambda path, texts: write_gdal(path, texts, "GPKG"),
    "fgb": lambda path, texts: write_gdal(path, texts, "FlatGeobuf", SPATIAL_INDEX="NO"),
    "gml": lambda path, texts: write_gdal(path, texts, "GML"),
    "kml": write_kml,
    "geojson": lambda path, texts: write_geojson(path, texts, ascii_only=len(texts) % 2 == 0),
    "xlsx": write_xlsx,
    "ods": write_ods,
}
#: XML knows one end of line only.
MEANT: dict[str, Callable[[str], str | None]] = {
    "gml": lambda text: without_lead(one_newline(text)), "kml": one_newline,
    # The library of spreadsheets passes over a tabulation inside a cell of ODS.
    "ods": lambda text: one_newline(text).replace("\t", ""),
}  # fmt: skip


@pytest.mark.parametrize("suffix", ["gml", "kml", "geojson", "xlsx", "ods", "gpkg", "fgb"])
@pytest.mark.parametrize("code", ["007", "1e5", "1.10", "20250630", "true", "+39"])
def test_a_code_in_a_column_of_its_own_is_no_number(names_of, tmp_path, suffix, code):
    path = tmp_path / f"servizi.{suffix}"
    WRITERS[suffix](path, [code, code])
    assert names_of(path) == [code, code]


@pytest.mark.parametrize("suffix", WRITERS)
@SOME
@given(texts=TEXTS)
@example(texts=AWKWARD)
def test_a_file_of_each_format(names_of, tmp_path, suffix, texts):
    path = tmp_path / f"servizi.{suffix}"
    WRITERS[suffix](path, texts)
    meant = MEANT.get(suffix, lambda text: text)
    got = names_of(path)
    assert [text or None for text in got] == [meant(text) or None for text in texts]


@SOME
@given(texts=st.lists(st.text(WINDOWS + "abc def'\"=", max_size=20), min_size=1, max_size=6))
def test_the_table_of_a_shapefile_as_windows_writes_it(names_of, tmp_path, texts):
    path = tmp_path / "servizi.dbf"
    path.write_bytes(dbf([text.encode("cp1252") for text in texts]))
    raw = "\n".join(texts).encode("cp1252")
    if any(byte > 127 for byte in raw) and encoding.of_unmarked(raw).name == "utf-8":
        return
    assert [text or None for text in names_of(path)] == [trimmed(text) for text in texts]


@SOME
@given(texts=st.lists(st.text(LETTERS, max_size=15), min_size=1, max_size=6))
@example(texts=[text for text in AWKWARD if len(text.encode()) <= 254])
def test_the_table_of_a_shapefile_in_utf_8(names_of, tmp_path, texts):
    path = tmp_path / "servizi.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("servizi.dbf", dbf([text.encode() for text in texts], language=0))
        archive.writestr("servizi.cpg", "UTF-8")
    assert [text or None for text in names_of(path)] == [trimmed(text) for text in texts]


UNDEFINED = b"Citt\xe0 \x81 \x9d bella"


@pytest.mark.parametrize("name", ["servizi.csv", "servizi.dbf"])
def test_a_byte_that_windows_does_not_define_is_kept_and_told(server, tmp_path, name):
    path = tmp_path / name
    path.write_bytes(
        dbf([UNDEFINED]) if path.suffix == ".dbf" else b"ID;NOME\n1;" + UNDEFINED + b"\n"
    )
    layer = client.read(path, name=name, socket_path=server.socket).layers[0]
    assert layer.frame["NOME"].to_list() == ["Città \x81 \x9d bella"]
    told = {note.code: note.params for note in layer.notes}
    assert (told["FIL-08"]["n"], told["FIL-08"]["columns"]) == (1, ["NOME"])
