"""The cells of one layer as fields of the schema, with people's edits and what they took back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from validator import schema
from validator.dataset import Change
from validator.interpreting import values, words
from validator.interpreting.context import MOJIBAKE, CellEdit, Context
from validator.interpreting.values import Parsed, fix_type
from validator.libraries import pl
from validator.schema import Field, ValueKind

Columns: TypeAlias = "dict[str, pl.Series]"


@dataclass(frozen=True)
class MatchedLayer:
    """One layer as read: its name, its columns, how many rows, and which column is which field."""

    name: str
    frame: pl.DataFrame
    rows: int
    column_of: Mapping[str, str]


def understood_columns(source: MatchedLayer, context: Context) -> Columns:
    """Every field of the schema, and `__raw` and `__fix` of those with a change or a failure."""
    columns: Columns = {}
    for field in schema.FIELDS:
        for name, column in _field_columns(field, source, context).items():
            columns[name] = column
    _status_from_elsewhere(columns, source, context)
    return columns


def _field_columns(field: Field, source: MatchedLayer, context: Context) -> Columns:
    edits = _edits_of(field.name, source.name, context.edits)
    sent = source.column_of.get(field.name)
    if sent is None and not edits:
        kind = values.dtype_of(field)
        return {field.name: pl.repeat(None, source.rows, dtype=kind, eager=True)}
    column = source.frame[sent] if sent else _nothing(source.rows)
    parsed = _parsed(column, field, source, context)
    if edits:
        parsed = _edited(parsed, values.as_text(column), field, edits)
    return _named(parsed, field)


def _nothing(rows: int) -> pl.Series:
    return pl.repeat(None, rows, dtype=pl.String, eager=True)


def _named(parsed: Parsed, field: Field) -> Columns:
    found = {field.name: parsed.value}
    if parsed.raw is not None and parsed.fix is not None:
        found[schema.raw(field.name)] = parsed.raw
        found[schema.fix(field.name)] = parsed.fix
    return found


def _parsed(column: pl.Series, field: Field, source: MatchedLayer, context: Context) -> Parsed:
    parsed = _plainly(column, field, source, context)
    if field.kind is not ValueKind.ISTAT or not context.territory.former:
        return parsed
    return _in_use(parsed, column, source, context)


def _in_use(parsed: Parsed, column: pl.Series, source: MatchedLayer, context: Context) -> Parsed:
    """ISTAT codes of comuni that were merged, as the code that continues each of them."""
    successor = parsed.value.replace_strict(
        context.territory.former, default=None, return_dtype=pl.String
    )
    touched = successor.is_not_null()
    change = pl.lit(Change.ISTAT_FORMER.value).cast(fix_type())
    fix = pl.select(pl.when(touched).then(change)).to_series()
    back = _undone(parsed.value.name, source, context, fix)
    if back is not None:
        touched &= ~back
    if not touched.any():
        return parsed
    value = pl.select(pl.when(touched).then(successor).otherwise(parsed.value)).to_series()
    text = values.as_text(column)
    moved = Parsed(value.alias(parsed.value.name), parsed.raw, parsed.fix)
    return _marked(moved, text, touched, Change.ISTAT_FORMER)


def _plainly(column: pl.Series, field: Field, source: MatchedLayer, context: Context) -> Parsed:
    if column.dtype == pl.String and any(one.what == MOJIBAKE for one in context.accepted):
        return _mended(column, field, source, context)
    return _unless_undone(column, field, source, context)


def _unless_undone(
    column: pl.Series, field: Field, source: MatchedLayer, context: Context
) -> Parsed:
    parsed = values.parse(column, field)
    if parsed.fix is None:
        return parsed
    undone = _undone(field.name, source, context, parsed.fix)
    return values.parse(column, field, undone=undone) if undone is not None else parsed


def _mended(column: pl.Series, field: Field, source: MatchedLayer, context: Context) -> Parsed:
    meant = values.mended_mojibake(column)
    touched = meant.is_not_null()
    mended = pl.select(
        pl.when(touched).then(pl.lit(Change.MOJIBAKE.value).cast(fix_type()))
    ).to_series()
    back = _undone(field.name, source, context, mended)
    if back is not None:
        touched &= ~back
    outcome = pl.select(pl.when(touched).then(meant).otherwise(column)).to_series()
    parsed = _unless_undone(outcome, field, source, context)
    if not touched.any():
        return parsed
    return _marked(parsed, column, touched, Change.MOJIBAKE)


def _marked(parsed: Parsed, text: pl.Series, touched: pl.Series, change: Change) -> Parsed:
    rows = len(text)
    raw = parsed.raw if parsed.raw is not None else _nothing(rows)
    fix = (
        parsed.fix
        if parsed.fix is not None
        else pl.repeat(None, rows, dtype=fix_type(), eager=True)
    )
    understood = touched & (fix.cast(pl.String) != schema.FAILED).fill_null(value=True)
    outcome = pl.select(
        raw=pl.when(touched).then(text).otherwise(raw),
        fix=pl.when(understood).then(pl.lit(change.value).cast(fix_type())).otherwise(fix),
    )
    return Parsed(parsed.value, outcome["raw"], outcome["fix"])


def _undone(
    field: str, source: MatchedLayer, context: Context, fix: pl.Series
) -> pl.Series | None:
    cells: dict[str | None, set[int]] = {}
    columns: set[str | None] = set()
    for undo in context.undone:
        if undo.speaks_of(field, source.name):
            if undo.row is None:
                columns.add(undo.change)
            else:
                cells.setdefault(undo.change, set()).add(undo.row)
    if not columns and not cells:
        return None
    text = fix.cast(pl.String)
    back = pl.repeat(None in columns, source.rows, dtype=pl.Boolean, eager=True)
    back |= text.is_in(sorted(change for change in columns if change)).fill_null(value=False)
    rows = pl.int_range(1, source.rows + 1, eager=True)
    for change, some in cells.items():
        same = text == change if change else pl.repeat(True, source.rows, eager=True)
        back |= rows.is_in(sorted(some)) & same.fill_null(value=False)
    return back


def _edits_of(field: str, layer: str, edits: Iterable[CellEdit]) -> dict[int, str | None]:
    return {
        edit.row - 1: edit.value
        for edit in edits
        if edit.field == field and edit.layer == layer and edit.row >= 1
    }


def _edited(
    parsed: Parsed, text: pl.Series, field: Field, edits: Mapping[int, str | None]
) -> Parsed:
    places = [place for place in edits if place < len(text)]
    if not places:
        return parsed
    typed = pl.Series([edits[place] for place in places], dtype=pl.String)
    read = values.parse(typed, field)
    touched = pl.repeat(False, len(text), eager=True).scatter(places, True)
    value = parsed.value.scatter(places, read.value)
    before = parsed.fix.cast(pl.String).scatter(places, None) if parsed.fix is not None else None
    fix = None if before is None else before.cast(fix_type())
    result = _marked(Parsed(value, parsed.raw, fix), text, touched, Change.EDITED)
    failed = [
        place for place, done in zip(places, _fixes(read), strict=True) if done == schema.FAILED
    ]
    if not failed or result.fix is None or result.raw is None:
        return result
    return Parsed(
        value,
        result.raw.scatter(failed, [edits[place] for place in failed]),
        result.fix.cast(pl.String).scatter(failed, schema.FAILED).cast(fix_type()),
    )


def _fixes(parsed: Parsed) -> list[str | None]:
    if parsed.fix is None:
        return [None] * len(parsed.value)
    return parsed.fix.cast(pl.String).to_list()


def _status_from_elsewhere(columns: Columns, source: MatchedLayer, context: Context) -> None:
    # Milano's MATRICE says it per row, and many plans only by the name of the layer.
    known = words.vocabulary()["status"]
    if columns["matrix"].null_count() < source.rows and not _status_undone(
        Change.WORD, source, context
    ):
        _fill_status(
            columns, values.word(columns["matrix"], known), columns["matrix"], Change.WORD
        )
    hint = status_of_layer(source.name)
    undone = _status_undone(Change.LAYER_STATUS, source, context)
    if hint and not undone and not source.column_of.get("status"):
        meant = pl.repeat(hint, source.rows, dtype=pl.String, eager=True)
        named = pl.repeat(source.name, source.rows, dtype=pl.String, eager=True)
        _fill_status(columns, meant, named, Change.LAYER_STATUS)


def _status_undone(change: Change, source: MatchedLayer, context: Context) -> bool:
    return any(
        undo.speaks_of("status", source.name) and undo.change in (None, change)
        and undo.row is None for undo in context.undone
    )  # fmt: skip


def _fill_status(columns: Columns, meant: pl.Series, said: pl.Series, change: Change) -> None:
    name, raw, fix = "status", schema.raw("status"), schema.fix("status")
    rows = len(meant)
    before = Parsed(columns[name], columns.get(raw), columns.get(fix))
    failed = (
        (before.fix.cast(pl.String) == schema.FAILED).fill_null(value=False)
        if before.fix is not None
        else pl.repeat(False, rows, eager=True)
    )
    empty = before.value.is_null() & ~failed & meant.is_not_null()
    if not empty.any():
        return
    value = pl.select(pl.when(empty).then(meant).otherwise(before.value)).to_series()
    outcome = _marked(Parsed(value, before.raw, before.fix), said, empty, change)
    columns[name] = value.alias(name)
    if outcome.raw is not None and outcome.fix is not None:
        columns[raw], columns[fix] = outcome.raw, outcome.fix


def status_of_layer(name: str) -> str | None:
    """The status that a layer's name gives (`servizi_previsti` -> `previsto`), if it gives one."""
    text = words.plain(pl.Series([name]))[0] or ""
    found = {
        status for status, stems in _LAYER_STEMS.items() if any(stem in text for stem in stems)
    }
    return found.pop() if len(found) == 1 else None


_LAYER_STEMS: Mapping[str, tuple[str, ...]] = {
    "esistente": ("esistent",),
    "previsto": ("previst", "in progetto", "di progetto", "previsione"),
    "in attuazione": ("attuazione", "in corso"),
    "dismesso": ("dismess",),
}
