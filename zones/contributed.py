"""Asks every app for its sections of a sheet, by the
dotted paths in settings (higher apps are not imported)."""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from core.sheets import Section


def sections_of(sheet: str, subject: Any) -> Sequence[Section]:
    """The sections of a kind of sheet about its subject (a territory, a LUM), in the order of
    settings.SHEET_SECTIONS; one that has nothing to say is left out."""
    contributors: list[Callable[[Any], Section | None]] = [
        import_string(path) for path in settings.SHEET_SECTIONS[sheet]
    ]
    sections = [contribute(subject) for contribute in contributors]
    return [section for section in sections if section is not None]


def extra_figures(day: dt.date | None) -> dict[str, dict[str, int]]:
    """Figures per zone slug ("" for the whole) that higher apps compute, over the comuni that the
    zones have on the day (None: today): {figure: {zone: value}}."""
    paths = settings.ZONE_EXTRA_FIGURES.items()
    return {figure: import_string(path)(day) for figure, path in paths}
