"""Values of a column from the text as sent: numbers, dates, codes, words, blanks.

Nothing is judged here: what cannot be understood is null and marked `failed`, with the text kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

from validator import schema
from validator.dataset import Change
from validator.interpreting import words
from validator.libraries import pl
from validator.limits import DEFAULT
from validator.reading import encoding
from validator.schema import Field, ValueKind

#: Of a cell that is too long, what is kept to tell it by.
_SHOWN = 200
_DATE_FORMATS = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y/%m/%d", "%Y%m%d", "%d/%m/%y")
_UNITS = r"(?i)\s*(m²|m2|mq|m\^2|€|euro|eur|mq\.|posti|ab\.?)$"
_MAIL = r"[^@\s,;]+@[^@\s,;]+\.[^@\s,;]+"
#: One mailbox or several, as people write them in one cell.
_MAILS = rf"^{_MAIL}(?:(?:\s*[,;/]\s*|\s+){_MAIL})*[,;]?$"
#: What an editor of web pages makes of an address: one link, and nothing beside it but marks.
_ONE_LINK = (
    r"(?is)^\s*(?:<(?:p|div|span)\b[^<>]*>\s*)*<a\b[^<>]*\bhref=[\"']([^\"'<>]+)[\"'][^<>]*>"
    r"[^<>]*</a>(?:\s*</(?:p|div|span)>)*\s*$"
)
_MARKUP_ALONE = r"^(?:\s|<[^<>]*>|&nbsp;)*$"
_DMS = r"^(\d{1,3})\s*[°º]\s*(\d{1,2})\s*['’′]\s*(\d{1,2}(?:[.,]\d+)?)\s*[\"”″]?\s*([NSEOW]?)$"


@dataclass(frozen=True, slots=True)
class Parsed:
    """A field's values, and where they differ from what was sent: the text, and what was done.

    `raw` and `fix` are None when no cell was changed and none failed.
    """

    value: pl.Series
    raw: pl.Series | None = None
    fix: pl.Series | None = None


def dtype_of(field: Field) -> pl.DataType:
    """The polars type of the field's column."""
    match field.kind:
        case ValueKind.NUMBER | ValueKind.COORDINATE:
            return pl.Float64()
        case ValueKind.INTEGER:
            return pl.Int64()
        case ValueKind.DATE:
            return pl.Date()
    return pl.String()


@cache
def fix_type() -> pl.Enum:
    """The polars type of what was done to a cell."""
    return pl.Enum([schema.FAILED, *(change.value for change in Change)])


def as_text(column: pl.Series) -> pl.Series:
    """The column as text: whole floats without their `.0`, dates as ISO, empty texts as null."""
    if column.dtype == pl.String:
        text = column
    elif column.dtype.is_float():
        text = _float_text(column)
    elif column.dtype == pl.Boolean:
        text = column.replace_strict({True: "sì", False: "no"}, return_dtype=pl.String)
    elif column.dtype == pl.Binary or column.dtype.is_nested():
        text = pl.repeat(None, len(column), dtype=pl.String, eager=True)
    else:
        text = column.cast(pl.String)
    return text.set(text.str.contains(r"^\s*$").fill_null(value=False), None)


def _float_text(column: pl.Series) -> pl.Series:
    finite = column.fill_nan(None)
    whole = (finite == finite.round(0)) & (finite.abs() < 1e15)
    return (
        pl.select(
            pl.when(whole)
            .then(finite.cast(pl.Int64, strict=False).cast(pl.String))
            .otherwise(finite.cast(pl.String))
        )
        .to_series()
        .alias(column.name)
    )


def parse(column: pl.Series, field: Field, *, undone: pl.Series | None = None) -> Parsed:
    """Understand one column as the field.

    `undone` marks the cells whose automatic change the planner took back: they stay as sent.
    """
    if column.dtype.is_numeric() and field.kind in (ValueKind.NUMBER, ValueKind.COORDINATE):
        return _already_number(column, field, undone)
    text = as_text(column)
    long = _too_long(text, field)
    if long is not None:
        short = text.str.slice(0, _SHOWN) + "…"
        text = pl.select(pl.when(long).then(short).otherwise(text)).to_series()
    blank = _blank(text)
    bare = text.set(blank if long is None else blank | long, None)
    value, change = _PARSERS[field.kind](bare, field)
    return _told(text, value, _Changes(blank, change, undone), field)


def _too_long(text: pl.Series, field: Field) -> pl.Series | None:
    """Cells with more characters than any needs that is no shape; None where there is none."""
    if field.name == "wkt":
        return None
    long = (text.str.len_bytes() > DEFAULT.text_characters).fill_null(value=False)
    if long.any():
        long &= (text.str.len_chars() > DEFAULT.text_characters).fill_null(value=False)
    return long if long.any() else None


@dataclass(frozen=True, slots=True)
class _Changes:
    blank: pl.Series
    change: Change
    undone: pl.Series | None


def _told(text: pl.Series, value: pl.Series, changes: _Changes, field: Field) -> Parsed:
    value, zero = _without_zeros(value, field)
    failed = value.is_null() & text.is_not_null() & ~changes.blank & ~zero
    shown = value if value.dtype == pl.String else _spelt(value, text)
    differs = (shown != text).fill_null(value=False)
    frame = pl.select(
        fix=pl.when(failed).then(pl.lit(schema.FAILED))
        .when(zero).then(pl.lit(Change.ZERO_UNKNOWN.value))
        .when(changes.blank).then(pl.lit(Change.BLANK.value))
        .when(differs).then(pl.lit(changes.change.value))
        .otherwise(None).cast(fix_type())
    )  # fmt: skip
    fix = frame["fix"]
    if changes.undone is not None:
        back = changes.undone & fix.is_not_null()
        value = value.set(back, None) if value.dtype != pl.String else _restored(value, text, back)
        keep = (
            back if value.dtype == pl.String else pl.Series([False]).new_from_index(0, len(back))
        )
        fix = _undo(fix, back, keep=keep)
    if fix.null_count() == len(fix):
        return Parsed(value.alias(field.name))
    return Parsed(value.alias(field.name), _where(text, fix.is_not_null()), fix)


def _restored(value: pl.Series, text: pl.Series, back: pl.Series) -> pl.Series:
    return pl.select(pl.when(back).then(text).otherwise(value)).to_series()


def _undo(fix: pl.Series, back: pl.Series, *, keep: pl.Series) -> pl.Series:
    # A text goes back to what was sent; a number that may not be read is a number not understood.
    return pl.select(
        pl.when(keep).then(None)
        .when(back).then(pl.lit(schema.FAILED).cast(fix_type()))
        .otherwise(fix)
    ).to_series()  # fmt: skip


def _where(text: pl.Series, mask: pl.Series) -> pl.Series:
    return pl.select(pl.when(mask).then(text).otherwise(None)).to_series()


def _spelt(value: pl.Series, text: pl.Series) -> pl.Series:
    # 1234.50 and 1234.5 are one number: only a text that a machine would not read is a change.
    if value.dtype == pl.Date:
        return value.cast(pl.String)
    plain = text.cast(pl.Float64, strict=False)
    same = (plain == value.cast(pl.Float64)).fill_null(value=False)
    return pl.select(pl.when(same).then(text).otherwise(value.cast(pl.String))).to_series()


def _without_zeros(value: pl.Series, field: Field) -> tuple[pl.Series, pl.Series]:
    if value.dtype == pl.Float64 and field.minimum is not None and field.minimum > 0:
        zero = (value == 0).fill_null(value=False)
        return value.set(zero, None), zero
    return value, pl.repeat(False, len(value), eager=True)


def _already_number(column: pl.Series, field: Field, undone: pl.Series | None) -> Parsed:
    value = column.cast(pl.Float64).fill_nan(None)
    blank = pl.repeat(False, len(value), eager=True)
    _, zero = _without_zeros(value, field)
    if not zero.any():
        return Parsed(value.alias(field.name))
    text = _where(as_text(column), zero)
    return _told(text, value, _Changes(blank, Change.NUMBER, undone), field)


def _blank(text: pl.Series) -> pl.Series:
    known = words.vocabulary()["blank"]
    bare = text.str.strip_chars().str.to_lowercase()
    # What an editor of web pages leaves in an empty field: <p></p>, <br>, &nbsp;
    empty = bare.str.contains(_MARKUP_ALONE) & bare.str.contains(r"[<&]")
    return (bare.is_in(known) | empty).fill_null(value=False)


def _text(text: pl.Series, field: Field) -> tuple[pl.Series, Change]:
    return text.str.strip_chars(), Change.TRIMMED


def number(text: pl.Series, *, thousands_dot: bool | None = None) -> pl.Series:
    """Numbers as Italians and machines write them: `1.234,50`, `1234.5`, `1 234`, `1.5e3`.

    `1.234` alone means either; `thousands_dot` decides, None asks the rest of the column: a comma
    decimal or `1.234.567` anywhere makes the dot a thousands mark, another dot decimal a point,
    and with no evidence the Italian reading stands.
    """
    bare = text.str.strip_chars().str.replace(_UNITS, "").str.replace_all(r"[\s'’]", "")
    if thousands_dot is None:
        thousands_dot = _dots_are_thousands(bare)
    dotted = r"^[+-]?\d{1,3}(\.\d{3})+$" if thousands_dot else r"^[+-]?\d{1,3}(\.\d{3}){2,}$"
    italian = bare.str.contains(r"^[+-]?(\d{1,3}(\.\d{3})+|\d+),\d+$|^[+-]?,\d+$")
    english = bare.str.contains(r"^[+-]?\d{1,3}(,\d{3})+\.\d+$|^[+-]?\d{1,3}(,\d{3}){2,}$")
    whole = bare.str.contains(dotted) & ~bare.str.contains(r"^[+-]?0\d*\.")
    machine = bare.str.contains(r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$")
    spelt = pl.select(
        pl.when(italian).then(bare.str.replace_all(".", "", literal=True).str.replace(",", "."))
        .when(english).then(bare.str.replace_all(",", "", literal=True))
        .when(whole).then(bare.str.replace_all(".", "", literal=True))
        .when(machine).then(bare)
        .otherwise(None)
    ).to_series()  # fmt: skip
    return spelt.cast(pl.Float64, strict=False)


def _dots_are_thousands(bare: pl.Series) -> bool:
    if bare.str.contains(r",\d+$|\.\d{3}[.,]").any():
        return True
    points = bare.str.contains(r"\.") & ~bare.str.contains(r"^[+-]?[1-9]\d{0,2}\.\d{3}$")
    return not points.any()


def _number(text: pl.Series, field: Field) -> tuple[pl.Series, Change]:
    return number(text), Change.NUMBER


def _integer(text: pl.Series, field: Field) -> tuple[pl.Series, Change]:
    value = number(text, thousands_dot=False)
    whole = (value == value.round(0)) & (value.abs() < 1e15)
    return value.set(~whole.fill_null(value=False), None).cast(pl.Int64), Change.NUMBER


def coordinate(text: pl.Series) -> pl.Series:
    """Coordinates: a dot is always decimal unless it repeats; degrees, minutes, seconds too."""
    value = number(text, thousands_dot=False)
    sexagesimal = text.str.strip_chars().str.extract_groups(_DMS).struct.unnest()
    degrees, minutes, seconds, side = (sexagesimal[name] for name in sexagesimal.columns)
    arc = (
        degrees.cast(pl.Float64)
        + minutes.cast(pl.Float64) / 60
        + seconds.str.replace(",", ".").cast(pl.Float64) / 3600
    )
    west = side.is_in(["S", "W", "O"]).fill_null(value=False)
    return pl.select(pl.coalesce(value, pl.when(west).then(-arc).otherwise(arc))).to_series()


def _coordinate(text: pl.Series, field: Field) -> tuple[pl.Series, Change]:
    return coordinate(text), Change.COORDINATE


def _date(text: pl.Series, field: Field) -> tuple[pl.Series, Change]:
    day = text.str.strip_chars().str.replace(r"^(\d{4}-\d{2}-\d{2})[T ].*$", "${1}")
    day = day.str.replace(r"^(\d{1,2}[/.-]\d{1,2}[/.-]\d{4})\s.*$", "${1}")
    year = day.str.extract(r"^((?:19|20)\d{2})$") + "-01-01"
    serial = day.str.extract(r"^([2-5]\d{4})(?:\.0)?$").cast(pl.Int32, strict=False)
    excel = (serial - 25569).cast(pl.Date)
    parsed = [day.str.to_date(pattern, strict=False) for pattern in _DATE_FORMATS]
    readings = [*parsed, year.str.to_date("%Y-%m-%d", strict=False), excel]
    value = pl.select(pl.coalesce(readings)).to_series()
    # Years such as 0023 come from %y read by another pattern, or from a slip of the pen.
    return value.set((value.dt.year() < 1000).fill_null(value=False), None), Change.DATE


def _istat(text: pl.Series, field: Field) -> tuple[pl.Series, Change]:
    digits = text.str.strip_chars().str.replace(r"\.0$", "").str.replace_all(r"[.\s]", "")
    code = pl.select(
        pl.when(digits.str.contains(r"^\d{6}$")).then(digits)
        .when(digits.str.contains(r"^\d{4,5}$")).then(digits.str.zfill(6))
        .when(digits.str.contains(r"^0\d{8}$")).then(digits.str.slice(3))
        .when(digits.str.contains(r"^\d{8}$")).then(digits.str.slice(2))
        .otherwise(None)
    ).to_series()  # fmt: skip
    return code, Change.ISTAT_ZERO


def _url(text: pl.Series, field: Field) -> tuple[pl.Series, Change]:
    bare = text.str.strip_chars()
    linked = bare.str.extract(_ONE_LINK).str.strip_chars()
    bare = pl.select(pl.coalesce(linked, bare)).to_series()
    naked = bare.str.contains(
        r"(?i)^www\.[^\s]+$|^[a-z0-9-]+(\.[a-z0-9-]+)*\.(it|com|org|eu|net)(/|$)"
    )
    whole = pl.select(pl.when(naked).then("https://" + bare).otherwise(bare)).to_series()
    return _well_formed(whole, r"(?i)^(https?|ftp)://[^\s/]+\.[^\s]+$"), Change.URL_SCHEME


def _email(text: pl.Series, field: Field) -> tuple[pl.Series, Change]:
    bare = text.str.strip_chars().str.replace(r"(?i)^mailto:", "")
    return _well_formed(bare, _MAILS), Change.TRIMMED


def _well_formed(text: pl.Series, pattern: str) -> pl.Series:
    """The texts that match; null, that is not understood, elsewhere."""
    return pl.select(pl.when(text.str.contains(pattern)).then(text)).to_series()


def word(text: pl.Series, listed: Mapping[str, list[str]]) -> pl.Series:
    """Words of a closed list from the many ways of writing them; null when none."""
    known = _flat(tuple((value, *ways) for value, ways in listed.items()))
    plain = words.plain(text)
    return plain.replace_strict(known, default=None, return_dtype=pl.String)


@cache
def _flat(listed: tuple[tuple[str, ...], ...]) -> Mapping[str, str]:
    ways = [(way, row[0]) for row in listed for way in row]
    plain = words.plain(pl.Series([way for way, _ in ways]))
    return dict(zip(plain, (value for _, value in ways), strict=True))


def _word(text: pl.Series, field: Field) -> tuple[pl.Series, Change]:
    value = word(text, words.vocabulary()[field.name])
    if field.name != "status":
        return value, Change.WORD
    letters = words.vocabulary()["status_letters"]
    plain = words.plain(text)
    if plain.drop_nulls().is_in(list(letters)).all():
        value = plain.replace_strict(letters, default=None, return_dtype=pl.String)
    return value, Change.WORD


_PARSERS: Mapping[ValueKind, Callable[[pl.Series, Field], tuple[pl.Series, Change]]] = {
    ValueKind.TEXT: _text,
    ValueKind.CODE: _text,
    ValueKind.PHONE: _text,
    ValueKind.NUMBER: _number,
    ValueKind.INTEGER: _integer,
    ValueKind.COORDINATE: _coordinate,
    ValueKind.DATE: _date,
    ValueKind.ISTAT: _istat,
    ValueKind.URL: _url,
    ValueKind.EMAIL: _email,
    ValueKind.WORD: _word,
}


def mended_mojibake(texts: pl.Series) -> pl.Series:
    """What texts decoded twice were meant to be (`LibertÃ ` -> `Libertà`), null where sound."""
    suspicious = texts.str.contains(encoding.SUSPECT).fill_null(value=False)
    distinct = texts.filter(suspicious).unique()
    meant = {text: mended for text in distinct if (mended := encoding.repair(text)) is not None}
    return texts.replace_strict(meant, default=None, return_dtype=pl.String)
