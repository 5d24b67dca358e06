"""Columns find their field by choice, by name, by likeness, by content; the rest is asked."""

import polars as pl
import pytest

from validator.interpreting.columns import Chosen, follows_schema, match_columns


def matched(lexicon, columns, **chosen):
    frame = pl.DataFrame(columns, strict=False)
    return match_columns(frame, lexicon, Chosen(**chosen))


def fields(found):
    return {match.column: match.field for match in found.columns}


MILANO = {
    "ID": ["001", "002"], "CATEGORIA": ["ISTRUZIONE", "SPORT"],
    "TIPOLOGIA": ["SCUOLA PRIMARIA", "CENTRO SPORTIVO"], "DENOMINAZ": ["Galli", "Breda"],
    "INDIRIZZO": ["Via Roma 1", "Via Milano 2"], "MATRICE": ["SERVIZI PUBBLICI ESISTENTI"] * 2,
    "TIPO_GEST": ["PUBBLICA", "PRIVATA"], "STATO": ["IN ESERCIZIO"] * 2,
    "SUP_FOND": [9546.0, 2452.0], "SLP": [100.0, 200.0], "X": [1513946.3, 1513947.3],
    "Y": [5033472.8, 5033473.8],
}  # fmt: skip


def test_the_milano_schema_is_read_without_asking_anything(lexicon):
    found = matched(lexicon, MILANO)
    assert found.profile == "milano_pds"
    assert fields(found) == {
        "ID": "identifier", "CATEGORIA": "category", "TIPOLOGIA": "type", "DENOMINAZ": "name",
        "INDIRIZZO": "address", "MATRICE": "matrix", "TIPO_GEST": "management_type",
        "STATO": "status", "SUP_FOND": "area", "SLP": "floor_area", "X": "x", "Y": "y",
    }  # fmt: skip
    assert not [match for match in found.columns if match.doubtful]
    assert follows_schema(found.columns)


def test_regional_pairs_of_code_and_description_are_told_apart(lexicon):
    found = matched(
        lexicon,
        {"FUN_PREV1": ["12", "13"], "DFUN_PREV1": ["Ospedale", "Biblioteca"],
         "NOME_COM": ["Rho", "Rho"], "TIPO_X": ["1", "2"]},
    )  # fmt: skip
    assert fields(found)["FUN_PREV1"] == "type_code"
    assert fields(found)["DFUN_PREV1"] == "type"
    assert fields(found)["NOME_COM"] == "municipality_name"


def test_territorial_level_codes_are_kept_apart_from_the_valence(lexicon):
    found = matched(lexicon, {"LIV_TERR": [1, 2], "TIPOLOGIA": ["RSA", "Museo"]})
    assert fields(found)["LIV_TERR"] == "level_code"


def test_a_name_cut_to_ten_characters_is_recognised_and_told(lexicon):
    found = matched(lexicon, {"DENOMINAZI": ["a", "b"], "DESCRIZION": ["Teatri", "Musei"]})
    cut = {match.column: match.cut for match in found.columns}
    assert fields(found) == {"DENOMINAZI": "name", "DESCRIZION": "type"}
    assert cut == {"DENOMINAZI": "denominazione", "DESCRIZION": ""} or cut["DESCRIZION"] in (
        "", "descrizione",
    )  # fmt: skip


def test_a_misspelt_name_is_proposed_and_asked(lexicon):
    found = matched(lexicon, {"denominazone": ["a", "b"], "tipologa": ["Teatri", "Musei"]})
    assert fields(found) == {"denominazone": "name", "tipologa": "type"}
    assert all(match.doubtful for match in found.columns)


def test_a_column_without_a_telling_name_is_proposed_by_its_content(lexicon):
    found = matched(
        lexicon,
        {"A": ["Biblioteca", "Teatro", "Farmacia"], "B": ["a@b.it", "c@d.it", "e@f.it"],
         "C": [9.1, 9.2, 9.3], "D": [45.4, 45.5, 45.6]},
    )  # fmt: skip
    assert fields(found) == {"A": "type", "B": "email", "C": "x", "D": "y"}
    assert all(match.doubtful for match in found.columns)


def test_names_of_bodies_that_contain_a_type_are_not_a_list_of_types(lexicon):
    found = matched(lexicon, {"ENTE_X": ["ATS di Milano", "ATS della Brianza", "ATS di Pavia"]})
    assert fields(found) == {"ENTE_X": None}


def test_a_number_column_that_holds_words_is_not_a_number(lexicon):
    found = matched(lexicon, {"AREA": ["Area Nord", "Area Sud"], "NOME": ["a", "b"]})
    assert fields(found)["AREA"] is None


def test_a_repeated_code_is_a_doubtful_identifier(lexicon):
    found = matched(lexicon, {"CODICE": ["A"] * 9 + ["B"], "TIPO": ["Museo"] * 10})
    match = found.columns[0]
    assert match.field != "identifier" or match.doubtful


def test_what_people_chose_wins_over_what_was_remembered_and_over_names(lexicon):
    columns = {"NOME": ["a", "b"], "TIPO": ["Museo", "Teatro"], "ALTRO": ["x", "y"]}
    found = matched(
        lexicon, columns, remembered={"ALTRO": "name", "TIPO": None}, chosen={"TIPO": "type"}
    )
    assert fields(found) == {"NOME": None, "TIPO": "type", "ALTRO": "name"}
    assert [match.confidence for match in found.columns] == [0.0, 1.0, 1.0]


def test_a_column_put_aside_stays_aside(lexicon):
    found = matched(lexicon, MILANO, chosen={"TIPOLOGIA": None})
    assert fields(found)["TIPOLOGIA"] is None


def test_two_columns_never_share_a_field(lexicon):
    found = matched(lexicon, {"NOME": ["a"], "DENOMINAZIONE": ["b"], "TITOLO": ["c"]})
    taken = [match.field for match in found.columns if match.field]
    assert len(taken) == len(set(taken))


def test_columns_of_the_gis_program_are_kept_aside_without_doubt(lexicon):
    found = matched(lexicon, {"OBJECTID": [1], "Shape_Area": [12.5], "fid": [3]})
    assert {match.why.code for match in found.columns} == {"technical"}


@pytest.mark.parametrize("columns", [{"foglio": ["1"], "mappale": ["2"]}, {"a": [None]}])
def test_a_layer_of_something_else_does_not_follow_the_schema(lexicon, columns):
    assert not follows_schema(matched(lexicon, columns).columns)


def test_of_two_areas_the_one_with_its_unit_is_the_surface(lexicon):
    columns = {"AREA": ["175", "48"], "AREA_MQ": ["2046.2", "627.1"], "TIPO": ["Parco"] * 2}
    assert fields(matched(lexicon, columns))["AREA_MQ"] == "area"


TYPES = ["Biblioteca", "Teatro", "Farmacia"]
PEOPLE = ["Mario Rossi", "Anna Bianchi", "Ugo Verdi"]
NAMES = ["Galli", "Breda", "Manzoni"]


@pytest.mark.parametrize(
    ("heading", "cells"),
    [
        ("INDIRIZZO_", ["a@b.it", "c@b.it", "d@b.it"]),
        ("INDIRIZZO_", ["www.a.it", "https://b.it", "www.c.it"]),
        ("SEDE", ["Sede centrale", "Succursale", "Distaccamento"]),
        ("NORD", ["1", "0", "1"]),
        ("APERTURA", ["lun-ven 9-18", "sempre", "mar 10-12"]),
        ("CHIUSURA", ["domenica", "lunedì", "mai"]),
        ("ANNO", ["1970", "1985", "2001"]),
        ("LINK", ["foto1.jpg", "foto2.jpg", "scheda.pdf"]),
        ("RECAPITO", ["sportello", "ufficio", "custode"]),
        ("SR", ["a", "b", "c"]),
        ("COMUNE", ["015209", "015209", "015209"]),
        ("LOCALITÀ", ["Rondò", "Rondò", "Pelucca"]),
        ("GESTIONE", ["pubblica", "privata", "pubblica"]),
        ("PROPRIETÀ", ["pubblica", "privata", "mista"]),
        ("DATA_FINE", ["01/02/2020", "03/04/2021", "05/06/2022"]),
        ("DATA_AGG", ["01/02/2020", "03/04/2021", "05/06/2022"]),
        ("COD_COMUNE", ["15209"] * 3),
        ("NOME_RESP", PEOPLE),
        ("FAX", ["02 2485111", "02 123456", "02 999999"]),
        ("CODICE_FISCALE", ["1", "2", "3"]),
        ("STATO_CONS", ["buono", "scarso", "medio"]),
        ("STATO", ["Italia"] * 3),
        ("CAP", ["100", "250", "30"]),
        ("AREA", ["Nord", "Sud", "Est"]),
        ("TIPO_VIA", ["Via", "Piazza", "Via"]),
        ("LIVELLO", ["piano terra", "primo piano", "secondo piano"]),
    ],
)  # fmt: skip
def test_a_heading_that_means_something_else_is_never_taken_for_sure(lexicon, heading, cells):
    found = matched(lexicon, {heading: cells, "NOME": NAMES, "TIPO": TYPES})
    match = found.columns[0]
    assert match.field is None or match.doubtful


@pytest.mark.parametrize(
    "columns",
    [
        {"DENOMINAZI": ["Comune di Rho"] * 3, "TIPO": TYPES},
        {
            "NOME": ["Mario", "Anna", "Ugo"],
            "COGNOME": ["Rossi", "Bianchi", "Verdi"],
            "TIPO": TYPES,
        },
        {"SERVIZIO": TYPES, "INDIRIZZO": ["Via Roma 1", "Via Po 2", "Via Adda 3"]},
    ],
)
def test_what_does_not_name_the_services_is_never_surely_their_name(lexicon, columns):
    match = matched(lexicon, columns).columns[0]
    assert match.field is None or match.doubtful


@pytest.mark.parametrize(
    ("heading", "cells", "field"),
    [
        ("Denominazione del servizio", NAMES, "name"),
        ("Indirizzo del servizio", ["Via Roma 1", "Via Po 2", "Via Adda 3"], "address"),
        ("SEDE", ["Via Roma 1", "P.za Po 2", "V.le Adda 3"], "address"),
        ("N. civ.", ["1", "2", "3/A"], "street_number"),
        ("Sup. cop. (mq)", ["10", "20", "30"], "covered_area"),
        ("S.L.P. (mq)", ["10", "20", "30"], "floor_area"),
        ("Nr. posti letto", ["10", "20", "30"], "capacity"),
        ("CITTÀ", ["Rho"] * 3, "municipality_name"),
        ("Zip code", ["20099", "20099", "20017"], "postcode"),
        ("Phone number", ["02 2485111", "02/2486222", "(02) 24 87"], "phone"),
        ("Site area (m²)", ["10", "20", "30"], "area"),
        ("LINK", ["www.a.it", "https://b.it/x.pdf", "biblioteca.it"], "url"),
        ("DATA_APERT", ["01/02/2020", "2021-04-03", "2022"], "opening_date"),
        ("PROPRIETÀ", ["Comune", "ALER", "Stato"], "owner"),
        ("LONG", ["9.21", "0", "9.23"], "x"),
        ("COORD_NORD", ["5042000", "5042100", "5042200"], "y"),
        ("SUPERFICIE", ["1.250,5", "980", "300"], "area"),
    ],
)  # fmt: skip
def test_plain_cut_and_english_headings_are_known_for_sure(lexicon, heading, cells, field):
    match = matched(lexicon, {heading: cells, "ID": ["a", "b", "c"]}).columns[0]
    assert (match.field, match.doubtful) == (field, False)


def test_a_description_beside_its_code_is_the_type_however_it_is_abbreviated(lexicon):
    codes = ["1", "2", "3"]
    pairs = [("COD_TIPO", "DES_TIPO"), ("TIPO", "TIPO_DESC"), ("FUN_PREV", "DFUN_PREV")]
    for code, words in pairs:
        found = matched(lexicon, {code: codes, words: TYPES, "NOME": NAMES})
        assert fields(found)[words] == "type"
        assert not found.columns[1].doubtful


def test_the_city_goes_before_the_quarter(lexicon):
    found = matched(
        lexicon, {"LOCALITÀ": ["Rondò", "Pelucca"], "CITTÀ": ["Sesto San Giovanni"] * 2}
    )
    assert fields(found) == {"LOCALITÀ": None, "CITTÀ": "municipality_name"}
