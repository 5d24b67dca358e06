"""SEM: each rule on meaning speaks of what is wrong, and only then."""

from tests.validator.rules.speaking import says, silent


def test_sem_01_speaks_of_a_small_garden_declared_wider():
    assert says("SEM-01", "Riga 1: verde di 2.500 m², sotto la soglia di 5.000 m².")


def test_sem_01_is_silent_about_a_park_of_a_hectare():
    assert silent("SEM-01")


def test_sem_02_speaks_of_an_area_ten_times_too_small():
    assert says("SEM-02", "Riga 1: area dichiarata 1.000 m², disegnata 10.000 m².")


def test_sem_02_is_silent_about_an_area_within_a_tenth():
    assert silent("SEM-02")


def test_sem_03_speaks_of_a_wider_level_without_reason():
    assert says(
        "SEM-03",
        "Riga 1: servizio dichiarato sovracomunale senza un criterio che lo motivi.",
    )


def test_sem_03_is_silent_about_a_wider_level_with_its_reason():
    assert silent("SEM-03")


def test_sem_04_speaks_of_a_primary_school_declared_metropolitan():
    assert says(
        "SEM-04",
        "Riga 1: i criteri indicano comunale (il tipo di servizio è di scala comunale), "
        "dichiarato metropolitana.",
    )


def test_sem_04_is_silent_about_a_hospital_declared_metropolitan():
    assert silent("SEM-04")


def test_sem_05_speaks_of_a_hospital_among_the_schools():
    assert says("SEM-05", "Riga 1: «Ospedale» classificato Istruzione; il nome suggerisce Sanità.")


def test_sem_05_is_silent_about_a_school_among_the_schools():
    assert silent("SEM-05")


def test_sem_06_speaks_of_a_lum_that_does_not_exist():
    assert says("SEM-06", "Riga 1: LUM atlantide inesistente.")


def test_sem_06_is_silent_about_a_lum_of_the_list():
    assert silent("SEM-06")


def test_sem_07_speaks_of_a_service_far_from_its_lum():
    assert says("SEM-07", "Riga 1: dichiarato nel LUM Rho Fiera, ma a 2.000 m.")


def test_sem_07_is_silent_about_a_service_in_its_lum():
    assert silent("SEM-07")


def test_sem_08_speaks_of_a_station_without_a_stop():
    assert says("SEM-08", "Riga 1: Stazioni ferroviarie a 1.000 m dalla fermata nota più vicina.")


def test_sem_08_is_silent_about_a_station_at_its_stop():
    assert silent("SEM-08")


def test_sem_09_speaks_of_a_code_without_its_province():
    assert says("SEM-09", "Riga 1: codice meccanografico «PC13000E» non ben formato.")


def test_sem_09_is_silent_about_a_well_formed_school_code():
    assert silent("SEM-09")


def test_sem_10_speaks_of_a_cup_that_is_too_short():
    assert says("SEM-10", "Riga 1: CUP «B81B2100029» non ben formato.")


def test_sem_10_is_silent_about_a_well_formed_cup():
    assert silent("SEM-10")


def test_sem_11_speaks_of_a_cup_out_of_the_register():
    assert says(
        "SEM-11",
        "Riga 1: il CUP C41B21000890006 non risulta nel registro dei finanziamenti.",
    )


def test_sem_11_is_silent_about_a_registered_cup():
    assert silent("SEM-11")


def test_sem_12_speaks_of_a_project_funded_twice():
    assert says(
        "SEM-12", "Riga 1: CUP B81B21000290001, stesso importo in Bando regionale e PNRR M4."
    )


def test_sem_12_is_silent_about_a_project_funded_once():
    assert silent("SEM-12")


def test_sem_13_speaks_of_a_category_that_others_have():
    assert says("SEM-13", "Nessun servizio di Sanità dichiarato; in Comuni simili ce ne sono 2.")


def test_sem_13_is_silent_about_a_category_that_is_there():
    assert silent("SEM-13")
