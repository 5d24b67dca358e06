"""The types of the taxonomy as choices of a form, in the reader's language."""

from dataclasses import dataclass

from django.utils.translation import get_language

from services.models import ServiceType


@dataclass(frozen=True)
class KindChoice:
    """A type of service that may be given."""

    slug: str
    name: str
    group: str


def kind_choices() -> list[KindChoice]:
    """The types that may be given, supra-municipal ones first, by macro-category."""
    english = (get_language() or "it").startswith("en")
    kinds = ServiceType.objects.select_related("category").order_by(
        "-level", "category__order", "order", "slug"
    )
    return [
        KindChoice(
            slug=kind.slug,
            name=(english and kind.name_en) or kind.name,
            group=_group(kind, english=english),
        )
        for kind in kinds
    ]


def _group(kind: ServiceType, *, english: bool) -> str:
    if kind.category is None:
        return str(kind.get_level_display())
    name = (english and kind.category.name_en) or kind.category.name
    return f"{name} ({kind.get_level_display()})"
