"""The accepted formats, found by walking `formats`: the only list of them, and of their suffixes.

A format is a file there that declares one `Format`; what stands in the folder is accepted.
"""

from __future__ import annotations

import importlib
import pkgutil
from types import ModuleType
from typing import Final

from validator.reading import formats
from validator.reading.format import Format


def declared_in(package: ModuleType) -> tuple[Format, ...]:
    """The formats of a package's files, those that planners send most first.

    Raises ValueError on a file that does not declare exactly one, and on two of one name or with
    one suffix of their own.
    """
    found: list[Format] = []
    for name in sorted(module.name for module in pkgutil.iter_modules(package.__path__)):
        module = importlib.import_module(f"{package.__name__}.{name}")
        own = [value for value in vars(module).values() if isinstance(value, Format)]
        if len(own) != 1:
            raise ValueError(f"{module.__name__} declares {len(own)} formats instead of one")
        found += own
    said = [word for one in found for word in (one.name, *one.suffixes)]
    if twice := {word for word in said if said.count(word) > 1}:
        raise ValueError(f"declared twice: {', '.join(sorted(twice))}")
    return tuple(sorted(found, key=lambda one: (one.order, one.name)))


FORMATS: Final = declared_in(formats)


def accepted_formats(language: str) -> list[str]:
    """What may be sent, in "it" or "en", a line each."""
    return [one.title(language) for one in FORMATS]


def owner(suffix: str) -> Format | None:
    """The format whose own suffix it is."""
    return next((one for one in FORMATS if suffix in one.suffixes), None)


def promised(suffix: str) -> tuple[Format, ...]:
    """What a file of this suffix may be; a suffix that is nobody's own promises nothing."""
    return tuple(one for one in FORMATS if one.bears(suffix)) if owner(suffix) else ()


def member_suffixes() -> frozenset[str]:
    """Suffixes of what is read inside an archive."""
    readable = [one for one in FORMATS if one.read]
    return frozenset(suffix for one in readable for suffix in (*one.suffixes, *one.shared))


def drivers() -> frozenset[str]:
    """The drivers of GDAL that the formats need."""
    return frozenset(one.driver for one in FORMATS if one.driver)
