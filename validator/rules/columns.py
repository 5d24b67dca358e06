"""Small vector tools of the rules: masks, folded texts, groups of rows. No rule lives here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from validator import schema
from validator.dataset import Dataset, LayerFacts
from validator.findings import RuleHits, Severity, SharedFinding
from validator.libraries import pl

Mask = NDArray[np.bool_]
Index = NDArray[np.intp]

#: Columns that say what service a row is, the most telling first.
SAYING = ("type", "subtype", "category", "type_code", "category_code")
#: Types of geometry, as shapely numbers them.
POINT, POLYGON, MULTIPOLYGON = 0, 3, 6
ACCENTS = dict(zip("àáèéìíòóùúçñüöä", "aaeeiioouucnuoa", strict=True))
#: Rows that a message names one by one.
LISTED = 20


def folded(texts: pl.Series) -> pl.Series:
    """Texts as people compare them: lower case, no accents, letters and digits; empty is null."""
    name = texts.name
    lower = texts.to_frame(name).select(
        pl.col(name)
        .str.to_lowercase()
        .str.replace_many(list(ACCENTS), list(ACCENTS.values()))
        .str.replace_all(r"[^a-z0-9]+", " ")
        .str.strip_chars(" ")
    )[name]
    return lower.set(lower == "", None)


def mask(series: pl.Series) -> Mask:
    """A boolean column as a numpy mask; null counts as false."""
    return series.fill_null(value=False).to_numpy().astype(bool)


def filled(dataset: Dataset, name: str) -> Mask:
    """Rows whose cell of the field holds something understood."""
    column = dataset.frame[name]
    present = column.is_not_null()
    if column.dtype == pl.String:
        present = present & (column != "")
    return mask(present)


def wide(dataset: Dataset) -> dict[str, bool]:
    """The parameter by which a finding is told in the words of several comuni (`Wording.wide`)."""
    return {} if len(dataset.home) == 1 else {"wide": True}


def has_content(dataset: Dataset, name: str) -> Mask:
    """Rows whose cell held something, understood or not."""
    return filled(dataset, name) | dataset.failed(name)


def having(dataset: Dataset, *names: str) -> Mask:
    """Rows of the layers that have a column for one of the fields."""
    return rows_of(dataset, lambda layer: any(name in layer.column_of for name in names))


def rows_of(dataset: Dataset, wanted: Callable[[LayerFacts], bool]) -> Mask:
    """Rows of the layers that a condition chooses."""
    chosen = np.zeros(len(dataset), dtype=bool)
    for layer in dataset.layers:
        chosen[layer.start : layer.stop] = wanted(layer)
    return chosen


def is_area(dataset: Dataset) -> Mask:
    """Rows drawn as an area."""
    drawn: Mask = np.isin(shapely.get_type_id(dataset.geometry), (POLYGON, MULTIPOLYGON))
    return drawn


def hits(dataset: Dataset, chosen: Mask | Index, name: str = "", /, **params: object) -> RuleHits:
    """Row findings on the chosen rows; `name`: the field, shown as the user's own column.

    A parameter given as a polars column over all rows is cut to the chosen ones.
    """
    index: Index = np.flatnonzero(chosen) if chosen.dtype == bool else np.asarray(chosen, np.intp)
    cut = {
        key: value.gather(index) if isinstance(value, pl.Series) else value
        for key, value in params.items()
    }
    return RuleHits(index=index, column=column_name(dataset, name), params=cut)


def as_one(
    dataset: Dataset, chosen: Mask, name: str, severity: Severity | None = None, **params: Any
) -> list[SharedFinding]:
    """One finding per layer about all its chosen rows, as a missing column is one mistake."""
    column = column_name(dataset, name)
    found = []
    for layer in dataset.layers:
        index = np.flatnonzero(chosen[layer.start : layer.stop]) + layer.start
        if len(index):
            found.append(
                SharedFinding(tuple(index.tolist()), column, layer.name, params, severity=severity)
            )
    return found


def column_name(dataset: Dataset, name: str) -> str:
    """The user's own column for a field, else the field's Italian label."""
    if not name:
        return ""
    return dataset.column_of(name) or schema.BY_NAME[name].label()


def as_sent(dataset: Dataset, name: str) -> pl.Series:
    """The field's text as sent: raw where it was changed or failed, else the value as text."""
    return dataset.raw(name).fill_null(dataset.frame[name].cast(pl.String)).alias(name)


def repeated(keys: pl.DataFrame) -> list[list[int]]:
    """Row positions of every key that occurs more than once, in order of first occurrence.

    Rows with a null in any column of the key are left out.
    """
    found = _keyed(keys).group_by(keys.columns, maintain_order=True).agg("__i")
    groups: list[list[int]] = found.filter(pl.col("__i").list.len() > 1)["__i"].to_list()
    return groups


def chained(keys: pl.DataFrame) -> Index:
    """Pairs (2 x n) that link each row to the one before it with the same key."""
    before = pl.col("__i").shift(1).over(keys.columns).alias("__before")
    pairs = _keyed(keys).select(before, "__i").drop_nulls()
    linked: Index = pairs.to_numpy().T.astype(np.intp)
    return linked


def _keyed(keys: pl.DataFrame) -> pl.DataFrame:
    return keys.with_row_index("__i").drop_nulls(keys.columns)


def components(pairs: NDArray[np.intp], size: int) -> list[Index]:
    """Connected groups (two or more) of `size` things linked by `pairs` (2 x n), each sorted."""
    parent = np.arange(size)
    a, b = pairs
    while True:  # pointer jumping: a handful of vector passes, also for long chains
        low = np.minimum(parent[a], parent[b])
        before = parent.copy()
        np.minimum.at(parent, parent[a], low)
        np.minimum.at(parent, parent[b], low)
        parent = parent[parent]
        if np.array_equal(before, parent):
            break
    linked = np.unique(pairs)
    order = linked[np.argsort(parent[linked], kind="stable")]
    cuts = np.flatnonzero(np.diff(parent[order])) + 1
    return [np.sort(part) for part in np.split(order, cuts) if len(part) > 1]


def xy(points: NDArray[np.object_]) -> NDArray[np.float64]:
    """Coordinates n x 2 of points; NaN for missing ones."""
    flat: NDArray[np.float64] = np.column_stack([shapely.get_x(points), shapely.get_y(points)])
    return flat


def binary(shapes: NDArray[np.object_]) -> pl.Series:
    """ISO WKB of shapes, null where there is none."""
    return pl.Series(shapely.to_wkb(shapes, flavor="iso").tolist(), dtype=pl.Binary)


class Teller:
    """Tells several rows as one finding; it reads the columns once, however many groups come."""

    def __init__(self, dataset: Dataset) -> None:
        text = pl.col("identifier", "name")
        named = dataset.frame.select(
            pl.coalesce(pl.when(text != "").then(text), pl.col("row").cast(pl.String))
        )
        self.names: list[str] = named.to_series().to_list()
        self.rows: list[int] = dataset.frame["row"].to_list()
        self.layers: list[str] = dataset.frame["layer"].to_list()

    def group(
        self, index: Sequence[int] | Index, *, column: str = "", **params: object
    ) -> SharedFinding:
        """One finding: `where` says the rows' numbers (with the layer, when several), `who` the
        planner's own identifiers or names, at most twenty of each.
        """
        rows = tuple(int(i) for i in index)
        first = rows[:LISTED]
        layer, more = self.layers[rows[0]], " …" if len(rows) > LISTED else ""
        several = any(self.layers[i] != layer for i in rows)
        where = [
            f"{self.layers[i]} {self.rows[i]}" if several else str(self.rows[i]) for i in first
        ]
        who = ", ".join(self.names[i] for i in first)
        details = {"where": ", ".join(where) + more, "who": who + more, "n": len(rows), **params}
        return SharedFinding(rows, column, layer, details)
