"""Folding of Italian texts and the search of known phrases in them, a whole column at a time.

What a phrase means is in `words.json` and in the taxonomy; what follows from it, in `kinds.py`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from validator.libraries import pl

_STEM = r"([a-z]{3,}?)[hi]?[aeio]\b"
_INITIALS = re.compile(r"\b([a-z]) (?=[a-z]\b)")
SEPARATOR = " ~ "


@cache
def vocabulary() -> Mapping[str, Any]:
    """The content of `words.json`."""
    path = Path(__file__).with_name("words.json")
    return MappingProxyType(json.loads(path.read_text(encoding="utf-8")))


def plain(texts: pl.Series) -> pl.Series:
    """Texts without case, accents, apostrophes and punctuation, words apart by one space."""
    marks = (
        texts.str.normalize("NFKD")
        .str.replace_all(r"\p{M}", "")
        .str.to_lowercase()
        .str.replace_all(r"[^a-z0-9]+", " ")
    )
    return marks.str.strip_chars()


def fold(texts: pl.Series) -> pl.Series:
    """Texts as runs of ` stem ` tokens, abbreviations written out, articles gone, ` ~ ` between
    coordinated parts; the form in which phrases are searched."""
    marks = texts.str.normalize("NFKD").str.replace_all(r"\p{M}", "").str.to_lowercase()
    for pattern, full in vocabulary()["dotted"].items():
        bound = pattern if pattern.startswith("^") else rf"\b{pattern}"
        marks = marks.str.replace_all(bound, f"{full} ")
    marks = (
        marks.str.replace_all(r"[,;/+&()|:]+|\be\b|\bed\b|\.{3}", " ~ ")
        .str.replace_all(r"[^a-z0-9~]+", " ")
        .str.strip_chars(" ~")
    )
    tokens = _pad(_join_initials(marks))
    return _stem(tokens.str.replace_many(*_expansions()).str.replace_many(*_bigrams()))


def _join_initials(texts: pl.Series) -> pl.Series:
    # I. P. S. I. A. -> ipsia; few texts have initials, so only those meet the slow regex.
    name = texts.name
    with_initials = texts.str.contains(r"\b[a-z] [a-z]\b").fill_null(value=False)
    if not with_initials.any():
        return texts
    joined = texts.filter(with_initials).map_elements(
        lambda text: _INITIALS.sub(r"\1", text), return_dtype=pl.String
    )
    return texts.scatter(with_initials.arg_true(), joined).alias(name)


def _pad(texts: pl.Series) -> pl.Series:
    # Each word carries its own two spaces, so that neighbouring phrases share none.
    padded = pl.Series([" "]) + texts.str.replace_all(" ", "  ") + pl.Series([" "])
    return padded.alias(texts.name)


def _stem(texts: pl.Series) -> pl.Series:
    stops = [f" {word} " for word in vocabulary()["stopwords"]]
    return texts.str.replace_many(stops, [""] * len(stops)).str.replace_all(_STEM, "${1}")


def _padded(text: str) -> str:
    return " " + text.replace(" ", "  ") + " "


@cache
def _expansions() -> tuple[list[str], list[str]]:
    words = vocabulary()["abbreviations"]
    return [_padded(word) for word in words], [_padded(full) for full in words.values()]


@cache
def _bigrams() -> tuple[list[str], list[str]]:
    words = vocabulary()["phrases"]
    return [_padded(word) for word in words], [_padded(full) for full in words.values()]


@dataclass(frozen=True, slots=True)
class Phrase:
    """What a known phrase stands for. `role`: kind, ambiguous, blocker, street or separator."""

    text: str
    role: str
    kinds: tuple[str, ...] = ()
    category: str | None = None
    head_only: bool = False
    type_only: bool = False


@dataclass(frozen=True)
class Phrases:
    """Known phrases by their folded form, and the search for them in a column."""

    by_fold: Mapping[str, Phrase] = field(default_factory=dict)

    @classmethod
    def of(cls, phrases: Iterable[Phrase]) -> Phrases:
        """Fold the phrases; of two with one form the first stays."""
        listed = list(phrases)
        folds = fold(pl.Series([phrase.text for phrase in listed], dtype=pl.String)).to_list()
        found: dict[str, Phrase] = {SEPARATOR: Phrase("~", "separator")}
        for key, phrase in zip(folds, listed, strict=True):
            found.setdefault(key, phrase)
        return cls(MappingProxyType(found))

    def find(self, texts: pl.Series) -> pl.DataFrame:
        """For each text: `found` (list of folded phrases, leftmost and longest first), `whole`
        (the text is nothing but the phrase), `head` (only filler words stand before it)."""
        folded = fold(texts).alias("folded")
        patterns = sorted(self.by_fold, key=len, reverse=True)
        fillers = fold(pl.Series(vocabulary()["fillers"])).unique().to_list()
        frame = folded.to_frame().with_columns(
            found=pl.col("folded").str.extract_many(patterns, leftmost=True)
        )
        first = pl.col("found").list.first()
        before = pl.col("folded").str.splitn(first, 2).struct.field("field_0")
        return frame.select(
            "folded",
            "found",
            whole=pl.col("folded") == first,
            head=before.str.replace_many(fillers, [""] * len(fillers)).str.strip_chars() == "",
        )
