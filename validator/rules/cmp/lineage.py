"""Which accepted record each delivered row is, as far as columns tell; proposals are
`editions.compare`'s.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from validator.dataset import Dataset
from validator.libraries import pl
from validator.rules.columns import Index, folded, mask, xy
from validator.rules.context import Accepted

#: A record of the same name and type is the same thing up to this distance in metres.
SAME_PLACE_M = 500.0


@dataclass(frozen=True)
class Links:
    """`item`: per delivered row the position in `Accepted.frame`, or -1; `by_key`: linked by the
    planner's own identifier; `unchanged`: linked and with the same fingerprint.
    """

    item: Index
    by_key: np.ndarray[tuple[int], np.dtype[np.bool_]]
    unchanged: np.ndarray[tuple[int], np.dtype[np.bool_]]

    def lost(self, accepted: Accepted) -> Index:
        """Positions of accepted records that no row is linked to."""
        return np.setdiff1d(np.arange(len(accepted)), self.item)


def link(dataset: Dataset, accepted: Accepted) -> Links:
    """Link rows to accepted records: by identifier, fingerprint, or name, type and place."""
    item = np.full(len(dataset), -1, dtype=np.intp)
    rows, known = _rows(dataset), _known(accepted)
    _join(item, rows, known, ["key"])
    by_key = item >= 0
    _join(item, rows, known, ["fingerprint"])
    _join(item, rows, known, ["name", "kind"], apart=SAME_PLACE_M)
    linked = item >= 0
    same = np.zeros(len(dataset), dtype=bool)
    prints = known["fingerprint"].gather(item[linked])
    kinds = known["kind"].gather(item[linked])
    here = rows.filter(pl.Series(linked))
    same[linked] = mask((prints == here["fingerprint"]) & kinds.eq_missing(here["kind"]))
    return Links(item, by_key, same)


def _rows(dataset: Dataset) -> pl.DataFrame:
    flat = xy(dataset.points)
    return dataset.frame.select(
        key=pl.coalesce(_filled("portal_key"), _filled("identifier")),
        fingerprint=pl.col("fingerprint"),
        name=folded(dataset.frame["name"]),
        kind=pl.col("kind"),
        x=pl.Series(flat[:, 0]),
        y=pl.Series(flat[:, 1]),
    ).with_row_index("row")


def _filled(name: str) -> pl.Expr:
    return pl.when(pl.col(name) != "").then(pl.col(name))


def _known(accepted: Accepted) -> pl.DataFrame:
    return accepted.frame.with_columns(name=folded(accepted.frame["name"])).with_row_index("item")


def _join(
    item: Index, rows: pl.DataFrame, known: pl.DataFrame, on: list[str], *, apart: float = 0
) -> None:
    """Fill `item` where a key is alone on both sides among what is not linked yet."""
    free = rows.filter(pl.Series(item < 0))
    taken = pl.Series(item[item >= 0], dtype=pl.UInt32)
    rest = known.filter(~pl.col("item").is_in(taken.implode()))
    pairs = _alone(free, on).join(_alone(rest, on), on=on, how="inner", suffix="_known")
    if apart:
        away = (pl.col("x") - pl.col("x_known")) ** 2 + (pl.col("y") - pl.col("y_known")) ** 2
        near = away.fill_nan(None).fill_null(0) <= apart**2
        pairs = pairs.filter(near)
    item[pairs["row"].to_numpy()] = pairs["item"].to_numpy()


def _alone(frame: pl.DataFrame, on: list[str]) -> pl.DataFrame:
    return frame.drop_nulls(on).filter(pl.struct(on).is_unique())
