"""Passwords that can be guessed, refused in words that say what to do.

Guesses are counted by zxcvbn, which knows English alone: it is given the words of the portal, the
comuni, the person, and the commonest Italian ones, each with its place in the order of guessing.
"""

import gzip
import json
import re
import threading
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import factorial, prod
from typing import Any, Final

from django.contrib.auth.password_validation import NumericPasswordValidator
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from zxcvbn import zxcvbn

from people.models import User
from zones.models import Municipality

#: zxcvbn's own scale, from 0 to 4, and the tries that its 3 begins with.
ENOUGH, TRIES = 3, 10**8
#: What zxcvbn looks at; the rest of a longer password only adds.
LOOKED_AT: Final = 72
#: Commonest Italian words, first the commonest: a guesser begins there.
MOST_WORDS: Final = 30_000
SHORTEST: Final = 3
PORTAL: Final = (
    *("portale", "sttm", "sttm2", "comune", "comuni", "milano", "metropolitana", "metropolitano"),
    *("citta", "città", "servizi", "servizio", "piano", "consegna", "istruttoria", "operatore"),
    *("lombardia", "ufficio", "cmm", "password", "benvenuto", "buongiorno", "accesso", "italia"),
)
WORD: Final = re.compile(r"[^\W\d_]+")
#: Figures that stand for letters, between letters.
PLAIN: Final = re.compile(r"(?<=[^\W\d_])[013457@$]+(?=[^\W\d_])")
FIGURES: Final = str.maketrans("013457@$", "oieastas")
#: zxcvbn keeps the words it is given in a table that all threads share.
_ONE_AT_A_TIME = threading.Lock()


class GuessablePasswordValidator(NumericPasswordValidator):
    """One of AUTH_PASSWORD_VALIDATORS; figures alone are refused too."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raises ValidationError for what takes less than a hundred million guesses."""
        super().validate(password, user)
        words = (*PORTAL, *_of_person(user), *_years(), *_of_comuni(), *_italian())
        known = [*dict.fromkeys(words)]  # a word counts by its last place: each stands once
        looked_at = password[:LOOKED_AT]
        whole, plain = _guess(looked_at, known), PLAIN.sub(_plain, looked_at)
        letters = _guess("".join(WORD.findall(plain)), known)
        rest = _guess(WORD.sub("", plain), known)
        if whole.score < ENOUGH or min(whole.tries, letters.tries * rest.tries) < TRIES:
            guessed = max((*whole.parts, *letters.parts), key=len, default="")
            raise ValidationError(self._words(guessed), code="password_guessable")

    def _words(self, guessed: str) -> str:
        advice = _("Scegli quattro parole che non c'entrano fra loro, o fallo fare al browser.")
        if not guessed:
            return _("Questa password si indovina.") + f" {advice}"
        told = _("Questa password si indovina: «%(part)s» è fra le prime cose che si provano.")
        return told % {"part": guessed} + f" {advice}"

    def get_help_text(self) -> str:
        return _("Quattro parole che non c'entrano fra loro si ricordano e non si indovinano.")


@dataclass(frozen=True)
class Guessing:
    """How a password is guessed: zxcvbn's score, how many tries, and its parts that are known."""

    score: int
    tries: int
    parts: tuple[str, ...]


def _guess(text: str, known: list[str]) -> Guessing:
    """The tries are those of the parts in any order. zxcvbn's own sum adds a hundred million for
    each third part, so that three of the commonest words would do."""
    if not text:
        return Guessing(0, 1, ())
    with _ONE_AT_A_TIME:
        found = zxcvbn(text, user_inputs=known)
    parts = found["sequence"]
    tries = factorial(len(parts)) * prod(int(part["guesses"]) for part in parts)
    words = tuple(part["token"] for part in parts if part["pattern"] != "bruteforce")
    return Guessing(found["score"], tries, words)


def _plain(between: re.Match[str]) -> str:
    """The letter that a figure between letters stands for."""
    return between[0].translate(FIGURES)


def _of_person(user: Any) -> list[str]:
    """The parts of name and address."""
    if not isinstance(user, User):
        return []
    return [word for text in (user.email, user.name) for word in _parts(text)]


def _years() -> list[str]:
    """Of lives and of today, the latest first; zxcvbn knows those up to 2019."""
    now = timezone.localdate().year + 1
    return [str(year) for year in range(now, now - 90, -1)]


def _parts(text: str) -> list[str]:
    whole = [word for word in WORD.findall(text.lower()) if len(word) >= SHORTEST]
    return [*whole, *(["".join(whole)] if len(whole) > 1 else [])]


@cache
def _of_comuni() -> tuple[str, ...]:
    """The comuni's names and their words, once a process: comuni come and go with the years."""
    names = Municipality.objects.values_list("name", flat=True).distinct()
    return tuple(dict.fromkeys(word for name in names for word in _parts(name)))


@cache
def _italian() -> tuple[str, ...]:
    """The commonest Italian words, of the list that comes with pyspellchecker (MIT)."""
    packed = files("spellchecker").joinpath("resources", "it.json.gz").read_bytes()
    counted: dict[str, int] = json.loads(gzip.decompress(packed))
    common = sorted(counted, key=lambda word: -counted[word])
    return tuple(word for word in common[:MOST_WORDS] if len(word) >= SHORTEST)
