"""The planner's choices (`Delivery.options`) as what reading and interpreting are told."""

from collections.abc import Mapping
from typing import Any

from validator.interpreting.context import KIND, Accept, CellEdit, Undo
from validator.reading.request import ReadOptions

SEPARATOR = "\x1f"
#: Beside the edits of a row: what proposed its position, when a geocoder did; no cell.
ORIGIN = "place_from"


def row_key(layer: str, row: int) -> str:
    """How `options["edits"]` names a row."""
    return f"{layer}{SEPARATOR}{row}"


def without_place(changes: Mapping[str, Any]) -> dict[str, Any]:
    """The edits of a row without its position, nor the accuracy that came with a proposed one."""
    came = (changes.get(ORIGIN) or {}).get("accuracy")
    gone = {"lon", "lat", ORIGIN}
    gone |= {"accuracy"} if came is not None and changes.get("accuracy") == came else set()
    return {name: value for name, value in changes.items() if name not in gone}


def read_options(options: Mapping[str, Any]) -> ReadOptions:
    """Layers, encoding and separator asked of the reader."""
    return ReadOptions(
        layers=tuple(options.get("layers") or ()),
        encoding=options.get("encoding") or None,
        separator=options.get("separator") or None,
    )


def crs_choices(options: Mapping[str, Any]) -> dict[str, int]:
    """Layer name ("" for all) -> EPSG code."""
    chosen = options.get("crs") or {}
    if isinstance(chosen, int):
        return {"": chosen}
    return {layer: int(code) for layer, code in chosen.items()}


def column_choices(options: Mapping[str, Any]) -> dict[str, dict[str, str | None]]:
    """Layer name -> column -> field (None: kept aside)."""
    return {layer: dict(chosen) for layer, chosen in (options.get("columns") or {}).items()}


def edits(options: Mapping[str, Any]) -> tuple[CellEdit, ...]:
    """Every cell that a person wrote, in a stable
    order; `lon` and `lat` together are a position."""
    found = []
    for key, changes in sorted((options.get("edits") or {}).items()):
        layer, _separator, row = key.rpartition(SEPARATOR)
        place = {
            name: changes[name] for name in ("lon", "lat") if changes.get(name) not in (None, "")
        }
        if len(place) == 2:
            wkt = f"POINT({float(place['lon'])} {float(place['lat'])})"
            found.append(CellEdit(layer, int(row), "geometry", wkt))
        for name, value in sorted(changes.items()):
            if name in ("lon", "lat", ORIGIN):
                continue
            field = KIND if name == "kind" else name
            found.append(CellEdit(layer, int(row), field, None if value is None else str(value)))
    return tuple(found)


def undone(options: Mapping[str, Any]) -> tuple[Undo, ...]:
    """The sorts of automatic change that the planner refused, wherever they were made."""
    return tuple(Undo(change=sort) for sort in options.get("undone") or ())


def accepted(options: Mapping[str, Any]) -> tuple[Accept, ...]:
    """Proposals that the planner took: repairs of geometry, readings of corrupted accents."""
    taken = options.get("accepted") or ()
    return tuple(Accept(one["what"], one.get("layer"), one.get("row")) for one in taken)
