"""Delimited texts: every value stays the text it was; what is irregular is told with its row."""

import csv
import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from validator.reading.errors import Unreadable
from validator.reading.formats import delimited


def notes(layer):
    return {note.code: dict(note.params) for note in layer.notes}


def test_fil_09_semicolons_decimal_commas_and_leading_zeros_are_kept(read_text):
    text = "ISTAT;NOME;X\r\n015146;Biblioteca «Sormani»;514000,5\r\n015209;Città;514001,25\r\n"
    layer = read_text(text.encode("cp1252")).layers[0]
    assert layer.frame.rows() == [
        ("015146", "Biblioteca «Sormani»", "514000,5"),
        ("015209", "Città", "514001,25"),
    ]
    assert notes(layer)["FIL-09"] == {"sep": ";", "dec": ",", "quote": '"'}
    assert (layer.encoding, layer.encoding_origin) == ("cp1252", "guess")
    assert layer.lines.to_list() == [2, 3]


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
def test_every_separator_is_recognised(read_text, separator):
    rows = [["ID", "NOME", "NOTE"], ["1", "Museo, civico; grande", "a|b"], ["2", "Teatro", ""]]
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=separator).writerows(rows)
    layer = read_text(buffer.getvalue()).layers[0]
    assert layer.frame.columns == rows[0]
    assert layer.frame["NOME"][0] == "Museo, civico; grande"
    assert layer.frame["NOTE"][1] is None


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "utf-16-le"])
def test_marks_and_utf16_are_understood(read_text, codec):
    layer = read_text("ID\tNOME\n1\tCittà\n2\tForlì\n".encode(codec), "unicode.txt").layers[0]
    assert layer.frame.columns == ["ID", "NOME"]
    assert layer.frame["NOME"].to_list() == ["Città", "Forlì"]


def test_fil_10_ragged_rows_are_told_with_their_numbers(read_text):
    layer = read_text("A;B;C\n1;2;3\n4;5\n6;7;8;9\n10;11;12;\n").layers[0]
    told = notes(layer)["FIL-10"]
    assert (told["rows"], told["found"], told["expected"]) == ([2, 3], [2, 4], 3)
    assert layer.rows == 4


def test_str_03_repeated_and_blank_headers_are_told_and_made_unique(read_text):
    layer = read_text("id;Nome;;nome ;id\n1;a;b;c;d\n").layers[0]
    assert layer.frame.columns == ["id", "Nome", "colonna_3", "nome", "id_2"]
    codes = [(n.code, n.params.get("column"), n.params.get("n")) for n in layer.notes]
    assert ("STR-03", "id", 2) in codes
    assert ("STR-03", "Nome", 2) in codes
    assert ("blank-headers", None, 1) in codes


def test_a_title_above_the_table_is_stepped_over(read_text):
    layer = read_text(
        "Comune di Rho - Piano dei Servizi;;\n;;\nID;NOME;TIPO\n1;a;b\n2;c;d\n"
    ).layers[0]
    assert layer.frame.columns == ["ID", "NOME", "TIPO"]
    assert layer.lines.to_list() == [4, 5]


def test_a_table_without_header_gets_names_and_loses_no_row(read_text):
    layer = read_text("1;45,5;9,1\n2;45,6;9,2\n").layers[0]
    assert layer.rows == 2
    assert "no-header" in notes(layer)


def test_a_quote_that_never_closes_does_not_swallow_the_rest(read_text):
    rows = "".join(f"{i};Scuola {i};via Roma\n" for i in range(60_000))
    layer = read_text('ID;NOME;VIA\n0;"Scuola;via\n' + rows).layers[0]
    assert "quotes-unbalanced" in notes(layer)
    assert layer.rows == 60_001


def test_the_chosen_encoding_and_separator_win(read_text):
    layer = read_text("A|B\nè|1\n".encode("cp850"), encoding="cp850", separator="|").layers[0]
    assert layer.frame.rows() == [("è", "1")]
    assert layer.encoding_origin == "given"


def test_fil_07_only_a_header_is_no_delivery(read_text):
    with pytest.raises(Unreadable) as refusal:
        read_text("ID;NOME\n")
    assert refusal.value.code == "FIL-07"


def test_fil_02_too_many_columns_are_refused_in_words(read_text):
    with pytest.raises(Unreadable) as refusal:
        read_text(";".join(f"c{i}" for i in range(600)) + "\n" + ";".join("x" * 600) + "\n")
    assert (refusal.value.code, refusal.value.params["unit"]) == ("FIL-02", "columns")


CELL = st.text(alphabet="abcàè 0123,;\t|.'\"\n", max_size=12)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(CELL, CELL, CELL), min_size=3, max_size=12))
def test_the_separator_is_found_whatever_the_cells_hold(rows):
    """Prove that a properly quoted file of three columns is never cut at another separator."""
    for separator in delimited.SEPARATORS:
        buffer = io.StringIO()
        writer = csv.writer(buffer, delimiter=separator, quoting=csv.QUOTE_ALL)
        writer.writerows([("ID", "NOME", "NOTE"), *rows])
        assert delimited.sniff(buffer.getvalue()).separator == separator


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.binary(max_size=400))
def test_any_bytes_named_csv_end_in_a_table_or_a_refusal(read_text, raw):
    try:
        result = read_text(raw, "x.csv")
    except Unreadable as refusal:
        assert refusal.code.startswith("FIL-")
    else:
        assert result.layers[0].rows


@pytest.mark.parametrize(
    ("cell", "meant"),
    [
        ('"Scuola "Maggio" di Rho"', 'Scuola "Maggio" di Rho'),
        # Which of the last two closes nobody can tell: all of them stay.
        ('"R.S.A. "CITTA\' DI TIRANO""', '"R.S.A. "CITTA\' DI TIRANO""'),
        ('"Rho" (ex "Bollate")', '"Rho" (ex "Bollate")'),
        ('"A" e "B"', 'A" e "B'),
        ('12" tubo', '12" tubo'),
        ('"doppie ""vere"" qui"', 'doppie "vere" qui'),
        ('"due ""vere"" e una "falsa" qui"', 'due "vere" e una "falsa" qui'),
    ],
)
def test_quotes_inside_a_quoted_cell_are_not_dropped(read_text, cell, meant):
    layer = read_text(f'ID;NOME;ALTRO\n1;{cell};fine\n2;"riga\ndue";fine\n').layers[0]
    assert layer.frame["ALTRO"].to_list() == ["fine", "fine"]
    assert layer.frame["NOME"][1] == "riga\ndue"
    assert layer.frame["NOME"][0] == meant


def test_that_quotes_were_kept_as_letters_is_told(read_text):
    layer = read_text('ID;NOME\n1;"Scuola "Maggio" qui"\n2;"sana"\n').layers[0]
    assert [dict(n.params) for n in layer.notes if n.code == "quotes-inside"] == [{"n": 1}]


def test_fil_10_tells_every_ragged_row_however_many(read_text):
    layer = read_text("A;B;C\n" + "1;2;3\n" * 300 + "4;5\n" * 1200).layers[0]
    assert notes(layer)["FIL-10"]["rows"] == list(range(301, 1501))
