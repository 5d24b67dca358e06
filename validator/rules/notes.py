"""What the reader noted of a file or layer, as rules tell it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from validator.dataset import Dataset
from validator.findings import SharedFinding


def noted(dataset: Dataset, code: str) -> list[tuple[str, Mapping[str, Any]]]:
    """What the reader noted under a code: layer ("" for the file) and parameters, in order."""
    every = [("", note) for note in dataset.notes]
    every += [(layer.name, note) for layer in dataset.layers for note in layer.notes]
    return [(layer, note.params) for layer, note in every if note.code == code]


def told_by_reader(dataset: Dataset, code: str, *names: str) -> list[SharedFinding]:
    """One finding per note of that code, with the parameters that its message names."""
    return [
        SharedFinding(
            layer=layer,
            column=str(params.get("column", "")),
            params={name: params.get(name) for name in names},
        )
        for layer, params in noted(dataset, code)
    ]
