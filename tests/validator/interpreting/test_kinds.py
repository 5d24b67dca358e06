"""Types are recognised as planners write them; what could be wrong is left to people."""

import polars as pl
import pytest

from validator.interpreting.kinds import recognise

SURE = {
    "Bibl. com.": "biblioteche",
    "BIBLIOTECHE": "biblioteche",
    "Scuola sec. II gr.": "scuole-secondarie-ii-grado",
    "SCUOLA SECONDARIA DI SECONDO GRADO": "scuole-secondarie-ii-grado",
    "L. Classico - Rebora": "scuole-secondarie-ii-grado",
    "I.I.S.": "scuole-secondarie-ii-grado",
    "I. P. S. I. A.": "scuole-secondarie-ii-grado",
    "C.ra Carabinieri": "carabinieri",
    "R.S.A.": "rsa",
    "Case di riposo": "rsa",
    "staz. FS": "stazioni-ferroviarie",
    "Stazione della metropolitana": "fermata-della-metropolitana",
    "OSPEDALE/CASA DI CURA": "ospedali",
    "P.O. Città di Sesto": "ospedali",
    "SCUOLE PER L'INFANZIA": "scuola-dellinfanzia",
    "Scuola secondaria di 1° grado": "scuola-secondaria-di-i-grado",
    "Polizia locale": "polizia-locale",
    "Polizia": "polizia",
    "VV.F.": "vigili-del-fuoco",
    "Biblioterca comunaler": "biblioteche",
    "Piattaforma ecologica": "isola-ecologica",
    "Chiese e Centri Religiosi": "luogo-di-culto",
}
UNSURE = {
    "Uffici PP.TT. Carabinieri…": "several",
    "IC2IC4IC5": "joined_codes",
    "V3+IC2": "joined_codes",
    "Scuola secondaria": "ambiguous",
    "Palestra": "ambiguous",
    "Attrezzature per l'igiene ambientale": "ambiguous",
    "Teatri e cinema": "several",
    "Centro commerciale": "not_a_service",
    "qwerty": "unknown",
}


def kinds_of(lexicon, profile="", **columns):
    return recognise(pl.DataFrame(columns, strict=False), lexicon, profile)


@pytest.mark.parametrize(("text", "kind"), SURE.items())
def test_a_type_is_recognised_as_planners_write_it(lexicon, text, kind):
    found = kinds_of(lexicon, type=[text])
    assert found["kind"][0] == kind
    assert found["kind_confidence"][0] >= 0.6


@pytest.mark.parametrize(("text", "reason"), UNSURE.items())
def test_a_doubtful_type_goes_to_review_with_its_reason(lexicon, text, reason):
    found = kinds_of(lexicon, type=[text])
    assert found["kind"][0] is None
    assert found["kind_reason"][0] == reason


def test_case_accents_and_apostrophes_do_not_matter(lexicon):
    ways = ["UNIVERSITÀ", "universita'", "Università", "Universita`"]
    assert set(kinds_of(lexicon, type=ways)["kind"]) == {"universita"}


def test_the_type_column_beats_the_words_in_the_name(lexicon):
    found = kinds_of(lexicon, type=["CENTRO SPORTIVO"], name=["Palestra scuola Martiri"])
    assert found["kind"][0] == "centri-sportivi"
    assert found["name_kind"][0] == "palestra-scolastica"


def test_the_category_restricts_what_the_name_may_say(lexicon):
    same = kinds_of(lexicon, category=["CULTURA"], name=["Biblioteca civica"])
    other = kinds_of(lexicon, category=["SPORT"], name=["Biblioteca civica"])
    assert same["kind"][0] == "biblioteche"
    assert other["kind"][0] is None
    assert other["kind_reason"][0] == "contradictory"
    assert other["kind_category"][0] == "sport-e-tempo-libero"


def test_a_subtype_settles_an_ambiguous_type(lexicon):
    found = kinds_of(lexicon, type=["Scuola"], subtype=["Liceo"])
    assert found["kind"][0] == "scuole-secondarie-ii-grado"


NAMES = {
    "Ospedale Maggiore": "ospedali",
    "Nuova Biblioteca civica di via Roma": "biblioteche",
    "Primaria - Don Milani": "scuola-primaria",
    "Asilo nido Giardino": "asilo-nido",
    "Comune di Sesto San Giovanni": "uffici-comunali",
    "Farmacia Ospedale": "farmacia",
}
NOT_BY_NAME = (
    "Bar Giardino", "Villa del Parco", "Via del Teatro", "Ex ospedale psichiatrico",
    "Associazione nazionale Carabinieri", "Scuola Andersen", "DEL CORSO", "Padre Pio",
    "Biblioteca e museo", "COMUNALE",
)  # fmt: skip


@pytest.mark.parametrize(("name", "kind"), NAMES.items())
def test_the_first_noun_of_a_name_says_the_type(lexicon, name, kind):
    assert kinds_of(lexicon, name=[name])["kind"][0] == kind


@pytest.mark.parametrize("name", NOT_BY_NAME)
def test_a_name_that_only_contains_the_word_says_nothing(lexicon, name):
    assert kinds_of(lexicon, name=[name])["kind"][0] is None


def test_codes_speak_only_in_the_schema_that_has_them(lexicon):
    assert kinds_of(lexicon, "palermo_prg", type_code=["IC8"])["kind"][0] == "teatri"
    assert kinds_of(lexicon, type_code=["IC8"])["kind"][0] is None


def test_joined_codes_beat_even_a_description(lexicon):
    found = kinds_of(lexicon, "palermo_prg", type_code=["IC4IC8"], type=["Teatri"])
    assert found["kind"][0] is None
    assert found["kind_reason"][0] == "joined_codes"


def test_local_is_told_apart_from_not_recognised(lexicon):
    found = kinds_of(lexicon, type=["FARMACIA", "RSA", "boh", None])
    assert found["level"].to_list() == ["local", "supra", None, None]
