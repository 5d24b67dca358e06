"""GEO-10: overlapping areas."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

from validator.dataset import Dataset
from validator.findings import NotRun, SharedFinding
from validator.rules.columns import Index, Teller, components, is_area
from validator.rules.context import RuleContext
from validator.rules.declaration import GROUP, WARNING, rule
from validator.rules.examples import SQUARE, rows
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Wording

#: Pairs of areas beyond which a comparison is given up and said to be.
MOST_PAIRS = 5_000_000
OVERLAPPING = (
    "POLYGON ((501050 5031000, 501150 5031000, 501150 5031100, 501050 5031100, 501050 5031000))"
)


@rule(
    "GEO-10",
    WARNING,
    GROUP,
    params={"overlap_pct": 10.0},
    it=Wording(
        title="Aree sovrapposte",
        one="Righe {where} ({who}): aree sovrapposte per {area} m².",
        many="{n} gruppi di aree si sovrappongono.",
        fix="Ritagliane una nel file, o rispondi «È giusto "
        "così» e scrivi che le funzioni si sovrappongono.",
        why="La stessa superficie contata in due servizi falsa i metri quadrati per abitante.",
    ),
    en=Wording(
        title="Overlapping areas",
        one="Rows {where} ({who}): areas overlapping by {area} m².",
        many="{n} groups of areas overlap.",
        fix="Cut one in the file, or answer 'It is right as "
        "it is' and write that the functions overlap.",
    ),
    fails=rows({"name": "Parco", "geometry": SQUARE}, {"name": "Campo", "geometry": OVERLAPPING}),
    passes=rows({"name": "Parco", "geometry": SQUARE}, {"name": "Parco", "geometry": SQUARE}),
)
def areas_do_not_overlap(
    dataset: Dataset, t: Thresholds, context: RuleContext
) -> Sequence[SharedFinding] | NotRun:
    """Areas of one comune do not overlap by more than a share of the smaller; one finding per
    cluster.

    The same surface counted in two services falsifies square metres per inhabitant. Identical
    geometries are UNI-02's and UNI-03's.
    """
    index = np.flatnonzero(is_area(dataset))
    pairs = _boxes_overlapping(dataset, index, t["overlap_pct"] / 100)
    if pairs is None:
        return NotRun("GEO-10", "too_many")
    first, second = dataset.geometry[pairs[0]], dataset.geometry[pairs[1]]
    shared = shapely.area(shapely.intersection(first, second))
    least = np.minimum(dataset.areas[pairs[0]], dataset.areas[pairs[1]])
    over = (100 * shared > t["overlap_pct"] * least) & ~shapely.equals_exact(first, second, 0.0)
    pairs, shared = pairs[:, over], shared[over]
    per_row = np.bincount(pairs[0], weights=shared, minlength=len(dataset))
    tell = Teller(dataset)
    clusters = sorted(components(pairs, len(dataset)), key=lambda same: int(same[0]))
    return [tell.group(same, area=round(float(per_row[same].sum()), 1)) for same in clusters]


def _boxes_overlapping(dataset: Dataset, index: Index, share: float) -> Index | None:
    """Pairs (2 x n, first < second) whose boxes share enough; None when there are too many."""
    shapes = dataset.geometry[index]
    if len(index) < 2:
        return np.empty((2, 0), dtype=np.intp)
    tree, boxes = shapely.STRtree(shapes), shapely.bounds(shapes)
    sample = shapes[:: max(1, len(index) // 200)]
    per_shape = max(1.0, tree.query(sample).shape[1] / len(sample))
    if per_shape * len(index) > MOST_PAIRS:
        return None
    step = max(1, int(MOST_PAIRS / 4 / per_shape))
    kept = []
    for start in range(0, len(index), step):
        a, b = tree.query(shapes[start : start + step])
        a = a + start
        once = a < b
        kept.append(_enough(np.stack([a[once], b[once]]), boxes, dataset.areas[index], share))
    pairs: Index = index[np.concatenate(kept, axis=1)]
    return pairs


def _enough(
    pairs: Index, boxes: NDArray[np.float64], areas: NDArray[np.float64], share: float
) -> Index:
    one, two = boxes[pairs[0]], boxes[pairs[1]]
    sides = np.minimum(one[:, 2:], two[:, 2:]) - np.maximum(one[:, :2], two[:, :2])
    common = np.clip(sides, 0, None).prod(axis=1)
    enough = (common > 0) & (common >= share * np.minimum(areas[pairs[0]], areas[pairs[1]]))
    chosen: Index = pairs[:, enough]
    return chosen
