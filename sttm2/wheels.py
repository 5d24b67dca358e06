"""Finds GDAL and GEOS inside the pyogrio and shapely
wheels; Debian 12's GDAL 3.6 leaves CVE-2026-114582 open."""

from importlib.util import find_spec
from pathlib import Path


def bundled_library(package: str, stem: str) -> str | None:
    """The path of `<package>.libs/<stem>*.so*` beside
    an installed wheel, or None (then ldconfig's)."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        return None
    libraries = Path(spec.submodule_search_locations[0]).parent / f"{package}.libs"
    found = sorted(libraries.glob(f"{stem}*.so*"))
    return str(found[0]) if found else None
