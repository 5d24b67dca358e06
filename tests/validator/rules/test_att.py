"""ATT: each rule on cells speaks of what is wrong, and only then."""

from tests.validator.rules.speaking import says, silent


def test_att_01_speaks_of_a_row_without_any_type():
    assert says("ATT-01", "Riga 1: «TYPE» è vuoto.")


def test_att_01_is_silent_about_a_row_with_its_type():
    assert silent("ATT-01")


def test_att_02_speaks_of_words_in_a_numeric_column():
    assert says("ATT-02", "Riga 1: «circa tremila» in «AREA» non è un numero.")


def test_att_02_is_silent_about_a_number_with_a_decimal_comma():
    assert silent("ATT-02")


def test_att_03_speaks_of_a_day_that_never_was():
    assert says("ATT-03", "Riga 1: «31/02/2024» non è una data valida.")


def test_att_03_is_silent_about_a_date_that_exists():
    assert silent("ATT-03")


def test_att_04_speaks_of_an_unknown_type():
    assert says(
        "ATT-04",
        "Riga 1: tipo «Attrezzatura polivalente» non riconosciuto (parole che non "
        "conosciamo). Il più vicino: nessuno.",
    )


def test_att_04_is_silent_about_a_recognised_type():
    assert silent("ATT-04")


def test_att_05_speaks_of_the_code_of_another_comune():
    assert says("ATT-05", "Riga 1: il codice ISTAT 015001 non è del Comune che invia.")


def test_att_05_is_silent_about_our_own_code():
    assert silent("ATT-05")


def test_att_06_speaks_of_a_restored_zero():
    assert says("ATT-06", "Un codice ISTAT: zero iniziale aggiunto (15000 → 015000).")


def test_att_06_is_silent_about_a_code_with_its_zero():
    assert silent("ATT-06")


def test_att_07_speaks_of_an_unknown_status():
    assert says("ATT-07", "Riga 1: stato «boh» non previsto.")


def test_att_07_is_silent_about_a_status_in_other_words():
    assert silent("ATT-07")


def test_att_08_speaks_of_a_planned_service_without_a_horizon():
    assert says("ATT-08", "Riga 1: servizio previsto senza atto né anno.")


def test_att_08_is_silent_about_a_planned_service_with_its_year():
    assert silent("ATT-08")


def test_att_09_speaks_of_a_closed_service_without_a_date():
    assert says("ATT-09", "Riga 1: stato dismesso incoerente con la data assente.")


def test_att_09_is_silent_about_an_open_service():
    assert silent("ATT-09")


def test_att_10_speaks_of_an_unknown_level():
    assert says("ATT-10", "Riga 1: valenza «alta» non prevista.")


def test_att_10_is_silent_about_a_known_level():
    assert silent("ATT-10")


def test_att_11_speaks_of_a_name_that_says_nothing():
    assert says("ATT-11", "Riga 1: il nome «servizio» non identifica il servizio.")


def test_att_11_is_silent_about_a_name_that_says_which():
    assert silent("ATT-11")


def test_att_12_speaks_of_one_address_for_all_rows():
    assert says("ATT-12", "Tutte le 12 righe hanno «Via Roma 1» in «ADDRESS».")


def test_att_12_is_silent_about_addresses_that_differ():
    assert silent("ATT-12")


def test_att_13_speaks_of_half_a_square_metre():
    assert says("ATT-13", "Riga 1: AREA = 0,4 è fuori dall'intervallo atteso 1–20.000.000.")


def test_att_13_is_silent_about_an_ordinary_area():
    assert silent("ATT-13")


def test_att_14_speaks_of_an_address_that_is_none():
    assert says("ATT-14", "Riga 1: «vedi sito» non è un indirizzo web o e-mail valido.")


def test_att_14_is_silent_about_a_completed_address():
    assert silent("ATT-14")


def test_att_15_speaks_of_a_fiscal_code_in_the_notes():
    assert says(
        "ATT-15",
        "Riga 1: «NOTES» sembra contenere un recapito o un codice di una persona. "
        "La cella non viene pubblicata.",
    )


def test_att_15_is_silent_about_a_code_of_a_building():
    assert silent("ATT-15")
