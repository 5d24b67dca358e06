"""Which passwords are refused, and that the refusal says what to do."""

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from people.models import User

pytestmark = pytest.mark.django_db
ADA = User(email="ada.brambilla@comune.legnano.example", name="Ada Brambilla")


def refusal(password: str) -> str:
    """Why it is refused; empty where it passes."""
    try:
        validate_password(password, ADA)
    except ValidationError as error:
        return " ".join(error.messages)
    return ""


@pytest.mark.parametrize(
    "password",
    [
        *("passwordpassword", "aaaaaaaaaaaa", "iloveyou1234", "Password123!", "ciaociaociao"),
        *("portalesttm2", "Milano2026!!", "legnano-comune", "Benvenuto2026", "123456789012"),
        *("Brambilla-1974", "ada.brambilla!", "Comune.Legnano1", "qwertyuiop12", "BustoGarolfo25"),
        *("Buongiorno2025!", "P0rt4leSTTM2!!", "Primavera2026!"),
    ],
)
def test_what_can_be_guessed_is_refused_and_told_what_to_do(password):
    said = refusal(password)
    assert said
    assert any(word in said for word in ("quattro parole", "troppo", "numerica"))


@pytest.mark.parametrize(
    "password",
    [
        "lampada tramonto cinghia veliero",
        "binario-fagiolo-nuvola-cratere",
        "correct horse battery staple",
        "una-frase-lunga-davvero",
        "Vt7#kq9zLw2$",
    ],
)
def test_unrelated_words_and_chance_pass(password):
    assert refusal(password) == ""


def test_short_ones_are_refused_however_odd():
    assert refusal("vT7#kq9zLw2")


def test_the_refusal_names_what_was_guessed():
    assert "«benvenuto»" in refusal("Benvenuto2026").lower()


def test_a_very_long_password_is_looked_at_in_part():
    assert refusal("lampada tramonto cinghia veliero " * 20) == ""
