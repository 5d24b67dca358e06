"""Workbooks: every sheet with records, the header wherever it is, values as a person reads."""

import datetime as dt
import io
import time

import openpyxl
import pytest

from tests.validator.reading.conftest import zipped
from validator.reading.errors import Unreadable
from validator.reading.spreadsheet import Block, _fill_all, _header_bottom

ODS = """<?xml version="1.0"?><office:document-content
 xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>
 <table:table table:name="Servizi">{}</table:table>
 </office:spreadsheet></office:body></office:document-content>"""


@pytest.fixture
def read_book(read_text):
    def from_rows(*rows, merge=(), **sheets):
        book = openpyxl.Workbook()
        book.active.title = "Servizi"
        for row in rows:
            book.active.append(row)
        for block in merge:
            book.active.merge_cells(block)
        for name, more in sheets.items():
            sheet = book.create_sheet(name)
            for row in more:
                sheet.append(row)
        buffer = io.BytesIO()
        book.save(buffer)
        return read_text(buffer.getvalue(), "servizi.xlsx")

    return from_rows


def test_values_are_texts_as_a_person_reads_them(read_book):
    layer = read_book(
        ["ISTAT", "Posti", "Quota", "Data", "Aperto"],
        ["015146", 120.0, 0.1 + 0.2, dt.datetime(2025, 6, 30), True],
    ).layers[0]
    assert layer.frame.rows() == [("015146", "120", "0.3", "2025-06-30", "vero")]


def test_every_sheet_with_records_is_a_layer(read_book):
    result = read_book(["ID", "Nome"], ["1", "Città"], previsti=[["ID"], ["9"]], vuoto=[])
    assert [(layer.name, layer.rows) for layer in result.layers] == [
        ("Servizi", 1),
        ("previsti", 1),
    ]
    assert [(other.name, other.reason) for other in result.others] == [("vuoto", "empty")]


def test_a_title_above_the_header_is_stepped_over(read_book):
    layer = read_book(
        ["Comune di Rho - Piano dei Servizi", None, None],
        [None, None, None],
        ["ID", "Nome", "Tipo"],
        ["1", "Biblioteca", "Cultura"],
        merge=["A1:C1"],
    ).layers[0]
    assert layer.frame.columns == ["ID", "Nome", "Tipo"]
    assert layer.lines.to_list() == [4]
    assert [n.params["texts"] for n in layer.notes if n.code == "title-rows"]


def test_a_header_on_two_rows_with_merged_cells_becomes_one(read_book):
    layer = read_book(
        ["Nome", "Superficie", None],
        [None, "fondiaria", "coperta"],
        ["Biblioteca", 100, 50],
        merge=["A1:A2", "B1:C1"],
    ).layers[0]
    assert layer.frame.columns == ["Nome", "Superficie / fondiaria", "Superficie / coperta"]
    assert layer.rows == 1


def test_a_merged_value_holds_for_all_its_rows(read_book):
    layer = read_book(
        ["Tipo", "Nome"], ["Cultura", "Museo"], [None, "Teatro"], merge=["A2:A3"]
    ).layers[0]
    assert layer.frame["Tipo"].to_list() == ["Cultura", "Cultura"]


def test_a_header_of_many_steps_is_as_deep_as_they_reach():
    """Each block begins where the one before ends: read once, not once for each."""
    steps = [Block(row, 0, row + 1, 0) for row in range(60_000)]
    began = time.process_time()
    assert _header_bottom(0, steps[::-1]) == 60_000
    assert _header_bottom(3, [Block(0, 0, 9, 0), Block(3, 1, 4, 2), Block(5, 0, 6, 0)]) == 6
    assert time.process_time() - began < 5


def test_blocks_that_overlap_are_not_filled_without_end():
    rows = [[str(row), "Museo", "", ""] for row in range(1_000)]
    began = time.process_time()
    _fill_all(rows, [Block(0, 0, 1_000_000, 3)] * 60_000)
    assert rows[999] == ["0"] * 4
    assert time.process_time() - began < 5


def test_blank_rows_and_columns_are_left_out(read_book):
    layer = read_book(["ID", None, "Nome"], [None, None, None], ["1", None, "Museo"]).layers[0]
    assert layer.frame.columns == ["ID", "Nome"]
    assert layer.lines.to_list() == [3]


def test_an_ods_is_read(read_text):
    cell = "<table:table-cell office:value-type='string'><text:p>{}</text:p></table:table-cell>"
    row = "<table:table-row>{}</table:table-row>"
    rows = "".join(
        row.format("".join(cell.format(c) for c in r)) for r in (("ID", "Nome"), ("007", "Città"))
    )
    sent = zipped(
        {
            "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": ODS.format(rows).encode(),
            "META-INF/manifest.xml": b"<x/>",
        }
    )
    result = read_text(sent, "servizi.ods")
    assert (result.format, result.layers[0].frame.rows()) == ("ODS", [("007", "Città")])


def test_fil_02_a_sheet_with_a_cell_at_the_far_end_does_not_eat_the_machine(read_text):
    book = openpyxl.Workbook()
    book.active["A1"], book.active["A2"] = "ID", "1"
    book.active.cell(1_048_576, 16_384, "x")
    buffer = io.BytesIO()
    book.save(buffer)
    with pytest.raises(Unreadable) as refusal:
        read_text(buffer.getvalue(), "servizi.xlsx")
    assert refusal.value.code == "FIL-02"


def test_fil_01_a_workbook_without_content_is_refused(read_text):
    with pytest.raises(Unreadable) as refusal:
        read_text(zipped({"[Content_Types].xml": b"<x/>", "xl/workbook.xml": b"<x/>"}), "a.xlsx")
    assert refusal.value.code in ("FIL-01", "FIL-07")
