"""Small pieces every template may use: icons, category
marks, names in the reader's language, amounts."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils import formats, translation
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from sttm2 import layers
from sttm2.freshness import Freshness, freshness

register = template.Library()

CATEGORIES_WITH_GLYPH = frozenset(
    {
        "verde-pubblico",
        "trasporti",
        "sanita",
        "sicurezza",
        "sport-e-tempo-libero",
        "culturali",
        "istruzione",
        "impianti-tecnologici",
    }
)


@register.simple_tag
def data_freshness(day: object = None) -> Freshness:
    """How far the data of the page go; pages about a day gone by have it as `day`."""
    return freshness(day if isinstance(day, dt.date) else None)


@register.simple_tag
def overlays(map_settings: dict[str, Any]) -> list[layers.Layer]:
    """The layers that a map draws over its base, the topmost first."""
    return [layers.BY_ID[one["id"]] for one in map_settings["layers"] if not one["base"]]


@register.simple_tag
def downloads(layer: str, query: str = "") -> list[tuple[layers.LayerDownload, str]]:
    """The ways to a layer's features, each with its address."""
    return layers.downloads(layer, query)


@register.simple_tag
def icon(name: str, css: str = "icon-inline") -> SafeString:
    """A decorative icon of the sprite (Bootstrap Italia's `it-…` or our `glyph-…`)."""
    address = f"{static('build/sprites.svg')}#{name}"
    return format_html(
        '<svg class="{}" aria-hidden="true" focusable="false"><use href="{}"></use></svg>',
        css,
        address,
    )


@register.simple_tag
def mark(category: str | None, css: str = "") -> SafeString:
    """The round mark of a category as on the map: colour
    and pictogram; the name stands beside it as text."""
    slug = category if category in CATEGORIES_WITH_GLYPH else "altro"
    return format_html(
        '<span class="mark {}" data-category="{}" aria-hidden="true">{}</span>',
        css,
        slug,
        icon(f"glyph-{slug}", ""),
    )


@register.filter
def local_name(thing: Any) -> str:
    """`name_en` for readers of English where there is one, else `name`."""
    if thing is None:
        return ""
    english = (translation.get_language() or "it").startswith("en")
    return str(getattr(thing, "name_en", "") if english else "") or str(thing.name)


@register.filter
def euro(amount: Decimal | int | None) -> str:
    """An amount to the cent where it has cents: 2.250.000 €; unknown is said, never zero."""
    if amount is None:
        return _("non noto")
    places = 0 if amount == int(amount) else 2
    return f"{formats.number_format(amount, places, force_grouping=True)} €"


@register.filter
def plain(number: int | str | None) -> str:
    """A number that is a name (a year, a row, a code): without thousands separators."""
    return "" if number is None else str(number)


@register.filter
def percent(share: float | Decimal | None) -> str:
    """A share of one hundred: 12,5 %."""
    if share is None:
        return _("non nota")
    return f"{formats.number_format(share, 1)} %"
