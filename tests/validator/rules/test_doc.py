"""DOC: each rule on submissions speaks of what is wrong, and only then."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.validator.rules.speaking import said, says, silent
from validator.rules.doc.example_submission import GOOD
from validator.rules.examples import TODAY, Example


def test_doc_01_speaks_of_a_missing_act():
    assert says("DOC-01", "Manca l'estremo dell'atto (delibera, numero, data).")


def test_doc_01_is_silent_about_a_given_act():
    assert silent("DOC-01")


def test_doc_02_speaks_of_an_act_older_than_the_one_in_force():
    assert says(
        "DOC-02",
        "L'atto del 01/01/2020 è precedente a quello già accettato (01/05/2024).",
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


def test_doc_02_says_of_an_act_to_come_just_that():
    tomorrow = replace(GOOD, act_date=TODAY + timedelta(days=1), current_act_date=None)
    assert said("DOC-02", Example(argument=tomorrow)) == [
        "L'atto del 23/11/2026 ha una data futura."
    ]
    assert silent("DOC-02", Example(argument=replace(GOOD, act_date=TODAY)))


@pytest.mark.parametrize(("day", "speaks"), [(21, True), (22, False), (23, False)])
def test_doc_04_speaks_from_the_day_after_two_years(day, speaks):
    data = Example(argument=replace(GOOD, reference_date=date(2024, 11, day)))
    assert bool(said("DOC-04", data)) == speaks


def test_doc_06_speaks_of_data_of_no_day():
    assert says("DOC-06", "Il giorno a cui si riferiscono i dati manca.")


def test_doc_06_is_silent_about_data_of_a_day():
    assert silent("DOC-06")
    assert silent("DOC-06", Example(argument=replace(GOOD, reference_date=TODAY)))
    assert silent("DOC-06", Example(argument=replace(GOOD, reference_date=None, confirms=True)))


def test_doc_06_speaks_of_a_day_to_come():
    to_come = replace(GOOD, reference_date=TODAY + timedelta(days=1))
    assert said("DOC-06", Example(argument=to_come)) == [
        "Il giorno a cui si riferiscono i dati deve ancora venire."
    ]


def test_a_register_needs_no_act():
    register = replace(GOOD, act="", act_date=None, plan=False)
    assert silent("DOC-01", Example(argument=register))
    assert silent("DOC-02", Example(argument=replace(register, act_date=date(2020, 1, 1))))
