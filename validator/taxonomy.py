"""The taxonomy of services as plain values: categories, kinds, and how they are looked up.

No models here: rows come from `services.selectors`, the file from `fixtures/taxonomy.json`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from pathlib import Path
from typing import Any

SUPRA = "supra"
LOCAL = "local"
LOCAL_LABEL = "locale"


@dataclass(frozen=True, slots=True)
class Category:
    """One of the deck's macro-categories: names, colour (hex) and glyph of the map."""

    slug: str
    name: str
    name_en: str
    color: str
    glyph: str
    order: int = 0


@dataclass(frozen=True, slots=True)
class Kind:
    """One type of service, supra-municipal (the deck's 23) or local.

    `synonyms` are words found in Italian plans, `codes` those of known schemas
    ("palermo_prg:IC8"). `mappings`: `osm` (tags), `inspire` (serviceType),
    `hilucs`, `culture` (national code of places of culture), `schema_org`, `poi` (category of
    POI-AP_IT, null with a `poi_note` where none fits), and the test of area: `area_over` in square
    metres and `below`, the slug of what a smaller one is.
    """

    slug: str
    name: str
    name_en: str
    category: str | None
    level: str = LOCAL
    default_valence: str = ""
    criteria: str = ""
    synonyms: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    mappings: Mapping[str, Any] = field(default_factory=dict)
    order: int = 0

    @property
    def supra(self) -> bool:
        """Whether it is one of the deck's supra-municipal types."""
        return self.level == SUPRA

    @property
    def label(self) -> str:
        """The deck's name, or `locale`: what the command line and the truth files say."""
        return self.name if self.supra else LOCAL_LABEL

    @property
    def area_over(self) -> float | None:
        """Square metres that a place must exceed to be of this kind, if there is such a test."""
        value = self.mappings.get("area_over")
        return None if value is None else float(value)

    @property
    def below(self) -> str | None:
        """Slug of the local kind that a smaller place is."""
        return self.mappings.get("below")


@dataclass(frozen=True)
class Taxonomy:
    """All categories and kinds, in the deck's order."""

    categories: tuple[Category, ...]
    kinds: tuple[Kind, ...]
    version: str = ""

    @cached_property
    def by_slug(self) -> Mapping[str, Kind]:
        """Kinds by slug."""
        return {kind.slug: kind for kind in self.kinds}

    @cached_property
    def categories_by_slug(self) -> Mapping[str, Category]:
        """Categories by slug."""
        return {category.slug: category for category in self.categories}

    @cached_property
    def supra(self) -> tuple[Kind, ...]:
        """The deck's types."""
        return tuple(kind for kind in self.kinds if kind.supra)

    def kind(self, slug: str | None) -> Kind | None:
        """The kind of that slug, or None."""
        return self.by_slug.get(slug) if slug else None

    def category_of(self, slug: str | None) -> Category | None:
        """The category of the kind of that slug, or None."""
        kind = self.kind(slug)
        return self.categories_by_slug.get(kind.category) if kind and kind.category else None

    @classmethod
    def from_rows(
        cls,
        categories: Iterable[Mapping[str, Any]],
        kinds: Iterable[Mapping[str, Any]],
        version: str = "",
    ) -> Taxonomy:
        """Build from mappings with the dataclasses' keys (`.values()` of the models, or JSON).

        A key that the dataclass does not have is left aside; `category` may be called
        `category_id`. Raises ValueError when the rows contradict each other.
        """
        taxonomy = cls(
            categories=tuple(Category(**_known(Category, row)) for row in categories),
            kinds=tuple(Kind(**_known(Kind, row)) for row in kinds),
            version=version,
        )
        _check(taxonomy)
        return taxonomy

    @classmethod
    def from_json(cls, path: Path) -> Taxonomy:
        """Read `fixtures/taxonomy.json`; the order of the file is the order of the deck."""
        text = json.loads(path.read_text(encoding="utf-8"))
        return cls.from_rows(
            _ordered(text["categories"]), _ordered(text["kinds"]), version=text["version"]
        )


def _ordered(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**row, "order": order} for order, row in enumerate(rows, 1)]


def _known(cls: type[Category] | type[Kind], row: Mapping[str, Any]) -> dict[str, Any]:
    row = {("category" if key == "category_id" else key): value for key, value in row.items()}
    names = {item.name for item in fields(cls)} & row.keys()
    return {name: tuple(row[name]) if isinstance(row[name], list) else row[name] for name in names}


def _check(taxonomy: Taxonomy) -> None:
    if len(taxonomy.by_slug) != len(taxonomy.kinds):
        raise ValueError("two kinds of the taxonomy share a slug")
    for kind in taxonomy.kinds:
        if kind.category and kind.category not in taxonomy.categories_by_slug:
            raise ValueError(f"{kind.slug} names the unknown category {kind.category}")
        if kind.below and kind.below not in taxonomy.by_slug:
            raise ValueError(f"{kind.slug} falls back to the unknown kind {kind.below}")
