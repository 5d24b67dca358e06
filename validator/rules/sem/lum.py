"""The LUM as rules see them, and which one a row names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import shapely

from validator.dataset import Dataset
from validator.libraries import pl
from validator.rules.columns import folded
from validator.rules.context import RuleContext

NAME = "lum"


@dataclass(frozen=True)
class Hub:
    """One LUM: code, name and shape (perimeter, else circle, else point) in EPSG:32632."""

    code: str
    name: str
    shape: Any


@dataclass(frozen=True)
class LumRegister:
    """The public LUM whose node is known; `official` is false while any of the list is a
    reconstruction or still to be identified."""

    hubs: tuple[Hub, ...]
    official: bool

    def place_of(self) -> dict[str, int]:
        """Position of each hub by folded code and by folded name."""
        texts = pl.Series([text for hub in self.hubs for text in (hub.code, hub.name)])
        return {text: i // 2 for i, text in enumerate(folded(texts).to_list()) if text}


RHO = Hub("rho-fiera", "Rho Fiera", shapely.Point(501000, 5031000))
OFFICIAL = {NAME: LumRegister((RHO,), official=True)}


def register_of(context: RuleContext) -> LumRegister:
    """The register that the context holds; an empty one without it."""
    found = context.extra.get(NAME)
    return found if isinstance(found, LumRegister) else LumRegister((), official=False)


def known_lum(dataset: Dataset, register: LumRegister) -> pl.Series:
    """Position in the register of the LUM each row names; null when it names none of them."""
    places = register.place_of()
    return folded(dataset.frame["lum"]).replace_strict(places, default=None, return_dtype=pl.Int64)
