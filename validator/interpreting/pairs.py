"""Two coordinates in one cell, as people write them:
`45.53, 9.24`, `(45,53 9,24)`, degrees and minutes."""

from __future__ import annotations

from validator.interpreting import values
from validator.libraries import pl

_NUMBER = r"[+-]?\d{1,9}(?:[.,]\d+)?"
_DOTTED = r"[+-]?\d{1,9}(?:\.\d+)?"
_COMMAED = r"[+-]?\d{1,9},\d+"
_ARC = (
    r"\d{1,3}\s*[°º]\s*\d{1,2}\s*['’′]\s*\d{1,2}(?:[.,]\d+)?\s*"
    r"(?:[\"”″]|''|’’|′′)?\s*[NSEOWnseow]?"
)
#: In this order: a comma alone parts two numbers only where it cannot be decimal.
_SPELLINGS = tuple(
    rf"^\s*[(\[]?\s*({first})(?:{parted})({second})\s*[)\]]?\s*$"
    for first, parted, second in (
        (_DOTTED, r"\s*,\s*", _DOTTED),
        (_NUMBER, r"\s*[;|/]\s*|\s*,\s+|\s+-\s+|\s+", _NUMBER),
        (_COMMAED, r",", _COMMAED),
        (_ARC, r"\s*[,;/|-]?\s*", _ARC),
    )
)


def pairs(texts: pl.Series) -> tuple[pl.Series, pl.Series]:
    """The two numbers of each cell in the order in which they stand; null where there are none."""
    found = [texts.str.extract_groups(spelling).struct.unnest() for spelling in _SPELLINGS]
    halves = (
        pl.select(pl.coalesce(one[name] for one in found)).to_series() for name in ("1", "2")
    )
    first, second = (values.coordinate(_plain(half)) for half in halves)
    return first, second


def are_pairs(texts: pl.Series) -> pl.Series:
    """Which cells hold two numbers with decimals, or degrees: more than two house numbers."""
    first, second = pairs(texts)
    spelt = texts.str.contains(r"\d[.,]\d+.*\d[.,]\d|[°º].*[°º]")
    return first.is_not_null() & second.is_not_null() & spelt


def _plain(halves: pl.Series) -> pl.Series:
    return (
        halves.str.replace(r"^([+-]?\d+),(\d+)$", "${1}.${2}")
        .str.replace(r"(?:''|’’|′′)", '"')
        .str.to_uppercase()
    )
