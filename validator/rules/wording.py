"""The words of a rule: three forms in two languages, filled when read; the texts are with the
rules.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from types import MappingProxyType
from typing import Any

from validator import schema
from validator.rules.vocabulary import WORDS

LANGUAGES = ("it", "en")
#: Numbers that are names: never grouped by thousands.
PLAIN = frozenset({"row", "rows", "row_a", "row_b", "year"})
LISTED = 10
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
MEBIBYTE = 1024 * 1024
ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}$")


@dataclass(frozen=True, slots=True)
class Wording:
    """A rule's text in one language.

    `one` speaks of one row (or of the file, or of one group), `many` of several, `all` of every
    row; empty forms fall back on the one before. `why` is the Italian of the check's docstring,
    which is the English one where the English wording has none. `wide`: the forms that say
    something else where the source is no comune's plan, but speaks of several comuni.
    """

    title: str
    one: str
    fix: str
    many: str = ""
    all: str = ""
    why: str = ""
    wide: Mapping[str, str] = field(default_factory=dict)

    def of_several(self) -> Wording:
        """The text of a source that speaks of several comuni."""
        forms: dict[str, Any] = dict(self.wide)
        return replace(self, **forms)

    def form(self, findings: int, *, everything: bool) -> str:
        """The sentence for that many findings; `everything`: all rows are meant."""
        if findings <= 1:
            return self.one
        return (self.all if everything else "") or self.many or self.one


@dataclass(frozen=True, slots=True)
class Message:
    """What a person reads of a finding."""

    title: str
    message: str
    fix: str


class _Shown(dict[str, str]):
    """Parameters in words; what is missing shows as an ellipsis, never as an exception."""

    def __missing__(self, key: str) -> str:
        return "…"


def fill(text: str, params: Mapping[str, Any], language: str) -> str:
    """Put the parameters into a text, written as the language writes numbers and dates."""
    if params.get("unit") == "bytes":
        params = {name: _megabytes(value) for name, value in params.items()}
    shown = _Shown({name: show(name, value, language) for name, value in params.items()})
    for name in CODED & params.keys():  # words of ours may name a parameter in their turn
        if isinstance(params[name], str) and params[name] in WORDS:
            shown[name] = shown[name].format_map(shown)
    # A list that was cut ends in an ellipsis: it is the end of its sentence too.
    return text.format_map(shown).replace(" ….", " …")


def _megabytes(value: Any) -> Any:
    if value == "bytes":
        return "MB"
    return round(value / MEBIBYTE, 1) if isinstance(value, int) and value > MEBIBYTE else value


def show(name: str, value: Any, language: str) -> str:
    """One parameter in words: lists cut after ten, numbers and dates in the reader's form."""
    if value is None:
        return "assente" if language == "it" else "missing"
    if isinstance(value, bool | date):
        return _day(value, language) if isinstance(value, date) else str(value).lower()
    if isinstance(value, int | float):
        return str(value) if name in PLAIN else number(value, language)
    if isinstance(value, str):
        return _word(name, value, language)
    return listing([show(name, item, language) for item in value], language)


def _word(name: str, value: str, language: str) -> str:
    if name == "field" and schema.is_field(value):
        return schema.BY_NAME[value].label(language)
    if name == "score":
        return value.replace(".", ",") if language == "it" else value
    if ISO_DATE.match(value):
        with suppress(ValueError):  # 0000-00-00, as somebody sent it, is no day
            return _day(date.fromisoformat(value), language)
    return WORDS.get(value, MappingProxyType({})).get(language, value) if name in CODED else value


#: Parameters whose values are codes of `vocabulary.WORDS`.
CODED = frozenset(
    {
        "reason",
        "why",
        "done",
        "type",
        "terms",
        "because",
        "unit",
        "suggestion",
        "sep",
        "dec",
        "other",
        "guess",
    }
)


def _day(day: date, language: str) -> str:
    return (
        f"{day:%d/%m/%Y}" if language == "it" else f"{day.day} {MONTHS[day.month - 1]} {day.year}"
    )


def number(value: float, language: str) -> str:
    """A number with at most one decimal: 1.234,5 or 1,234.5."""
    text = f"{value:,.1f}" if isinstance(value, float) else f"{value:,}"
    text = text.removesuffix(".0")
    return text.translate(str.maketrans(",.", ".,")) if language == "it" else text


def listing(items: Sequence[str], language: str, *, limit: int = LISTED) -> str:
    """`12, 15, 19 e altre 5`: at most `limit` items, then how many more."""
    shown = ", ".join(items[:limit])
    more = len(items) - limit
    if more <= 0:
        return shown
    rest = number(more, language)
    return f"{shown} e altre {rest}" if language == "it" else f"{shown} and {rest} more"
