"""Findings in words, in the reader's language; the words themselves belong to the rules."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import formats
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.asked import choice
from deliveries.models import Finding
from validator.rules import registry
from validator.rules.wording import LANGUAGES, fill


@dataclass(frozen=True)
class Words:
    """Title, sentence and what to do, of one finding or of many told as one."""

    title: str
    message: str
    fix: str


def language() -> str:
    """The reader's language, `it` when none is active."""
    return (get_language() or "it")[:2]


def asked_language(asked: Mapping[str, str]) -> str:
    """The language asked for by `?language=`, or the page's: addresses of machines have none.
    Raises Invalid."""
    return choice(asked, "language", LANGUAGES) or language()


def words(
    code: str,
    params: Mapping[str, Any],
    *,
    rows: Iterable[int] = (),
    total: int = 0,
    findings: int | None = None,
) -> Words:
    """The words of a finding; a code that this version
    no longer declares is told by its code alone."""
    try:
        message = registry.render(
            code, params, rows=rows, total=total, language=language(), findings=findings
        )
    except KeyError:
        return Words(code, _("Rilievo di una versione precedente delle regole."), "")
    return Words(message.title, message.message, message.fix)


def message_of(finding: Finding, *, rows: Sequence[int] | None = None) -> Words:
    """The words of one stored finding; `rows` narrows them to some of its rows."""
    params = {"column": finding.column, "layer": finding.layer, **finding.params}
    return words(finding.code, params, rows=finding.rows if rows is None else rows)


def numbered(text: str, **numbers: int) -> str:
    """A translated text with its numbers in the reader's form (1.234)."""
    return text % {name: formats.number_format(value) for name, value in numbers.items()}


def title(code: str) -> str:
    """What the rule is called."""
    try:
        return registry.get(code).wording(language()).title
    except KeyError:
        return code


def why(params: Mapping[str, Any]) -> str:
    """The reason alone, as the beginning of a line: one reason can hold several checks back."""
    sentence = fill("{reason}", params, language())
    return sentence[:1].upper() + sentence[1:]


def reason(code: str, params: Mapping[str, Any]) -> str:
    """Why a check was not run, in words (the vocabulary of SYS-02)."""
    return words("SYS-02", {"check": title(code), **params}).message
