"""Asks every app for its sections of a sheet, by the
dotted paths in settings (higher apps are not imported)."""

from collections.abc import Callable, Sequence

from django.conf import settings
from django.utils.module_loading import import_string

from core.sheets import Section, SheetTerritory


def sections_of(territory: SheetTerritory) -> Sequence[Section]:
    """The sections of a zone's or a comune's sheet, in the order of
    settings.ZONE_SHEET_SECTIONS."""
    contributors: list[Callable[[SheetTerritory], Section | None]] = [
        import_string(path) for path in settings.ZONE_SHEET_SECTIONS
    ]
    sections = [contribute(territory) for contribute in contributors]
    return [section for section in sections if section is not None]


def extra_figures() -> dict[str, dict[str, int]]:
    """Figures per zone slug ("" for the whole) that
    higher apps compute: {figure: {zone: value}}."""
    return {figure: import_string(path)() for figure, path in settings.ZONE_EXTRA_FIGURES.items()}
