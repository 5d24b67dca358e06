"""What travels from the readers to the understanding
and on to the rules: pure data, no Django models.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b, sha256

from validator.libraries import pl

#: Layers and sheets that the portal itself adds to its return files and packages: never services,
#: unless the planner chooses them.
OWN_LAYERS = frozenset({
    "errori", "errori_sttm", "cosa fare", "rilievi", "what to do", "findings",
    "candidati", "domande aperte", "leggimi", "candidates", "open questions", "read me",
})  # fmt: skip

#: The columns that the return workbook puts before the planner's own, and its first two sheets.
OWN_COLUMNS = frozenset({("Riga", "Esito"), ("Row", "Outcome")})
OWN_SHEETS = (("Cosa fare", "Rilievi"), ("What to do", "Findings"))
#: What the return GeoPackage calls its layer of findings and its column of outcomes; the second
#: name where the planner already has the first.
ERRORS, OUTCOME = ("errori", "errori_sttm"), ("esito", "esito_sttm")


def own_name(names: tuple[str, str], taken: Iterable[str]) -> str:
    """Under which of its two names the portal adds something of its own, letter case aside."""
    return names[1] if names[0] in {name.lower() for name in taken} else names[0]


#: Longest name of a layer that the portal keeps; the database and the return files rely on it.
LAYER_NAME = 200


def layer_name(name: str) -> str:
    """The name under which a layer is kept: as sent, or cut and told apart by a checksum."""
    if len(name) <= LAYER_NAME:
        return name
    mark = blake2b(name.encode("utf-8", "surrogatepass"), digest_size=4).hexdigest()
    return f"{name[: LAYER_NAME - 10]}…{mark}"


def shape_of(columns: Sequence[str]) -> str:
    """The shape of a layer: its column names, in order, as one hash (SHA-256)."""
    return sha256("\x1f".join(columns).encode()).hexdigest()


NoteValue = str | int | float | bool | None | Sequence[str] | Sequence[int]


@dataclass(frozen=True, slots=True)
class Note:
    """A fact about a file or layer. `code` is a rule code (FIL-05, STR-03 ...) when that rule
    speaks about it, otherwise a plain name:

    geometry-types {Point: n ...}, curves {n}, rings-closed {n, rows}, crs-undefined,
    geometry-unreadable {n, rows}, shape-beyond {reason, n, rows}, geojson-metric,
    coordinates-as-text {n}, trailing-commas {n}, mixed-encoding {n},
    names-cut {columns}, geometry-text
    {column, n}, no-header, blank-headers {n, columns}, title-rows {texts},
    blank-rows {n}, quotes-unbalanced, quotes-inside {n}, layer-name-cut
    {characters}; of the file: extension-differs {suffix, format}. Rows count from 1.
    """

    code: str
    params: Mapping[str, NoteValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OtherLayer:
    """A layer or member that is in the file and was not read, and why.

    `reason`: empty | not-chosen | view | system | not-a-layer | incomplete | table (of codes).
    """

    name: str
    reason: str
    rows: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class SourceLayer:
    """One layer as it was sent.

    frame: the columns as read, in file order, one row per record; texts stay texts (in CSV and
        sheets every column is String, empty cells null), GeoPackage and GeoJSON keep their types.
    wkb: ISO WKB as sent (Z kept, curves already linearised, every value loads in shapely), null
        where the record has no geometry; None when the layer has no geometry at all.
    declared_crs: EPSG code of what the file declares; None when missing, undefined or not an EPSG
        one (then `declared_wkt` may say more). `crs_origin`: prj | geojson-member |
        geojson-default | gpkg, kml or the like (the format's own way) | "" (not declared).
    encoding: what the texts were decoded with; `encoding_origin`: given | bom | cpg | ldid |
        format | valid (every byte agrees) | guess.
    source: member path inside the archive, or the sheet's workbook name; "" for a plain file.
    lines: for CSV and sheets, the line (row) of the sent file where each record starts, from 1.
    """

    name: str
    frame: pl.DataFrame
    wkb: pl.Series | None = None
    declared_crs: int | None = None
    declared_wkt: str | None = None
    encoding: str = "utf-8"
    encoding_origin: str = "format"
    notes: tuple[Note, ...] = ()
    crs_origin: str = ""
    source: str = ""
    lines: pl.Series | None = None

    @property
    def rows(self) -> int:
        """Number of records (a frame without columns still has its height)."""
        return self.frame.height


@dataclass(frozen=True, slots=True, eq=False)
class SourceFile:
    """Everything read from one delivered file. `format`: the name of the accepted format, of an
    archive those of what it holds."""

    format: str
    layers: tuple[SourceLayer, ...]
    others: tuple[OtherLayer, ...] = ()
    notes: tuple[Note, ...] = ()
