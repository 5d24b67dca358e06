"""The taxonomy of fixtures/taxonomy.json as rows; what a person edited since stays as it is."""

import json

from services.models import MacroCategory, ServiceType
from validator.taxonomy import Category, Kind, Taxonomy
from zones.management.reference import FIXTURES, Loaded, upsert

FILE = FIXTURES / "taxonomy.json"


def load_taxonomy() -> list[Loaded]:
    """Write categories and types in the deck's order; safe to repeat."""
    taxonomy = Taxonomy.from_json(FILE)
    return [
        upsert(
            [_category(category) for category in taxonomy.categories],
            key=["slug"],
            fields=["name", "name_en", "color", "glyph", "order"],
        ),
        upsert(
            [_type(kind) for kind in taxonomy.kinds],
            key=["slug"],
            fields=[
                "name",
                "name_en",
                "category",
                "level",
                "order",
                "default_valence",
                "criteria",
                "synonyms",
                "codes",
                "mappings",
            ],
        ),
    ]


def _category(category: Category) -> MacroCategory:
    return MacroCategory(
        slug=category.slug,
        name=category.name,
        name_en=category.name_en,
        color=category.color,
        glyph=category.glyph,
        order=category.order,
    )


def _type(kind: Kind) -> ServiceType:
    return ServiceType(
        slug=kind.slug,
        name=kind.name,
        name_en=kind.name_en,
        category_id=kind.category,
        level=kind.level,
        order=kind.order,
        default_valence=kind.default_valence,
        criteria=kind.criteria,
        synonyms=list(kind.synonyms),
        codes=list(kind.codes),
        mappings=json.loads(json.dumps(dict(kind.mappings))),
    )
