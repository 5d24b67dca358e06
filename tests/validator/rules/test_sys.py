"""SYS: each rule on the check itself speaks of what is wrong, and only then."""

from tests.validator.rules.speaking import says, silent


def test_sys_01_speaks_of_a_check_that_failed():
    assert says(
        "SYS-01",
        "Il controllo GEO-10 non è riuscito per un nostro problema, anche riprovando. Non è "
        "colpa dei dati.",
    )


def test_sys_01_is_silent_about_checks_that_succeeded():
    assert silent("SYS-01")


def test_sys_02_speaks_of_a_check_that_was_not_run():
    assert says("SYS-02", "Controllo SEM-08 non eseguito: non è caricato un elenco delle fermate.")


def test_sys_02_is_silent_about_checks_that_were_all_run():
    assert silent("SYS-02")


def test_sys_03_speaks_of_a_list_cut_short():
    assert says("SYS-03", "ATT-11: 2.500 casi, ne mostriamo 100. L'elenco completo è nel file.")


def test_sys_03_is_silent_about_a_whole_list():
    assert silent("SYS-03")
