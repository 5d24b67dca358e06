"""STR: each rule on the table's structure speaks of what is wrong, and only then."""

from tests.validator.rules.speaking import says, silent


def test_str_01_speaks_of_a_missing_type_column():
    assert says("STR-01", "Strato servizi: manca la colonna obbligatoria «Tipo di servizio».")


def test_str_01_is_silent_about_a_layer_with_type_and_address():
    assert silent("STR-01")


def test_str_02_speaks_of_a_column_that_the_schema_does_not_know():
    assert says("STR-02", "Strato servizi: una colonna non prevista (FID_1). Non sarà pubblicata.")


def test_str_02_is_silent_about_known_columns():
    assert silent("STR-02")


def test_str_03_speaks_of_a_column_name_given_twice():
    assert says("STR-03", "La colonna «TIPO» compare 2 volte.")


def test_str_03_is_silent_about_unique_column_names():
    assert silent("STR-03")


def test_str_04_speaks_of_a_name_cut_to_ten_characters():
    assert says(
        "STR-04",
        "«DENOMINAZI» letta come «DENOMINAZIONE» (nome tagliato dal formato shapefile).",
    )


def test_str_04_is_silent_about_whole_names():
    assert silent("STR-04")


def test_str_05_speaks_of_texts_as_long_as_the_format_allows():
    assert says(
        "STR-05",
        "4 testi in «NOTE» hanno 254 caratteri: forse sono stati tagliati dal formato.",
    )


def test_str_05_is_silent_about_shorter_texts():
    assert silent("STR-05")


def test_str_06_speaks_of_a_cell_that_is_a_formula():
    assert says(
        "STR-06",
        "Una cella di «NAME» comincia con = + - @: nelle esportazioni la rendiamo innocua.",
    )


def test_str_06_is_silent_about_signs_before_numbers_and_lone_dashes():
    assert silent("STR-06")


def test_str_07_speaks_of_a_text_longer_than_a_cell():
    assert says("STR-07", "Riga 1: il testo di «NOTES» supera 32.767 caratteri e non lo teniamo.")


def test_str_07_is_silent_about_an_ordinary_note():
    assert silent("STR-07")
