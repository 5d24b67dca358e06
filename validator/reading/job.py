"""What every format reader gets and gives: one
private file to read, the layers that came of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

import shapely

from validator.libraries import pl
from validator.limits import Limits
from validator.reading import bounds, gdal, geometry, tabular
from validator.reading.errors import CRASHED, Unreadable
from validator.reading.request import ReadOptions
from validator.source_file import Note, OtherLayer, SourceLayer, layer_name


@dataclass(frozen=True, slots=True)
class Job:
    """One file in the private directory. `name` is what the person called the delivery,
    `source` the member it was inside an archive ("" when the file was sent bare)."""

    path: Path
    name: str
    options: ReadOptions
    limits: Limits
    source: str = ""

    @property
    def stem(self) -> str:
        return PurePosixPath((self.source or self.name).replace("\\", "/")).stem

    def wants(self, layer: str) -> bool:
        chosen = self.options.layers
        return not chosen or layer in chosen or layer_name(layer) in chosen

    def damaged(self, format: str, error: BaseException | None = None) -> Unreadable:
        """The refusal for a file that does not open as what it seems to be, or that breaks what
        reads it."""
        reason = CRASHED if isinstance(error, gdal.crashes()) else "damaged"
        return Unreadable("FIL-01", file=self.source or self.name, format=format, reason=reason)


@dataclass(slots=True)
class Found:
    """What came of one or more jobs, gathered while reading."""

    layers: list[SourceLayer] = field(default_factory=list)
    others: list[OtherLayer] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    def add(self, more: Found) -> None:
        self.layers += more.layers
        self.others += more.others
        self.notes += more.notes


def check_size(job: Job, *, rows: int, columns: int) -> None:
    """Raise FIL-02 when a layer is above the limits in rows or columns."""
    for unit, size, limit in (
        ("rows", rows, job.limits.rows),
        ("columns", columns, job.limits.columns),
    ):
        if size > limit:
            raise Unreadable(
                "FIL-02", file=job.name, size=size, limit=limit, unit=unit, reason=unit
            )


def too_long(name: str, limits: Limits, size: int | None = None) -> Unreadable:
    """The refusal for a cell with more text than any description or shape needs."""
    limit = limits.cell_characters
    return Unreadable(
        "FIL-02", file=name, size=size or limit + 1, limit=limit, unit="characters",
        reason="characters",
    )  # fmt: skip


def check_cells(frame: pl.DataFrame, name: str, limits: Limits) -> None:
    """Raise FIL-02 when a text of a layer is longer than a cell may be."""
    texts = frame.select(pl.col(pl.String).str.len_chars().max())
    longest = max((size or 0 for size in texts.row(0)), default=0) if texts.width else 0
    if longest > limits.cell_characters:
        raise too_long(name, limits, longest)


def check_geometry(job: Job, wkb: pl.Series) -> None:
    """Raise FIL-02 when the geometry of a layer is heavier than the limit (16 bytes a vertex)."""
    size = int(wkb.bin.size().sum() or 0)
    if size > job.limits.geometry_bytes:
        limit = job.limits.geometry_bytes // 16
        raise Unreadable(
            "FIL-02",
            file=job.name,
            size=size // 16,
            limit=limit,
            unit="vertices",
            reason="vertices",
        )


def geometry_of(job: Job, layer: gdal.GdalLayer) -> tuple[pl.Series | None, list[Note]]:
    """The layer's WKB, within limits and loadable, with the facts about it."""
    if layer.wkb is None:
        return None, []
    check_geometry(job, layer.wkb)
    bounded, aside = bounds.put_aside(layer.wkb, job.limits)
    wkb, mended = geometry.loadable(bounded)
    curves = [Note("curves", {"n": layer.curved})] if layer.curved else []
    return wkb, geometry.notes(geometry.kinds(wkb)) + curves + aside + mended


def looks_metric(wkb: pl.Series | None) -> bool:
    """Whether coordinates declared as degrees are plainly not degrees."""
    if wkb is None:
        return False
    sample = wkb.drop_nulls().head(500).to_numpy()
    if not len(sample):
        return False
    bounds = shapely.total_bounds(shapely.from_wkb(sample))
    return bool(abs(bounds).max() > 400)


def text_notes(frame: pl.DataFrame) -> list[Note]:
    """STR-03 for names alike but for case or blanks, STR-05 for texts of 254 or 255 letters."""
    found = tabular.repeated_names(frame.columns)
    for series in frame.get_columns():
        if series.dtype != pl.String:
            continue
        lengths = series.str.len_chars()
        for length in (254, 255):
            if n := int((lengths == length).sum()):
                found.append(Note("STR-05", {"column": series.name, "n": n, "len": length}))
    return found
