"""The kind of service of every row: type column first, then category, name and code.

What one text says is `lexicon.py`; here the columns of a layer are put together. A guess that
could be wrong becomes null with its reason: the planner or the reviewer decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from validator.interpreting.lexicon import NOTHING, Lexicon, Reading, Why
from validator.libraries import pl

TEXTS = ("type", "subtype", "category", "name", "type_code", "category_code")


def output_schema() -> dict[str, pl.DataType]:
    """The columns that recognising the kinds adds."""
    return {
        "kind": pl.String(), "kind_category": pl.String(), "level": pl.String(),
        "kind_confidence": pl.Float64(), "kind_evidence": pl.String(), "kind_reason": pl.String(),
        "kind_candidates": pl.List(pl.String()), "category_read": pl.String(),
        "name_kind": pl.String(),
    }  # fmt: skip


MIN_NAME = 0.65


@dataclass(frozen=True, slots=True)
class ColumnReadings:
    """What each column of one row says; None where the cell is empty."""

    type: Reading | None
    subtype: Reading | None
    category: Reading | None
    name: Reading | None
    type_code: Reading | None
    category_code: Reading | None


def recognise(texts: pl.DataFrame, lexicon: Lexicon, profile: str = "") -> pl.DataFrame:
    """Kinds of the rows of one layer.

    `texts` has some of the columns `TEXTS`, one row per record. `profile` names the schema whose
    codes are known. Returns one row per record with the columns of `output_schema`.
    """
    known: list[Reading | None] = [None]
    ids = pl.DataFrame([
        _identify(name, _readings(texts, name, lexicon, profile), known) for name in TEXTS
    ])  # fmt: skip
    distinct = ids.unique(maintain_order=True)
    answers = [
        _row(ColumnReadings(*(known[index] for index in combination)), lexicon)
        for combination in distinct.iter_rows()
    ]
    decided = pl.DataFrame(answers, schema=output_schema(), orient="row")
    judged = pl.concat([distinct, decided], how="horizontal")
    return ids.join(judged, on=list(TEXTS), how="left", maintain_order="left").select(
        decided.columns
    )


def _readings(
    texts: pl.DataFrame, name: str, lexicon: Lexicon, profile: str
) -> Sequence[Reading | None]:
    if name not in texts.columns:
        return [None] * texts.height
    column = texts[name]
    if name == "name":
        return lexicon.read_names(column)
    distinct = column.drop_nulls().unique().to_list()
    if name in ("type", "subtype"):
        read = lexicon.read_types(distinct, profile)
    elif name == "category":
        read = lexicon.read_categories(distinct)
    else:
        read = lexicon.read_codes(distinct, profile)
    return [read.get(text) for text in column.to_list()]


def _identify(
    name: str, readings: Sequence[Reading | None], known: list[Reading | None]
) -> pl.Series:
    # By identity: one distinct text has one Reading object, and hashing 100,000 of them is slow.
    places = {id(None): 0}
    for reading in {id(reading): reading for reading in readings}.values():
        if reading is not None:
            places[id(reading)] = len(known)
            known.append(reading)
    return pl.Series(name, [places[id(reading)] for reading in readings], dtype=pl.Int32)


def combine(said: ColumnReadings, lexicon: Lexicon) -> Reading:
    """Put together what the columns of one row say; the type beats the words in the name."""
    for code in (said.type_code, said.category_code):
        if code and code.why is Why.JOINED_CODES:
            return code
    typed = _typed(said, lexicon)
    if typed.kind:
        return typed
    category = said.category or NOTHING
    if category.kind and not typed.candidates:
        return category
    for code in (said.type_code, said.category_code):
        if code and code.kind:
            return code
    return _named(said, typed, lexicon)


def _typed(said: ColumnReadings, lexicon: Lexicon) -> Reading:
    first, second = said.type or NOTHING, said.subtype or NOTHING
    if not second.kind:
        return first if said.type else second
    same = lexicon.category_of(second.kind) in (first.category, None)
    if first.kind is None and (second.kind in first.candidates or not first.candidates):
        return second
    return second if same and second.confidence >= first.confidence else first


def _named(said: ColumnReadings, typed: Reading, lexicon: Lexicon) -> Reading:
    category = said.category.category if said.category else None
    name = said.name or NOTHING
    fallback = _fallback(said, typed, category or typed.category)
    if not name.kind or name.confidence < MIN_NAME:
        return fallback
    if typed.candidates and name.kind not in typed.candidates:
        return fallback
    own = lexicon.category_of(name.kind)
    if category and own and own != category:
        return replace(
            fallback, why=Why.CONTRADICTORY, evidence=name.evidence, candidates=(name.kind,)
        )
    return name


def _fallback(said: ColumnReadings, typed: Reading, category: str | None) -> Reading:
    speaking = [
        reading
        for reading in (said.type, said.subtype, said.category, said.name, said.type_code)
        if reading and reading.why not in (None, Why.EMPTY)
    ]
    base = typed if typed.why not in (None, Why.EMPTY) else (speaking or [NOTHING])[0]
    return replace(base, kind=None, category=category or base.category)


def _row(said: ColumnReadings, lexicon: Lexicon) -> tuple[object, ...]:
    reading = combine(said, lexicon)
    kind = lexicon.taxonomy.kind(reading.kind)
    category = lexicon.category_of(reading.kind) if kind else reading.category
    reason = None if kind or reading.why is None else reading.why.value
    return (
        kind.slug if kind else None,
        category,
        kind.level if kind else None,
        reading.confidence if kind else 0.0,
        reading.evidence or None,
        reason or (None if kind else Why.UNKNOWN.value),
        list(reading.candidates) or None,
        said.category.category if said.category else None,
        said.name.kind if said.name else None,
    )
