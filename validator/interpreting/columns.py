"""Which column is which field: remembered choices, known names, likeness, and what cells hold.

The names are data (`columns.json`). The planner is asked only about what comes out doubtful.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from rapidfuzz import fuzz, process

from validator import schema
from validator.dataset import ColumnMatch, Reason
from validator.interpreting import evidence
from validator.interpreting.lexicon import Lexicon
from validator.interpreting.values import as_text
from validator.interpreting.words import plain
from validator.libraries import pl

DOUBTFUL_BELOW = 0.8
ASKED = 0.75
SIMILAR = 84
CUT_LENGTH = 10
SAMPLES = 3


@cache
def known_names() -> Mapping[str, Any]:
    """The content of `columns.json`."""
    path = Path(__file__).with_name("columns.json")
    return MappingProxyType(json.loads(path.read_text(encoding="utf-8")))


@cache
def _fields_by_key() -> Mapping[str, str]:
    found: dict[str, str] = {}
    for name, listed in known_names()["plain"].items():
        own = schema.BY_NAME[name]
        for key in keys([*listed, own.label_it, own.label_en, name]):
            found.setdefault(key, name)
            found.setdefault(key.replace(" ", ""), name)
    return MappingProxyType(found)


def keys(names: list[str]) -> list[str]:
    """Column names as compared: no case, accents or signs (`SUP_FOND` -> `sup fond`)."""
    return plain(pl.Series(names, dtype=pl.String)).to_list()


@dataclass(frozen=True, slots=True)
class Chosen:
    """What people decided about columns: now (`chosen`) and at earlier deliveries (`remembered`).

    Both say column -> field, or None to keep the column aside.
    """

    chosen: Mapping[str, str | None] = field(default_factory=dict)
    remembered: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Claim:
    column: str
    field: str
    score: float
    origin: str
    full: str = ""
    fitness: float = 0.0


@dataclass(frozen=True, slots=True)
class Matched:
    """The matches of one layer's columns, in file order, and the schema they follow, if known."""

    columns: tuple[ColumnMatch, ...]
    profile: str


def match_columns(frame: pl.DataFrame, lexicon: Lexicon, chosen: Chosen) -> Matched:
    """Match the columns of a layer as read to the fields of the schema, one column per field."""
    samples = {name: evidence.sample(frame[name]) for name in frame.columns}
    profile = _profile(frame.columns)
    claims = [
        fitted
        for claim in _claims(frame.columns, profile, chosen)
        if (fitted := _fitted(claim, frame[claim.column], samples[claim.column], lexicon))
    ]
    claims = _names_that_are_types(claims, samples, lexicon)
    taken = _assign(claims, _decided(frame.columns, chosen))
    free = [name for name in frame.columns if name not in taken and not _aside(name, chosen)]
    for claim in evidence.guesses(free, samples, lexicon, set(taken.values_by_field)):
        taken.add(_Claim(claim.column, claim.field, claim.score, "content"))
    matches = (
        _match(name, taken.by_column.get(name), claims, as_text(samples[name]))
        for name in frame.columns
    )
    return Matched(tuple(matches), profile)


@dataclass
class _Taken:
    by_column: dict[str, _Claim] = field(default_factory=dict)
    values_by_field: dict[str, str] = field(default_factory=dict)

    def __contains__(self, column: str) -> bool:
        return column in self.by_column

    def add(self, claim: _Claim) -> None:
        if claim.column not in self.by_column and claim.field not in self.values_by_field:
            self.by_column[claim.column] = claim
            self.values_by_field[claim.field] = claim.column


def _profile(columns: list[str]) -> str:
    upper = {name.upper() for name in columns}
    profiles: dict[str, Any] = known_names()["profiles"]
    for name, profile in profiles.items():
        if {mark.upper() for mark in profile["signature"]} <= upper:
            return name
    return ""


def _decided(columns: list[str], chosen: Chosen) -> dict[str, _Claim | None]:
    decided: dict[str, _Claim | None] = {}
    for origin, choices in (("remembered", chosen.remembered), ("chosen", chosen.chosen)):
        for column, name in choices.items():
            if column in columns and (name is None or schema.is_field(name)):
                decided[column] = None if name is None else _Claim(column, name, 1.0, origin)
    return decided


def _aside(column: str, chosen: Chosen) -> bool:
    choices = {**chosen.remembered, **chosen.chosen}
    technical = keys([column])[0] in known_names()["technical"]
    return technical or (column in choices and choices[column] is None)


def _claims(columns: list[str], profile: str, chosen: Chosen) -> Iterator[_Claim]:
    known = known_names()["profiles"].get(profile, {}).get("columns", {})
    from_profile = {column.upper(): name for column, name in known.items()}
    compared = keys(columns)
    of_people = not set(known_names()["persons"]).isdisjoint(compared)
    for column, key in zip(columns, compared, strict=True):
        if _aside(column, chosen) or (of_people and key in ("nome", "name")):
            continue
        if column.upper() in from_profile:
            yield _Claim(column, from_profile[column.upper()], 0.99, "profile")
        elif pair := _pair(column, columns):
            yield pair
        else:
            yield from _named(column, key)


def _pair(column: str, columns: list[str]) -> _Claim | None:
    # Regional layers give a code and its description: TIPO_INT and DTIPO_INT.
    upper = {name.upper() for name in columns}
    bare = column.upper()
    own = _fields_by_key().get(keys([bare.rstrip("0123456789")])[0])
    if f"D{bare}" in upper and own in ("type", "category"):
        return _Claim(column, f"{own}_code", 0.93, "name")
    if bare.startswith("D") and bare[1:] in upper:
        own = _fields_by_key().get(keys([bare[1:].rstrip("0123456789")])[0])
        if own in ("type", "category"):
            return _Claim(column, own, 0.93, "name")
    return None


def _named(column: str, key: str) -> Iterator[_Claim]:
    known = _fields_by_key()
    if not key:
        return
    exact = known.get(key) or known.get(key.replace(" ", ""))
    if exact:
        # Of two columns with a known name the better known one wins: Comune over Località.
        rank = list(known).index(key if key in known else key.replace(" ", ""))
        sure = ASKED if key in known_names()["asked"] else 0.95
        yield _Claim(column, exact, sure - rank * 1e-6, "name")
        return
    if len(column) == CUT_LENGTH:
        wholes = [name for name in known if name.startswith(key)]
        if wholes:
            # Cut within its second word a name may have been that of several fields.
            several = " " in key and len({known[name] for name in wholes}) > 1
            yield _Claim(column, known[wholes[0]], ASKED if several else 0.92, "name", wholes[0])
            return
    if len(key) >= 4:
        for full, ratio, _ in process.extract(
            key, known.keys(), scorer=fuzz.ratio, score_cutoff=SIMILAR, limit=3
        ):
            score = 0.55 + (ratio - SIMILAR) / (100 - SIMILAR) * 0.2
            yield _Claim(column, known[full], score, "similar", full)


def _fitted(
    claim: _Claim, column: pl.Series, sample: pl.Series, lexicon: Lexicon
) -> _Claim | None:
    fitness = evidence.fitness(claim.field, column, sample, lexicon)
    if fitness is None:
        return claim
    if fitness <= evidence.CONTRADICTED and claim.origin != "profile":
        return None
    doubt = 0.2 if fitness < evidence.WEAK and claim.origin != "profile" else 0.0
    return replace(claim, score=claim.score - doubt, fitness=fitness)


def _names_that_are_types(
    claims: list[_Claim], samples: Mapping[str, pl.Series], lexicon: Lexicon
) -> list[_Claim]:
    # «Servizio» with library, theatre, pharmacy below, and no column of types: which is it?
    if {claim.field for claim in claims} & {"type", "category", "subtype", "type_code"}:
        return claims
    return [
        replace(claim, score=ASKED)
        if claim.field == "name" and evidence.is_list_of_types(samples[claim.column], lexicon)
        else claim
        for claim in claims
    ]


def _assign(claims: list[_Claim], decided: dict[str, _Claim | None]) -> _Taken:
    taken = _Taken()
    for claim in decided.values():
        if claim:
            taken.add(claim)
    for claim in sorted(claims, key=lambda claim: (-claim.score, -claim.fitness)):
        if claim.column not in decided:
            taken.add(claim)
    return taken


def _match(
    column: str, taken: _Claim | None, claims: list[_Claim], sample: pl.Series
) -> ColumnMatch:
    texts = tuple(sample.drop_nulls().head(SAMPLES).to_list())
    others = tuple(
        dict.fromkeys(
            claim.field
            for claim in claims
            if claim.column == column and (taken is None or claim.field != taken.field)
        )
    )
    if taken is None:
        technical = keys([column])[0] in known_names()["technical"]
        why = Reason("technical" if technical else "unknown")
        return ColumnMatch(column, None, 0.0, why, texts, alternatives=others)
    cut = taken.full if taken.origin == "name" else ""
    return ColumnMatch(
        column,
        taken.field,
        round(taken.score, 2),
        Reason("cut" if cut else taken.origin, {"name": taken.full} if taken.full else {}),
        texts,
        doubtful=taken.score < DOUBTFUL_BELOW,
        cut=cut,
        origin=taken.origin,
        alternatives=others,
    )


def follows_schema(columns: tuple[ColumnMatch, ...]) -> bool:
    """Whether a layer's columns are those of a layer of services (FIL-06)."""
    fields = {match.field for match in columns if match.confidence >= 0.5}
    what = fields & {"type", "category", "subtype", "type_code"}
    return bool(what) or {"name", "status"} <= fields or {"name", "address"} <= fields
