"""UNI-02: the same service twice."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely

from validator.dataset import Dataset
from validator.findings import SharedFinding
from validator.libraries import pl
from validator.rules.columns import Index, Teller, as_sent, chained, components, folded, xy
from validator.rules.context import RuleContext
from validator.rules.declaration import GROUP, WARNING, rule
from validator.rules.examples import rows
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Wording

#: Above this many rows of one name and type the name says nothing, and only equal places are told.
NAMESAKES = 100


@rule(
    "UNI-02",
    WARNING,
    GROUP,
    params={"same_service_m": 20.0, "same_address_m": 1_000.0},
    it=Wording(
        title="Stesso servizio scritto due volte",
        one="Righe {where} ({who}): stesso nome, stesso tipo e stesso luogo.",
        many="{n} servizi sono scritti più di una volta.",
        fix="Nel file tieni una riga sola; se sono servizi diversi, "
        "distinguili nel nome o rispondi «È giusto così».",
        why="Un servizio scritto due volte conta due volte. Sono uguali il nome "
        "e il tipo (senza badare a maiuscole e accenti) e l'indirizzo, oppure "
        "i punti distano al massimo 20 metri. Due codici meccanografici "
        "diversi, o lo stesso indirizzo in due Comuni, sono due servizi.",
    ),
    en=Wording(
        title="The same service twice",
        one="Rows {where} ({who}): same name, same type and same place.",
        many="{n} services are written more than once.",
        fix="Keep one row in the file; if they are different services, "
        "tell them apart in the name or answer 'It is right as it is'.",
    ),
    fails=rows(
        {"identifier": "003", "name": "Liceo Rebora", "kind": "superiori", "address": "Via Po 1"},
        {"identifier": "D01", "name": "LICEO REBORA", "kind": "superiori", "address": "via Po, 1"},
    ),
    passes=rows(
        {"name": "Liceo Rebora", "kind": "superiori", "geometry": "POINT (501000 5031000)"},
        {"name": "Liceo Rebora", "kind": "superiori", "geometry": "POINT (501500 5031000)"},
    ),
)
def services_are_told_once(
    dataset: Dataset, t: Thresholds, context: RuleContext
) -> Sequence[SharedFinding]:
    """No service is written twice: same name and type, and same address or at most 20 m apart.

    A service written twice counts twice. Names are compared without case and accents. Different
    school codes are different services, and so is one address in two towns ("Via Roma 1").
    """
    tell = Teller(dataset)
    return [tell.group(same) for same in same_services(dataset, t)]


def same_services(dataset: Dataset, t: Thresholds) -> list[Index]:
    """Groups of rows of the same service (UNI-02), each in row order."""
    keys = _service_keys(dataset)
    pairs = [
        _pairs_at_one_address(dataset, keys, t["same_address_m"]),
        _pairs_nearby(dataset, keys, t["same_service_m"]),
    ]
    linked = np.concatenate([*pairs, _identical(dataset, keys)], axis=1)
    codes = folded(dataset.frame["school_code"]).fill_null("").to_numpy()
    first, second = codes[linked[0]], codes[linked[1]]
    linked = linked[:, (first == second) | (first == "") | (second == "")]
    return sorted(components(linked, len(dataset)), key=lambda same: int(same[0]))


def _service_keys(dataset: Dataset) -> pl.DataFrame:
    frame = dataset.frame
    kind = frame["kind"].fill_null(folded(as_sent(dataset, "type"))).fill_null("")
    return (
        pl.DataFrame(
            {
                "name": folded(frame["name"]),
                "kind": kind,
                "address": _address(dataset),
                "fingerprint": frame["fingerprint"],
            }
        )
        .with_row_index("i")
        .with_columns(size=pl.len().over("name", "kind"))
    )


def _address(dataset: Dataset) -> pl.Series:
    frame = dataset.frame
    whole = frame.select(
        pl.concat_str("address", "street_number", separator=" ", ignore_nulls=True)
    ).to_series()
    has_street = frame["address"].is_not_null() & (frame["address"] != "")
    return folded(whole.set(~has_street.fill_null(value=False), None))


def _pairs_at_one_address(dataset: Dataset, keys: pl.DataFrame, metres: float) -> Index:
    # Sorted, so that each row is chained to one of its own school and place where there is one.
    flat = xy(dataset.points)
    order = keys.with_columns(
        code=folded(dataset.frame["school_code"]),
        x=pl.Series(flat[:, 0]),
        y=pl.Series(flat[:, 1]),
    ).sort("code", "x", "y", maintain_order=True)
    rows = order["i"].to_numpy()
    pairs = rows[chained(order.select("name", "kind", "address"))]
    away = np.hypot(*(flat[pairs[0]] - flat[pairs[1]]).T)
    kept: Index = pairs[:, ~(away > metres)].astype(np.intp)
    return kept


def _identical(dataset: Dataset, keys: pl.DataFrame) -> Index:
    if dataset.frame["fingerprint"].null_count() == len(dataset):
        return np.empty((2, 0), dtype=np.intp)
    # Rows of which nothing was understood are not the same service: they are no service yet.
    known = keys["name"].is_not_null() | pl.Series(~shapely.is_missing(dataset.geometry))
    return chained(keys.select(pl.when(known).then("fingerprint").alias("fingerprint")))


def _pairs_nearby(dataset: Dataset, keys: pl.DataFrame, metres: float) -> Index:
    candidates = keys.filter(
        pl.col("name").is_not_null() & (pl.col("size") > 1) & (pl.col("size") <= NAMESAKES)
    )["i"].to_numpy()
    placed = candidates[~shapely.is_missing(dataset.points[candidates])]
    if len(placed) < 2:
        return np.empty((2, 0), dtype=np.intp)
    name = keys.select(pl.struct("name", "kind").rank("dense")).to_series().to_numpy()[placed]
    # Names far apart in a third direction: one index then finds only neighbours of the same name.
    flat = xy(dataset.points[placed])
    apart = flat + np.column_stack([name * 1e7, np.zeros(len(name))])
    spread = shapely.points(apart)
    first, second = shapely.STRtree(spread).query(spread, "dwithin", distance=metres)
    once = first < second
    return np.stack([placed[first[once]], placed[second[once]]]).astype(np.intp)
