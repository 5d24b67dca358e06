"""The heavy libraries of files and geometry, each loaded where it is first used.

Web and beat know every page, rule and task without reading a file: there these names cost nothing.
Whoever does the work uses them as if imported (`from validator.libraries import pl`). Keep
them out of what runs while a module is imported: constants, defaults, and annotations without
`from __future__ import annotations`.
"""

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

__all__ = ["calamine", "openpyxl", "pl", "pyogrio", "pyproj", "weasyprint"]

if TYPE_CHECKING:
    import openpyxl
    import polars as pl
    import pyogrio
    import pyproj
    import python_calamine as calamine
    import weasyprint
else:

    class _AtFirstUse(ModuleType):
        """Stands for a library until one of its names is asked for.

        `importlib.util.LazyLoader` does this too, but not when two threads of a web worker ask
        at once (before Python 3.12).
        """

        def __getattr__(self, name: str) -> Any:
            value = getattr(import_module(self.__name__), name)
            setattr(self, name, value)  # from now on without this detour
            return value

    calamine = _AtFirstUse("python_calamine")
    openpyxl = _AtFirstUse("openpyxl")
    pl = _AtFirstUse("polars")
    pyogrio = _AtFirstUse("pyogrio")
    pyproj = _AtFirstUse("pyproj")
    weasyprint = _AtFirstUse("weasyprint")
