"""UNI: each rule on identifiers and repeated rows speaks of what is wrong, and only then."""

from tests.validator.rules.speaking import says, silent


def test_uni_01_speaks_of_an_identifier_used_twice():
    assert says("UNI-01", "Identificativo A1 usato in 2 righe: 1, 2.")


def test_uni_01_is_silent_about_unique_identifiers_and_empty_ones():
    assert silent("UNI-01")


def test_uni_02_speaks_of_the_same_service_written_twice():
    assert says("UNI-02", "Righe 1, 2 (003, D01): stesso nome, stesso tipo e stesso luogo.")


def test_uni_02_is_silent_about_namesakes_half_a_kilometre_apart():
    assert silent("UNI-02")


def test_uni_03_speaks_of_two_services_with_one_shape():
    assert says("UNI-03", "Righe 1, 2 (Liceo, Palestra): stessa geometria, attributi diversi.")


def test_uni_03_is_silent_about_two_services_next_to_each_other():
    assert silent("UNI-03")


def test_uni_04_speaks_of_rows_without_identifier():
    assert says(
        "UNI-04",
        "Una riga senza identificativo: la colleghiamo ai servizi già noti per posizione e nome.",
    )


def test_uni_04_is_silent_about_rows_with_identifier():
    assert silent("UNI-04")
