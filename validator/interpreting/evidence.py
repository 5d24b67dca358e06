"""What the cells of a column say about its field: whether they fit, and guesses without a name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from validator.interpreting import values, words
from validator.interpreting.lexicon import Lexicon
from validator.interpreting.pairs import are_pairs
from validator.libraries import pl

CONTRADICTED = 0.1
WEAK = 0.5
DOUBTED = 0.3
FEW = 3
SAMPLE = 300
GUESS = 0.6
_EMAIL = r"^[^@\s]+@[^@\s]+\.[a-zA-Z]{2,}$"
_URL = r"(?i)^(https?://|www\.)"
_FILE = r"\.(jpe?g|png|gif|tiff?|pdf|docx?|xlsx?|dwg|dxf|zip)$"
_DAY = r"(19|20)\d\d|\d{1,2}[/.-]\d{1,2}[/.-]\d{2}|^[2-5]\d{4}(\.0)?$"
FEW_STREETS = 0.2
_WIDE = (
    r"(?i)^(SRID=\d+;)?\s*(MULTI)?(POINT|POLYGON|LINESTRING|GEOMETRYCOLLECTION)"
    r"|^0[01][0-9A-F]{40,}$"
)
_RANGES: Mapping[str, tuple[tuple[float, float], ...]] = {
    "x": ((8.3, 9.9), (460e3, 580e3), (1.46e6, 1.58e6), (2.9e5 + 1.7e6, 2.2e6)),
    "y": ((44.9, 46.1), (4.98e6, 5.11e6), (5.6e6, 5.8e6)),
}


@dataclass(frozen=True, slots=True)
class Guess:
    """A field that a column's cells suggest."""

    column: str
    field: str
    score: float


def sample(column: pl.Series) -> pl.Series:
    """A few hundred distinct cells as text, from the whole column."""
    texts = values.as_text(column.head(5_000) if len(column) > 20_000 else column)
    return texts.drop_nulls().unique(maintain_order=True).head(SAMPLE)


def fitness(field: str, column: pl.Series, cells: pl.Series, lexicon: Lexicon) -> float | None:
    """How well the cells suit the field, 0-1; None when there is nothing to say."""
    if cells.is_empty():
        return None
    if field in ("type", "category", "subtype"):
        return max(0.2, _speaks(cells, field, lexicon))
    if field == "identifier":
        filled = column.drop_nulls()
        return max(DOUBTED, filled.n_unique() / max(len(filled), 1))
    if field == "name":
        # The same in every row it names the comune or the body, not the services.
        same = column.drop_nulls()
        return DOUBTED if len(same) >= FEW and same.n_unique() == 1 else 1.0
    test = _TESTS.get(field)
    if test is None:
        return None
    known = cells.filter(~cells.str.strip_chars().str.to_lowercase().is_in(
        words.vocabulary()["blank"]
    ))  # fmt: skip
    return None if known.is_empty() else test(known)


def _share(mask: pl.Series) -> float:
    mean = mask.fill_null(value=False).mean()
    return float(mean) if isinstance(mean, int | float) else 0.0


def _speaks(cells: pl.Series, field: str, lexicon: Lexicon) -> float:
    texts = cells.to_list()
    read = lexicon.read_categories(texts) if field == "category" else lexicon.read_types(texts)
    known = sum(1 for text in texts if read[text].kind or read[text].category)
    return known / len(texts)


def _matches(pattern: str) -> Callable[[pl.Series], float]:
    return lambda cells: _share(cells.str.strip_chars().str.contains(pattern))


def _at_least_doubted(test: Callable[[pl.Series], float]) -> Callable[[pl.Series], float]:
    # Nothing but mistakes in a column of the right name is for a rule to say, and to be asked.
    return lambda cells: max(DOUBTED, test(cells))


def _is_place(cells: pl.Series) -> pl.Series:
    return cells.str.strip_chars().str.contains(_WIDE) | are_pairs(cells)


def _numbers(cells: pl.Series) -> float:
    return _share(values.number(cells).is_not_null())


def _coordinates(cells: pl.Series) -> float:
    found = values.coordinate(cells)
    share, away = _share(found.is_not_null()), found.filter(found != 0).abs()
    # Degrees of Italy on either axis, or metres of any projection: not a mark of yes and no.
    placed = away.is_between(5, 48) | (away > 10_000)
    return share if away.is_empty() or _share(placed) >= WEAK else min(share, DOUBTED)


def _address(cells: pl.Series) -> float:
    on_the_web = cells.str.strip_chars().str.contains(f"{_EMAIL}|{_URL}")
    if _share(on_the_web) >= WEAK:
        return 0.0
    streets = "|".join(words.vocabulary()["streets"])
    where = words.plain(cells).str.contains(rf"\d|\b({streets}|v|p za|p zza|v le|c so|cascina)\b")
    return 1.0 if _share(where) >= FEW_STREETS else DOUBTED


def _url(cells: pl.Series) -> float:
    text = cells.str.strip_chars().str.to_lowercase()
    site = text.str.contains(_URL) | text.str.contains(r"[a-z0-9-]\.[a-z]{2,}(/|$)")
    return _share(text.str.contains(r"https?://") | (site & ~text.str.contains(_FILE)))


def _body(cells: pl.Series) -> float:
    sort = _share(words.plain(cells).str.contains(r"^(pubblic|privat|mist)[aoie]$"))
    return DOUBTED if sort >= WEAK else 1.0


def _in_words(field: str) -> Callable[[pl.Series], float]:
    return lambda cells: max(
        _share(values.word(cells, words.vocabulary()[field]).is_not_null()),
        _share(cells.str.to_lowercase().is_in(list(words.vocabulary()["status_letters"])))
        if field == "status"
        else 0.0,
    )


_TESTS: Mapping[str, Callable[[pl.Series], float]] = {
    "x": _coordinates,
    "y": _coordinates,
    "area": _numbers,
    "covered_area": _numbers,
    "floor_area": _numbers,
    "capacity": _numbers,
    "users": _numbers,
    "funding_amount": _numbers,
    "planned_year": _matches(r"^(19|20)\d\d(\.0)?$"),
    "istat": _matches(r"^\d{4,9}(\.0)?$|^\d{1,3}\.\d{3}$"),
    "opening_date": _at_least_doubted(_matches(_DAY)),
    "closing_date": _at_least_doubted(_matches(_DAY)),
    "address": _address,
    "municipality_name": _matches(r"\p{L}{2}"),
    "owner": _body,
    "manager_name": _body,
    "url": _at_least_doubted(_url),
    "phone": _at_least_doubted(_matches(r"(\d[\s./()+-]*){5}")),
    "crs": _at_least_doubted(_matches(r"(?i)\d{4}|wgs|gauss|monte ?mario|utm|etrs|rdn|roma")),
    "postcode": _matches(r"^\d{4,5}(\.0)?$"),
    "email": _matches("@"),
    "wkt": lambda cells: _share(_is_place(cells)),
    "status": _in_words("status"),
    "valence": _in_words("valence"),
    "school_code": _matches(r"^[A-Za-z]{2}[A-Za-z0-9]{6,9}"),
    "cup": _matches(r"^[A-Za-z]\d{2}[A-Za-z]\d{11}$|^[A-Za-z0-9 ]{10,18}$"),
}


def guesses(
    columns: list[str], cells: Mapping[str, pl.Series], lexicon: Lexicon, taken: set[str]
) -> Iterator[Guess]:
    """Fields suggested by content alone, for columns whose name says nothing; always doubtful."""
    for column in columns:
        texts = cells[column]
        if texts.is_empty():
            continue
        for field, pattern in (("email", _EMAIL), ("url", _URL)):
            if field not in taken and _share(texts.str.contains(pattern)) >= 0.8:
                yield Guess(column, field, GUESS)
        if "wkt" not in taken and _share(_is_place(texts)) >= 0.8:
            yield Guess(column, "wkt", GUESS)
        if "x" not in taken and "y" not in taken:
            yield from _coordinate_guess(column, texts)
        yield from _word_guess(column, texts, lexicon, taken)


def _coordinate_guess(column: str, texts: pl.Series) -> Iterator[Guess]:
    numbers = values.coordinate(texts)
    for field, ranges in _RANGES.items():
        for low, high in ranges:
            if _share(numbers.is_between(low, high)) >= 0.8:
                yield Guess(column, field, GUESS)
                return


def _word_guess(
    column: str, texts: pl.Series, lexicon: Lexicon, taken: set[str]
) -> Iterator[Guess]:
    for field in ("status", "valence"):
        if field not in taken and _TESTS[field](texts) >= 0.8 and texts.str.len_chars().min() > 1:  # type: ignore[operator]
            yield Guess(column, field, GUESS)
    unknown = not taken & {"type", "category"}
    if unknown and is_list_of_types(texts, lexicon):
        yield Guess(column, "type", GUESS)


def is_list_of_types(texts: pl.Series, lexicon: Lexicon) -> bool:
    """Whether the cells are types of service and nothing else, and not all the same."""
    if texts.is_empty():
        return False
    # "ATS di Milano" and "Parco Lambro" have words of types in them; a list of types is short
    # texts that are nothing else, and more than one type.
    read = list(lexicon.read_types(texts.head(100).to_list()).values())
    sure = [reading.kind for reading in read if reading.kind and reading.confidence >= 0.95]
    return len(sure) >= 0.6 * len(read) and len(set(sure)) > 1
