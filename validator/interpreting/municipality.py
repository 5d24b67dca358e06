"""In which comune each row is: what its code or name says, where it lies, and which of them holds.

A source never says it for its rows; only where it speaks of one comune alone, a row that says
nothing and has no position is taken to be there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray

from validator.dataset import Geometries, Mask
from validator.interpreting.words import plain
from validator.libraries import pl
from validator.territory import Territory

Codes: TypeAlias = NDArray[np.object_]

#: What `municipality_said` holds where a row names a comune that is none of the territory's.
ELSEWHERE = "elsewhere"
_PREFIX, _SUFFIX = "comune di ", " mi"
_INITIALS = 2


class PlacedBy(StrEnum):
    """Which holds where they disagree."""

    POSITION = "position"
    CODE = "code"


@dataclass(frozen=True)
class Bounds:
    """All comuni, those that the source may speak of (ISTAT codes), and what places its rows."""

    territory: Territory
    home: tuple[str, ...] = ()
    placed_by: str = PlacedBy.POSITION

    @property
    def only(self) -> str | None:
        """The comune of a source that speaks of one."""
        return self.home[0] if len(self.home) == 1 else None


def municipalities(frame: pl.DataFrame, points: Geometries, bounds: Bounds) -> pl.DataFrame:
    """Of each row its own comune (`municipality`), what it says (`municipality_said`; `ELSEWHERE`:
    none of ours) and where it lies (`municipality_found`); ISTAT codes, null where there is none.

    `frame` has `istat` and `municipality_name`, `points` are representative, in EPSG:32632, None
    where there is none.
    """
    said = _said(frame, bounds.territory)
    found = pl.Series(_found(points, said.to_list(), bounds).tolist(), dtype=pl.String)
    placed = pl.Series(~shapely.is_missing(points))
    ours = pl.when(pl.col("said") != ELSEWHERE).then("said")
    silent = pl.when(pl.col("said").is_null() & ~pl.col("placed")).then(pl.lit(bounds.only))
    by_position = pl.coalesce("found", ours, silent)
    by_code = pl.when(pl.col("said").is_null()).then(pl.coalesce("found", silent)).otherwise(ours)
    told = pl.DataFrame({"said": said, "found": found, "placed": placed})
    return told.select(
        (by_code if bounds.placed_by == PlacedBy.CODE else by_position).alias("municipality"),
        pl.col("said").alias("municipality_said"),
        pl.col("found").alias("municipality_found"),
    )


def _said(frame: pl.DataFrame, territory: Territory) -> pl.Series:
    """By the code, else by the name."""
    codes = territory.in_use(frame["istat"])
    known = codes.is_in(list(territory.codes))
    by_name = _by_name(frame["municipality_name"], territory)
    told = pl.DataFrame({"code": codes, "known": known, "name": by_name})
    code = pl.when("known").then("code").when(pl.col("code").is_not_null()).then(pl.lit(ELSEWHERE))
    return told.select(pl.coalesce(code, "name").alias("said"))["said"]


def _by_name(names: pl.Series, territory: Territory) -> pl.Series:
    if names.null_count() == len(names):
        return pl.repeat(None, len(names), dtype=pl.String, eager=True)
    told = names.unique().drop_nulls()
    ours = list(zip(_tokens(pl.Series(territory.names, dtype=pl.String)), territory.codes,
                    strict=True))  # fmt: skip
    meant = {
        name: _meant(tokens, ours)
        for name, tokens in zip(told.to_list(), _tokens(told), strict=True)
    }
    return names.replace_strict(meant, default=None, return_dtype=pl.String)


def _tokens(names: pl.Series) -> list[list[str]]:
    """The words of each name, without «Comune di» before and «(MI)» behind."""
    bare = plain(names).str.strip_prefix(_PREFIX).str.strip_suffix(_SUFFIX)
    return [name.split() for name in bare.fill_null("").to_list()]


def _meant(tokens: list[str], ours: Sequence[tuple[list[str], str]]) -> str | None:
    """The comune of that name, whose words may be cut to initials («Sesto S. Giovanni»)."""
    if not tokens:
        return None
    found = [code for words, code in ours if words == tokens]
    found = found or [code for words, code in ours if _shortened(tokens, words)]
    return found[0] if len(found) == 1 else ELSEWHERE


def _shortened(tokens: list[str], words: list[str]) -> bool:
    return len(tokens) == len(words) and all(
        token == word or (len(token) <= _INITIALS and word.startswith(token))
        for token, word in zip(tokens, words, strict=True)
    )


def _found(points: Geometries, said: Sequence[str | None], bounds: Bounds) -> Codes:
    """Where each row lies: within the source's territory or at its edge, else in another comune.

    Outlines are as accurate as they are: a row that names a comune and lies within the accuracy
    of its outline lies there.
    """
    territory, own = bounds.territory, set(bounds.home)
    found: Codes = np.full(len(points), None, dtype=object)
    placed = ~shapely.is_missing(points)
    home = [n for n, code in enumerate(territory.codes) if code in own]
    others = [n for n, code in enumerate(territory.codes) if code not in own]
    _fill(found, placed, points, territory=territory, chosen=home)
    _fill_nearest(found, placed, points, territory=territory, chosen=home)
    _fill(found, placed, points, territory=territory, chosen=others)
    _fill_said(found, placed, points, territory=territory, said=np.array(said, dtype=object))
    return found


def _unset(found: Codes) -> Mask:
    unset: Mask = found == np.array(None, dtype=object)
    return unset


def _fill(
    found: Codes, placed: Mask, points: Geometries, *, territory: Territory, chosen: Sequence[int]
) -> None:
    """Give the points that have no comune yet the one that covers them."""
    rows = np.flatnonzero(placed & _unset(found))
    if not len(rows) or not chosen:
        return
    outlines = np.array([territory.outlines[n] for n in chosen], dtype=object)
    codes = np.array([territory.codes[n] for n in chosen], dtype=object)
    which, inside = shapely.STRtree(points[rows]).query(outlines, predicate="covers")
    # The first comune wins where two share an edge.
    found[rows[inside[::-1]]] = codes[which[::-1]]


def _fill_nearest(
    found: Codes, placed: Mask, points: Geometries, *, territory: Territory, chosen: Sequence[int]
) -> None:
    """Give those that lie just outside the source's territory its nearest comune."""
    rows = np.flatnonzero(placed & _unset(found))
    drawn = [n for n in chosen if not territory.outlines[n].is_empty]
    if not len(rows) or not drawn:
        return
    codes = np.array([territory.codes[n] for n in drawn], dtype=object)
    tree = shapely.STRtree([territory.outlines[n] for n in drawn])
    near, which = tree.query_nearest(
        points[rows], max_distance=territory.accuracy_m, all_matches=False
    )
    found[rows[near]] = codes[which]


def _fill_said(
    found: Codes, placed: Mask, points: Geometries, *, territory: Territory, said: Codes
) -> None:
    """Give those that name a comune and lie within its outline's accuracy that one."""
    rows = np.flatnonzero(placed & ~_unset(said) & (said != found) & (said != ELSEWHERE))
    for code in set(said[rows]):
        outline, mine = territory.outline(code), rows[said[rows] == code]
        if outline is not None:
            shapely.prepare(outline)
            near = shapely.dwithin(outline, points[mine], territory.accuracy_m)
            found[mine[near]] = code
