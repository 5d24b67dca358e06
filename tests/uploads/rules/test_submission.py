"""DOC: each rule on submissions speaks of what is wrong, and only then."""

from tests.uploads.rules.speaking import says, silent


def test_doc_01_speaks_of_a_missing_act():
    assert says("DOC-01", "Manca l'estremo dell'atto (delibera, numero, data).")


def test_doc_01_is_silent_about_a_given_act():
    assert silent("DOC-01")


def test_doc_02_speaks_of_an_act_older_than_the_one_in_force():
    assert says(
        "DOC-02",
        "L'atto del 01/01/2020 è futuro o precedente a quello già accettato (01/05/2024).",
    )


def test_doc_02_is_silent_about_the_latest_act():
    assert silent("DOC-02")


def test_doc_03_speaks_of_a_private_mailbox():
    assert says("DOC-03", "Manca un referente con e-mail d'ufficio.")


def test_doc_03_is_silent_about_an_office_mailbox():
    assert silent("DOC-03")


def test_doc_04_speaks_of_data_three_years_old():
    assert says("DOC-04", "I dati sono riferiti al 01/01/2023, più di 24 mesi fa.")


def test_doc_04_is_silent_about_recent_data():
    assert silent("DOC-04")


def test_doc_05_speaks_of_the_rule_set_used():
    assert says("DOC-05", "Controlli eseguiti con il catalogo 1.0 del 22/11/2026.")


def test_doc_05_is_silent_about_a_confirmation_without_check():
    assert silent("DOC-05")
