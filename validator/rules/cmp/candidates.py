"""Records of other sources that may be the same service as a row."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from validator.dataset import Dataset
from validator.libraries import pl
from validator.rules.columns import Index, folded, xy
from validator.rules.context import Others

#: Weight of the name and of nearness in a score between 0 and 1.
NAME_WEIGHT, PLACE_WEIGHT = 0.7, 0.3


def candidates(dataset: Dataset, others: Others, metres: float) -> pl.DataFrame:
    """Pairs of a row and a record of the same kind within reach: `row`, `other`, `score`.

    A row's best record comes first; the score is 0.7 of the likeness of the names (0-1) and 0.3 of
    nearness (1 on the spot, 0 at `metres`). Rows without name or position have none.
    """
    key = (id(dataset), metres)
    found: pl.DataFrame = others.once(key, lambda: _candidates(dataset, others, metres))
    return found


def best(pairs: pl.DataFrame) -> pl.DataFrame:
    """Of those pairs one per row, the best."""
    return pairs.unique("row", keep="first", maintain_order=True)


def _candidates(dataset: Dataset, others: Others, metres: float) -> pl.DataFrame:
    kinds = pl.concat([dataset.frame["kind"], others.frame["kind"]]).rank("dense").to_numpy()
    ours = _spread(xy(dataset.points), kinds[: len(dataset)])
    theirs = _spread(others.frame.select("x", "y").to_numpy().astype(float), kinds[len(dataset) :])
    ok = np.flatnonzero(np.isfinite(ours).all(axis=1))
    known = np.flatnonzero(np.isfinite(theirs).all(axis=1))
    tree = shapely.STRtree(shapely.points(theirs[known]))
    mine, its = tree.query(shapely.points(ours[ok]), "dwithin", distance=metres)
    row, other = ok[mine], known[its]
    away = np.hypot(*(ours[row] - theirs[other]).T)
    likeness = _likeness(folded(dataset.frame["name"]), folded(others.frame["name"]), row, other)
    score = NAME_WEIGHT * likeness + PLACE_WEIGHT * (1 - away / metres)
    pairs = pl.DataFrame({"row": row, "other": other, "score": score.round(2)})
    return pairs.sort("row", "score", "other", descending=[False, True, False])


def _spread(flat: NDArray[np.float64], kinds: NDArray[np.float64]) -> NDArray[np.float64]:
    # One direction set apart per kind: the index then only finds neighbours of the same kind.
    return flat + np.column_stack([kinds.astype(float) * 1e7, np.zeros(len(kinds))])


def _likeness(a: pl.Series, b: pl.Series, row: Index, other: Index) -> NDArray[np.float64]:
    ours, theirs = a.gather(row).fill_null("").to_list(), b.gather(other).fill_null("").to_list()
    if not ours:
        return np.empty(0)
    return process.cpdist(ours, theirs, scorer=fuzz.token_set_ratio, workers=1) / 100
