"""What understanding needs to know beyond the file: territory, taxonomy, and people's choices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from validator.interpreting.municipality import Bounds, PlacedBy
from validator.interpreting.repair import Tolerance
from validator.taxonomy import Taxonomy
from validator.territory import EMPTY_TERRITORY, Territory

GEOMETRY = "geometry"
KIND = "kind"
REPAIR = "repair"
MOJIBAKE = "mojibake"


@dataclass(frozen=True, slots=True)
class CellEdit:
    """A cell that a person wrote in the browser: text as typed, None to empty it.

    `field` is a field of the schema; `kind` with a slug of the taxonomy ("" for none of them); or
    `geometry` with WKT or EWKT (EPSG:4326 when it says nothing), None to take the position away.
    """

    layer: str
    row: int
    field: str
    value: str | None


@dataclass(frozen=True, slots=True)
class Undo:
    """Automatic changes taken back: what is left None means all of it.

    `field` is a field of the schema, or `geometry` for repairs; `change` one of `Change`.
    """

    field: str | None = None
    layer: str | None = None
    row: int | None = None
    change: str | None = None

    def speaks_of(self, field: str, layer: str) -> bool:
        """Whether it may touch cells of that field in that layer."""
        return self.field in (None, field) and self.layer in (None, layer)


@dataclass(frozen=True, slots=True)
class Accept:
    """A proposal taken: `repair` of one row (or all where row is None), `mojibake` of the file."""

    what: str
    layer: str | None = None
    row: int | None = None


@dataclass(frozen=True)
class Context:
    """Everything that `understand` is told.

    `home`: the comuni that the source may speak of (ISTAT codes), one for a comune's plan;
    `placed_by`: what says in which a row is where its code and position disagree.
    `layers` are the layer names chosen by the planner (None: decide), `crs` the EPSG code chosen
    per layer name, `columns` what each column means (column -> field; None: keep aside), both with
    "" for all layers; `remembered` what the sender once said, by the shape of the layer
    (`source_file.shape_of`).
    """

    taxonomy: Taxonomy
    territory: Territory = EMPTY_TERRITORY
    home: tuple[str, ...] = ()
    placed_by: str = PlacedBy.POSITION
    reference_date: date = date(1970, 1, 1)
    layers: tuple[str, ...] | None = None
    crs: Mapping[str, int] = field(default_factory=dict)
    columns: Mapping[str, Mapping[str, str | None]] = field(default_factory=dict)
    remembered: Mapping[str, Mapping[str, str | None]] = field(default_factory=dict)
    edits: tuple[CellEdit, ...] = ()
    undone: tuple[Undo, ...] = ()
    accepted: tuple[Accept, ...] = ()
    tolerance: Tolerance = field(default_factory=Tolerance)

    @property
    def bounds(self) -> Bounds:
        """What says in which comune a row is."""
        return Bounds(self.territory, self.home, self.placed_by)

    def crs_of(self, layer: str) -> int | None:
        """The EPSG code that the planner chose for the layer, if any."""
        return self.crs.get(layer, self.crs.get(""))
