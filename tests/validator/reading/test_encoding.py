"""Encodings: what is certain is taken, what is not is weighed, and no letter is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from validator.reading import encoding

ITALIAN = "Città di Forlì, però più perché è così – “Carabinieri…” n° 3 €"


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_italian_texts_come_back_whole(codec):
    raw = (ITALIAN * 3).encode(codec)
    found = encoding.of_bytes(raw)
    assert raw.decode(found.name) == ITALIAN * 3


@pytest.mark.parametrize("codec", ["mac_roman", "cp850"])
def test_older_code_pages_are_told_from_windows_by_their_accents(codec):
    raw = "Città, università, però, perché, così, più, Là".encode(codec)
    assert encoding.of_bytes(raw).name == codec


def test_an_ellipsis_alone_is_windows_not_dos():
    assert encoding.of_bytes("Uffici PP.TT. Carabinieri…".encode("cp1252")).name == "cp1252"


def test_a_few_windows_bytes_in_a_utf8_file_are_read_as_letters():
    raw = ("però " * 30).encode() + "città".encode("cp1252")
    found = encoding.of_bytes(raw)
    assert (found.name, found.misfits) == ("utf-8", 1)
    assert raw.decode(found.name, errors=encoding.handler_for(found)).endswith("città")


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ("cittÃ ", "città "),
        ("Via PomÃ?Â¨ 21", "Via Pomè 21"),
        ("1Ã\x82Â° Maggio", "1° Maggio"),
        ("L. Artistico - ManzÃ\x83Â¹", "L. Artistico - Manzù"),
        ("Martiri Della LibertÃ", "Martiri Della Libertà"),
        ("LocalitÃ\x83  Famea", "Località Famea"),
        ("LibertÃ ", "Libertà"),
        ("perchÃ© â€“ cosÃ¬", "perché – così"),
        ("– Villa D'AlmÃ¨ »", "– Villa D'Almè »"),
    ],
)
def test_fil_08_a_better_reading_is_proposed(sent, meant):
    fixed = encoding.repair(sent)
    assert fixed is not None
    assert fixed.strip() == meant.strip()


@given(st.text(alphabet="abcàèéìòùÀÈ «»’“”–…°€ .,;'", max_size=60))
def test_fil_08_sound_italian_is_left_alone(text):
    assert encoding.repair(text) is None


@given(st.text(alphabet="abcdefàèéìòù °’", max_size=40))
def test_doubly_encoded_texts_come_back(text):
    twice = text.encode().decode("cp1252", errors="surrogateescape")
    if not any(ord(c) >= 0xDC80 for c in twice):
        assert (encoding.repair(twice) or twice) == text


@given(st.binary(max_size=300))
def test_any_bytes_decode_without_failing(raw):
    found = encoding.of_bytes(raw)
    raw.decode(found.name, errors=encoding.handler_for(found))


@pytest.mark.parametrize(
    ("label", "codec"),
    [
        ("1252", "cp1252"),
        ("ISO 88591", "cp1252"),
        ("ANSI 1252", "cp1252"),
        ("UTF-8", "utf-8"),
        ("system", None),
    ],
)
def test_names_of_encodings_as_gis_programs_write_them(label, codec):
    assert encoding.known(label) == codec
