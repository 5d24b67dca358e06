"""Numbers, dates, codes and words are understood as written; the text as sent is never lost."""

import datetime as dt

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from validator import schema
from validator.interpreting.values import mended_mojibake, number, parse


def parsed(field, *cells):
    return parse(pl.Series(list(cells)), schema.BY_NAME[field])


def value(field, cell):
    return parsed(field, cell).value[0]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("1.234,50", 1234.5),
        ("1234.5", 1234.5),
        ("1.234.567", 1234567.0),
        ("1,234.50", 1234.5),
        ("12 mq", 12.0),
        (" 4.063,00 ", 4063.0),
        ("1 234", 1234.0),
        ("abc", None),
        ("> 500", None),
    ],
)
def test_numbers_are_read_as_italians_and_machines_write_them(text, meant):
    assert value("area", text) == meant


def test_a_lone_dot_is_thousands_or_decimal_by_the_rest_of_the_column():
    assert parsed("area", "1.234", "5.678,5").value.to_list() == [1234.0, 5678.5]
    assert parsed("area", "1.234", "5.6").value.to_list() == [1.234, 5.6]
    assert parsed("area", "1.234", "5.678").value.to_list() == [1234.0, 5678.0]


def test_an_area_of_zero_is_unknown_and_told():
    found = parsed("area", 0.0, 12.5)
    assert found.value.to_list() == [None, 12.5]
    assert found.raw.to_list() == ["0", None]
    assert found.fix.to_list() == ["zero_unknown", None]


def test_what_is_not_understood_is_marked_and_kept_and_what_is_changed_is_listed():
    found = parsed("area", "1.234,50", "tanti", "-", "7")
    assert found.raw.to_list() == ["1.234,50", "tanti", "-", None]
    assert found.fix.to_list() == ["number", "failed", "blank", None]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("30/06/2025", dt.date(2025, 6, 30)),
        ("2025-06-30", dt.date(2025, 6, 30)),
        ("2025-06-30T10:00:00", dt.date(2025, 6, 30)),
        ("1/2/2020", dt.date(2020, 2, 1)),
        ("45000", dt.date(2023, 3, 15)),
        ("31/02/2024", None),
        ("ieri", None),
    ],
)
def test_dates_are_read_in_italian_iso_and_spreadsheet_form(text, meant):
    assert value("opening_date", text) == meant


@pytest.mark.parametrize(
    ("text", "code"),
    [("15146", "015146"), ("015146", "015146"), ("15.146", "015146"), ("F205", None)],
)
def test_istat_codes_get_their_lost_zero_back(text, code):
    assert value("istat", text) == code


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("IN ESERCIZIO", "esistente"),
        ("Previsto", "previsto"),
        ("in progetto", "previsto"),
        ("In costruzione", "in attuazione"),
        ("NON ATTIVO", "dismesso"),
        ("boh", None),
    ],
)
def test_status_words_are_brought_to_the_four(text, status):
    assert value("status", text) == status


def test_single_letters_are_a_status_only_where_all_cells_are_letters():
    assert parsed("status", "E", "P").value.to_list() == ["esistente", "previsto"]
    assert parsed("status", "E", "attivo").value.to_list() == [None, "esistente"]


def test_valence_words_are_brought_to_the_three():
    found = parsed("valence", "Sovracomunale", "METROPOLITANA", "di quartiere", "7")
    assert found.value.to_list() == ["intercomunale", "metropolitana", "comunale", None]


def test_coordinates_come_with_commas_or_in_degrees_minutes_and_seconds():
    assert value("x", "9,1076") == pytest.approx(9.1076)
    assert value("x", "9° 10' 12,6\"") == pytest.approx(9.170167, abs=1e-6)
    assert value("x", "1.513.946,325") == pytest.approx(1513946.325)


def test_double_decoding_is_proposed_not_made():
    texts = pl.Series(["LibertÃ ", "Libertà", "MontÃ¹", None])
    assert mended_mojibake(texts).to_list() == ["Libertà", None, "Montù", None]
    assert value("name", "MontÃ¹") == "MontÃ¹"


@given(
    st.lists(st.decimals(min_value=-(10**9), max_value=10**9, places=2), min_size=2, max_size=20)
)
def test_numbers_written_the_italian_way_come_back_the_same(numbers):
    texts = [f"{one:,.2f}".translate(str.maketrans(",.", ".,")) for one in numbers]
    assert number(pl.Series(texts)).to_list() == pytest.approx([float(one) for one in numbers])


@given(st.lists(st.floats(-1e9, 1e9).filter(lambda one: one == 0 or abs(one) > 1e-3), max_size=20))
def test_numbers_written_by_a_machine_come_back_the_same(numbers):
    read = number(pl.Series([repr(one) for one in numbers], dtype=pl.String), thousands_dot=False)
    assert read.to_list() == numbers


@given(st.dates(dt.date(1900, 1, 1), dt.date(2099, 12, 31)))
def test_dates_come_back_from_both_ways_of_writing(day):
    assert value("opening_date", day.isoformat()) == day
    assert value("opening_date", f"{day:%d/%m/%Y}") == day


def test_several_mail_addresses_in_one_cell_and_empty_markup_are_understood():
    mails = ["info@a.it, info@b.com", "a@b.it\nc@d.it", "a@b.it; c@d.it", "a@b.it c"]
    assert parsed("email", *mails).value.is_not_null().to_list() == [True, True, True, False]
    empty = parsed("url", "<p></p>", "<br/>&nbsp;", "<p>x</p>")
    assert empty.fix.cast(pl.String).to_list() == ["blank", "blank", "failed"]


def test_the_one_link_of_a_cell_written_as_a_web_page_is_its_address():
    linked = '<p><a target="_blank" href="http://www.comune.rho.mi.it"> qui </a></p>'
    two = '<a href="http://uno.it">a</a> <a href="http://due.it">b</a>'
    told = parsed("url", linked, two, '<a href="javascript:alert(1)">x</a>', "www.rho.it")
    assert told.value.to_list() == [
        "http://www.comune.rho.mi.it",
        None,
        None,
        "https://www.rho.it",
    ]
    assert told.fix.to_list() == ["url_scheme", "failed", "failed", "url_scheme"]
    assert told.raw.to_list()[0] == linked
