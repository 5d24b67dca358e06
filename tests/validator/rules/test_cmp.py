"""CMP: each rule on comparisons speaks of what is wrong, and only then."""

from tests.validator.rules.speaking import says, silent


def test_cmp_01_speaks_of_a_service_that_vanished():
    assert says("CMP-01", "Un servizio già accettato non compare più: Ospedale (A2).")


def test_cmp_01_is_silent_about_services_that_are_still_there():
    assert silent("CMP-01")


def test_cmp_02_speaks_of_half_of_the_services():
    assert says("CMP-02", "I servizi passano da 2 a 1 (−50%).")


def test_cmp_02_is_silent_about_as_many_services_as_before():
    assert silent("CMP-02")


def test_cmp_03_speaks_of_a_service_a_kilometre_away():
    assert says("CMP-03", "Riga 1, A1: spostato di 1.000 m rispetto alla versione accettata.")


def test_cmp_03_is_silent_about_a_service_that_stayed():
    assert silent("CMP-03")


def test_cmp_04_speaks_of_a_changed_type():
    assert says("CMP-04", "Riga 1, A1: da Scuole secondarie II grado a Scuole primarie.")


def test_cmp_04_is_silent_about_an_unchanged_type():
    assert silent("CMP-04")


def test_cmp_05_speaks_of_a_service_that_another_source_tells():
    assert says(
        "CMP-05",
        "Riga 1: forse già presente come s-00000009 di Anagrafe regionale (punteggio 0,96).",
    )


def test_cmp_05_is_silent_about_another_service_far_away():
    assert silent("CMP-05")


def test_cmp_06_speaks_of_a_service_that_the_plan_leaves_out():
    assert says(
        "CMP-06",
        "Un servizio noto da altre fonti non risulta nel piano: Casa di cura San Carlo.",
    )


def test_cmp_06_is_silent_about_a_service_that_both_tell():
    assert silent("CMP-06")


def test_cmp_07_speaks_of_a_service_of_a_neighbour_too():
    assert says("CMP-07", "Riga 1: il servizio s-00000009 è dichiarato anche da Comune vicino.")


def test_cmp_07_is_silent_about_a_service_that_only_a_register_tells():
    assert silent("CMP-07")


def test_cmp_08_speaks_of_a_delivery_without_differences():
    assert says("CMP-08", "Nessuna differenza con l'ultima versione accettata (un servizio).")


def test_cmp_08_is_silent_about_a_delivery_with_a_difference():
    assert silent("CMP-08")
