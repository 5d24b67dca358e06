"""A delivery as understood: what `understand` makes of a read file and what rules look at.

Pure data. Reading is `reading/`, understanding `interpreting/`, judging `rules/`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from validator import schema
from validator.libraries import pl
from validator.taxonomy import Taxonomy

Geometries = NDArray[np.object_]
Mask = NDArray[np.bool_]
Params = Mapping[str, Any]


class Change(StrEnum):
    """What understanding did to a cell or a geometry by itself."""

    BLANK = "blank"
    TRIMMED = "trimmed"
    NUMBER = "number"
    DATE = "date"
    WORD = "word"
    ISTAT_ZERO = "istat_zero"
    ISTAT_FORMER = "istat_former"
    URL_SCHEME = "url_scheme"
    MOJIBAKE = "mojibake"
    ZERO_UNKNOWN = "zero_unknown"
    LAYER_STATUS = "layer_status"
    COORDINATE = "coordinate"
    REPAIRED = "repaired"
    FLATTENED = "flattened"
    EDITED = "edited"


RULE_OF_CHANGE: Mapping[Change, str] = MappingProxyType({
    Change.BLANK: "ATT-01", Change.TRIMMED: "ATT-01", Change.NUMBER: "ATT-02",
    Change.DATE: "ATT-03", Change.WORD: "ATT-07", Change.ISTAT_ZERO: "ATT-06",
    Change.ISTAT_FORMER: "ATT-06", Change.URL_SCHEME: "ATT-14", Change.MOJIBAKE: "FIL-08",
    Change.ZERO_UNKNOWN: "ATT-13", Change.LAYER_STATUS: "ATT-07", Change.COORDINATE: "ATT-02",
    Change.REPAIRED: "GEO-03", Change.FLATTENED: "GEO-05",
})  # fmt: skip
"""The rule that tells each automatic change; an edit by a person has none."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something was decided: a code and its parameters; wording is the page's."""

    code: str
    params: Params = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ColumnMatch:
    """One column as read and the field it was taken for.

    `field` None means kept aside, unpublished. `doubtful` asks the planner before sending.
    `cut` is the full name when the shapefile's ten characters cut it. `origin` is
    `remembered`, `chosen`, `name`, `similar`, `content` or `` (not matched).
    """

    column: str
    field: str | None
    confidence: float
    why: Reason
    samples: tuple[str, ...] = ()
    doubtful: bool = False
    cut: str = ""
    origin: str = ""
    alternatives: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CrsCandidate:
    """A reference system tried on a layer: shares (0-1) of its rows that would fall there."""

    epsg: int
    swapped: bool
    in_municipality: float
    in_metropolis: float


@dataclass(frozen=True, slots=True)
class CrsDecision:
    """The reference system of one layer: declared, used (None: not recognised), and why.

    `why.code`: `declared`, `declared_else`, `absent`, `absent_far`, `overridden`, `far`,
    `no_geometry`, `unrecognised`. `declared_name` is what the file says when no EPSG code is
    known. `swapped` counts the rows whose axes were exchanged, `km` the distance of the layer
    from the municipality (0 inside), `accuracy_m` what the transformation costs, `parity` the
    systems that place cannot tell apart from the one used.
    """

    declared: int | None
    used: int | None
    why: Reason
    declared_name: str = ""
    candidates: tuple[CrsCandidate, ...] = ()
    swapped: int = 0
    km: float | None = None
    accuracy_m: float = 0.0
    parity: tuple[int, ...] = ()

    @property
    def axes_exchanged(self) -> bool:
        """Whether the whole layer had its axes the other way round (CRS-04)."""
        return self.swapped > 0

    @property
    def disagrees(self) -> bool:
        """Whether a declared system was put aside for what the coordinates say (CRS-03)."""
        return self.why.code == "declared_else"


@dataclass(frozen=True)
class LayerFacts:
    """What is known of one layer; `frame` holds its columns exactly as read.

    `profile` is the schema its columns follow, if a known one; `position_from`: geometry, columns,
    text or empty; `geometry_types`: names of the types as sent; `notes`: what the reader noted.
    """

    name: str
    start: int
    rows: int
    frame: pl.DataFrame
    columns: tuple[ColumnMatch, ...]
    crs: CrsDecision
    encoding: str = ""
    encoding_origin: str = ""
    profile: str = ""
    position_from: str = ""
    geometry_types: tuple[str, ...] = ()
    notes: tuple[Reason, ...] = ()
    source: str = ""

    @property
    def stop(self) -> int:
        """First index of `Dataset.frame` after this layer's rows."""
        return self.start + self.rows

    @cached_property
    def column_of(self) -> Mapping[str, str]:
        """Field name -> the user's own column name."""
        return {match.field: match.column for match in self.columns if match.field}

    @property
    def doubtful(self) -> tuple[ColumnMatch, ...]:
        """The matches that the planner is asked to confirm."""
        return tuple(match for match in self.columns if match.doubtful)


def empty_repairs() -> pl.DataFrame:
    """A `Dataset.repairs` without rows: the agreed columns."""
    return pl.DataFrame(schema=repair_schema())


def repair_schema() -> dict[str, pl.DataType]:
    """Columns of `Dataset.repairs`."""
    return {
        "index": pl.UInt32(), "layer": pl.String(), "row": pl.UInt32(), "reason": pl.String(),
        "x": pl.Float64(), "y": pl.Float64(), "area_before": pl.Float64(),
        "area_after": pl.Float64(), "refused": pl.Boolean(),
    }  # fmt: skip


@dataclass(frozen=True)
class Dataset:
    """All understood rows of all read layers, as columns. One index runs through everything.

    `frame`: `layer`, `row` (from 1 in its layer), every field of `schema.FIELDS` (typed nulls
    when no column gives it), `<field>__raw` and `<field>__fix` for the fields where some cell was
    changed or not understood (text as sent; a `Change` or `failed`), and what nobody sends:
    `kind` (slug or null), `kind_category` (slug), `level` (`supra`, `local`, null),
    `kind_confidence` 0-1, `kind_evidence` (words), `kind_reason` (why null: `lexicon.Why`),
    `kind_candidates` (slugs to choose from), `category_read` (what the category column says),
    `name_kind` (what the name alone would say), `position` (`ok`, `missing`, `empty`,
    `null_coordinates`, `not_finite`, `unreadable`, `no_crs`, and what is beyond the limits:
    `too_deep`, `too_many_parts`, `too_many_vertices`, `counts_differ`,
    `curved`, `too_many_crossings`), `fingerprint` (32 hex),
    and in which comune it is (`interpreting.municipality`). `home`: the comuni that the source may
    speak of (ISTAT codes), one for a comune's plan; `placed_by`: what holds where a row's code
    and position disagree (`interpreting.municipality.PlacedBy`).
    `geometry`: EPSG:32632, 2D, Point or MultiPolygon (lines stay lines), None when missing.
    `sent`: the same as sent, own CRS, Z and M kept. `invalid`: rows whose geometry was not valid;
    `repaired`: those now repaired. `repairs`: one row per invalid geometry (`repair_schema`; the
    place is in EPSG:32632, areas in square metres). `flattened`: rows that had Z or M.
    `format` as people call it (`SourceFile.format`).
    """

    frame: pl.DataFrame
    geometry: Geometries
    sent: Geometries
    invalid: Mask
    repaired: Mask
    flattened: Mask
    layers: tuple[LayerFacts, ...]
    taxonomy: Taxonomy
    home: tuple[str, ...]
    placed_by: str = "position"
    reference_date: date = date(1970, 1, 1)
    others: tuple[str, ...] = ()
    notes: tuple[Reason, ...] = ()
    repairs: pl.DataFrame = field(default_factory=empty_repairs)
    format: str = ""

    def __len__(self) -> int:
        return self.frame.height

    def has(self, name: str) -> bool:
        """Whether some read layer has a column for the field."""
        return any(name in layer.column_of for layer in self.layers)

    def column_of(self, name: str, layer: str | None = None) -> str | None:
        """The user's own column name for the field (in that layer, or the first that has it)."""
        found = (
            facts.column_of[name]
            for facts in self.layers
            if name in facts.column_of and layer in (None, facts.name)
        )
        return next(found, None)

    def label(self, index: int) -> str:
        """How a message names the row at `index` (from 0): identifier, else name, else number."""
        for column in ("identifier", "name", "row"):
            value = self.frame[column][index]
            if value not in (None, ""):
                return str(value)
        return ""

    def raw(self, name: str) -> pl.Series:
        """The field's text as sent where it was changed or failed, null elsewhere."""
        column = schema.raw(name)
        if column in self.frame.columns:
            return self.frame[column]
        return pl.repeat(None, len(self), dtype=pl.String, eager=True).alias(column)

    def failed(self, name: str) -> Mask:
        """Rows whose cell holds something that the field's parser did not understand."""
        return self._fix_is(name, schema.FAILED)

    def changed(self, name: str, change: Change) -> Mask:
        """Rows whose cell underwent that automatic change."""
        return self._fix_is(name, change.value)

    def _fix_is(self, name: str, value: str) -> Mask:
        column = schema.fix(name)
        if column not in self.frame.columns:
            return np.zeros(len(self), dtype=bool)
        return (self.frame[column] == value).fill_null(value=False).to_numpy()

    @cached_property
    def points(self) -> Geometries:
        """Representative points (`representative`)."""
        return representative(self.geometry)

    @cached_property
    def areas(self) -> NDArray[np.float64]:
        """Drawn areas in square metres; 0 for points and missing geometry."""
        areas: NDArray[np.float64] = np.nan_to_num(shapely.area(self.geometry))
        return areas

    @cached_property
    def autofixes(self) -> pl.DataFrame:
        """Every automatic change, cell by cell (`autofix_schema`)."""
        return autofixes(self)


def representative(geometry: Geometries) -> Geometries:
    """Points on the surface of shapes in EPSG:32632; None where there is no geometry, or an empty
    one."""
    points = np.asarray(shapely.point_on_surface(geometry), dtype=object)
    points[shapely.is_empty(points)] = None
    return points


def autofix_schema() -> dict[str, pl.DataType]:
    """Columns of `Dataset.autofixes`."""
    return {
        "index": pl.UInt32(), "layer": pl.String(), "row": pl.UInt32(), "field": pl.String(),
        "column": pl.String(), "change": pl.String(), "code": pl.String(), "before": pl.String(),
        "after": pl.String(),
    }  # fmt: skip


def autofixes(dataset: Dataset) -> pl.DataFrame:
    """List the automatic changes of cells and the repairs of geometry, in row order."""
    parts = [_cell_fixes(dataset, name) for name in schema.NAMES]
    parts.append(_geometry_fixes(dataset))
    return pl.concat(parts).sort("index", "field", maintain_order=True)


def _cell_fixes(dataset: Dataset, name: str) -> pl.DataFrame:
    column, raw = schema.fix(name), schema.raw(name)
    if column not in dataset.frame.columns:
        return pl.DataFrame(schema=autofix_schema())
    changed = dataset.frame.with_row_index("index").filter(
        pl.col(column).is_not_null() & (pl.col(column) != schema.FAILED)
    )
    columns = {facts.name: facts.column_of.get(name, "") for facts in dataset.layers}
    codes = {change.value: code for change, code in RULE_OF_CHANGE.items()}
    change = pl.col(column).cast(pl.String)
    return changed.select(
        pl.col("index").cast(pl.UInt32), "layer", "row", pl.lit(name).alias("field"),
        pl.col("layer").replace_strict(columns, return_dtype=pl.String).alias("column"),
        change.alias("change"),
        change.replace_strict(codes, default="", return_dtype=pl.String).alias("code"),
        pl.col(raw).alias("before"), pl.col(name).cast(pl.String).alias("after"),
    )  # fmt: skip


def _geometry_fixes(dataset: Dataset) -> pl.DataFrame:
    done = dataset.repairs.filter(~pl.col("refused"))
    change = Change.REPAIRED
    return done.select(
        "index", "layer", "row", pl.lit("geometry").alias("field"), pl.lit("").alias("column"),
        pl.lit(change.value).alias("change"), pl.lit(RULE_OF_CHANGE[change]).alias("code"),
        pl.col("area_before").round(2).cast(pl.String).alias("before"),
        pl.col("area_after").round(2).cast(pl.String).alias("after"),
    )  # fmt: skip
