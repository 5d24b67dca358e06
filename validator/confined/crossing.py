"""How a context goes into the confined process, and how a dataset comes out of it.

Facts are JSON, columns are Arrow IPC files, geometry is WKB: nothing that could run when read.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from validator.dataset import (
    ColumnMatch,
    CrsCandidate,
    CrsDecision,
    Dataset,
    Geometries,
    LayerFacts,
    Reason,
)
from validator.interpreting.context import Accept, CellEdit, Context, Undo
from validator.interpreting.repair import Tolerance
from validator.libraries import pl
from validator.reading import bounds
from validator.reading.errors import ReaderDied
from validator.taxonomy import Taxonomy
from validator.territory import Territory

Json = dict[str, Any]
ROWS, REPAIRS = "rows.arrow", "repairs.arrow"
_GEOMETRIES = ("geometry", "sent")
_MASKS = ("invalid", "repaired", "flattened")


def _column(name: str) -> str:
    """A column beside those of the frame: no field is called so."""
    return f"__{name}__"


def context_to_json(context: Context) -> Json:
    return {
        "taxonomy": {
            "categories": [asdict(one) for one in context.taxonomy.categories],
            "kinds": [asdict(one) for one in context.taxonomy.kinds],
            "version": context.taxonomy.version,
        },
        "territory": _territory_to_json(context.territory),
        "home": context.home,
        "placed_by": context.placed_by,
        "reference_date": context.reference_date.isoformat(),
        "layers": context.layers,
        "crs": dict(context.crs),
        "columns": {layer: dict(chosen) for layer, chosen in context.columns.items()},
        "remembered": {shape: dict(known) for shape, known in context.remembered.items()},
        "edits": [asdict(one) for one in context.edits],
        "undone": [asdict(one) for one in context.undone],
        "accepted": [asdict(one) for one in context.accepted],
        "tolerance": asdict(context.tolerance),
    }


def context_from_json(data: Json) -> Context:
    return Context(
        taxonomy=Taxonomy.from_rows(**data["taxonomy"]),
        territory=_territory(data["territory"]),
        home=tuple(data["home"]),
        placed_by=data["placed_by"],
        reference_date=date.fromisoformat(data["reference_date"]),
        layers=None if data["layers"] is None else tuple(data["layers"]),
        crs=data["crs"],
        columns=data["columns"],
        remembered=data["remembered"],
        edits=tuple(CellEdit(**one) for one in data["edits"]),
        undone=tuple(Undo(**one) for one in data["undone"]),
        accepted=tuple(Accept(**one) for one in data["accepted"]),
        tolerance=Tolerance(**data["tolerance"]),
    )


def _territory_to_json(territory: Territory) -> Json:
    return {
        "codes": territory.codes,
        "names": territory.names,
        "outlines": [str(one) for one in shapely.to_wkb(list(territory.outlines), hex=True)],
        "accuracy_m": territory.accuracy_m,
        "detailed": territory.detailed,
        "former": dict(territory.former),
        "outer": str(shapely.to_wkb(territory.whole, hex=True)),
    }


def _territory(data: Json) -> Territory:
    lists = {name: tuple(data[name]) for name in ("codes", "names")}
    outlines, outer = tuple(shapely.from_wkb(data["outlines"])), shapely.from_wkb(data["outer"])
    return Territory(**{**data, **lists, "outlines": outlines, "outer": outer})


def write_dataset(directory: Path, dataset: Dataset) -> Json:
    """Store the columns in `directory`; what JSON holds is returned."""
    beside = [_wkb(_column(name), getattr(dataset, name)) for name in _GEOMETRIES]
    beside += [pl.Series(_column(name), getattr(dataset, name)) for name in _MASKS]
    dataset.frame.with_columns(beside).write_ipc(directory / ROWS, compression="uncompressed")
    dataset.repairs.write_ipc(directory / REPAIRS, compression="uncompressed")
    data = {
        "format": dataset.format,
        "layers": [_write_layer(directory, n, one) for n, one in enumerate(dataset.layers)],
        "others": dataset.others,
        "notes": [asdict(note) for note in dataset.notes],
    }
    plain: Json = json.loads(json.dumps(data, default=_plain))
    return plain


def load_dataset(directory: Path, data: Json, context: Context) -> Dataset:
    """The dataset of an answer, its columns mapped from the files in `directory`."""
    rows = pl.read_ipc(directory / ROWS)
    beside = [_column(name) for name in (*_GEOMETRIES, *_MASKS)]
    return Dataset(
        frame=rows.drop(beside),
        geometry=_loaded(rows[_column("geometry")]),
        sent=_loaded(rows[_column("sent")]),
        invalid=rows[_column("invalid")].to_numpy(),
        repaired=rows[_column("repaired")].to_numpy(),
        flattened=rows[_column("flattened")].to_numpy(),
        layers=tuple(_load_layer(directory, layer) for layer in data["layers"]),
        taxonomy=context.taxonomy,
        home=context.home,
        placed_by=context.placed_by,
        reference_date=context.reference_date,
        others=tuple(data["others"]),
        notes=_reasons(data["notes"]),
        repairs=pl.read_ipc(directory / REPAIRS),
        format=data["format"],
    )


def _wkb(name: str, shapes: Geometries) -> pl.Series:
    return pl.Series(name, shapely.to_wkb(shapes).tolist(), dtype=pl.Binary)


def _loaded(wkb: pl.Series) -> NDArray[np.object_]:
    if bounds.of_column(wkb):
        # Shapes are bounded in there: a process that sends others is no longer ours.
        raise ReaderDied("shapes beyond the limits came out of the reading process")
    return np.asarray(shapely.from_wkb(wkb.to_numpy()), dtype=object)


def _plain(value: Any) -> Any:
    """What numpy counted, as JSON writes it."""
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.ndarray | pl.Series):
        return value.tolist() if isinstance(value, np.ndarray) else value.to_list()
    raise TypeError(f"{type(value).__name__} cannot leave the reading process")


def _write_layer(directory: Path, number: int, layer: LayerFacts) -> Json:
    file = f"sent-{number}.arrow"
    layer.frame.write_ipc(directory / file, compression="uncompressed")
    data = {
        name: getattr(layer, name)
        for name in (
            "name",
            "start",
            "rows",
            "encoding",
            "encoding_origin",
            "profile",
            "position_from",
            "geometry_types",
            "source",
        )
    }
    return {
        **data,
        "file": file,
        "columns": [asdict(match) for match in layer.columns],
        "crs": asdict(layer.crs),
        "notes": [asdict(note) for note in layer.notes],
    }


def _load_layer(directory: Path, data: Json) -> LayerFacts:
    simple = {k: v for k, v in data.items() if k not in ("file", "columns", "crs", "notes")}
    return LayerFacts(
        **{**simple, "geometry_types": tuple(data["geometry_types"])},
        frame=pl.read_ipc(directory / data["file"]),
        columns=tuple(_match(one) for one in data["columns"]),
        crs=_crs(data["crs"]),
        notes=_reasons(data["notes"]),
    )


def _match(data: Json) -> ColumnMatch:
    lists = {name: tuple(data[name]) for name in ("samples", "alternatives")}
    return ColumnMatch(**{**data, **lists, "why": _reason(data["why"])})


def _crs(data: Json) -> CrsDecision:
    candidates = tuple(CrsCandidate(**one) for one in data["candidates"])
    parts = {"candidates": candidates, "parity": tuple(data["parity"])}
    return CrsDecision(**{**data, **parts, "why": _reason(data["why"])})


def _reasons(data: Sequence[Mapping[str, Any]]) -> tuple[Reason, ...]:
    return tuple(_reason(one) for one in data)


def _reason(data: Mapping[str, Any]) -> Reason:
    return Reason(data["code"], data["params"])
