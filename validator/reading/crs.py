"""What reference system a file declares: EPSG code out of a .prj, a WKT or an authority string."""

import re
from dataclasses import dataclass
from pathlib import Path

from validator.libraries import pyproj

# ESRI names of the Italian systems, folded; pyproj finds most by itself, these are the ones
# met in plans.
ESRI_NAMES = {
    "montemarioitaly1": 3003,
    "montemarioitaly2": 3004,
    "montemarioitalyzone1": 3003,
    "montemarioitalyzone2": 3004,
    "montemarioromeitaly1": 26591,
    "montemarioromeitaly2": 26592,
    "wgs1984utmzone32n": 32632,
    "wgs84utmzone32n": 32632,
    "wgs1984utmzone33n": 32633,
    "wgs84utmzone33n": 32633,
    "etrs1989utmzone32n": 25832,
    "etrs89utmzone32n": 25832,
    "etrs1989utmzone33n": 25833,
    "etrs89utmzone33n": 25833,
    "ed1950utmzone32n": 23032,
    "ed50utmzone32n": 23032,
    "rdn2008utmzone32n": 7791,
    "rdn2008utm32n": 7791,
    "rdn2008utmzone32nne": 6707,
    "rdn2008italyzone": 6875,
    "wgs1984webmercatorauxiliarysphere": 3857,
    "wgs84pseudomercator": 3857,
    "gcswgs1984": 4326,
    "wgs84": 4326,
    "gcsrdn2008": 6706,
    "gcsetrs1989": 4258,
    "gcsmontemario": 4265,
}
WKT_START = re.compile(
    r"^\s*(PROJCS|GEOGCS|PROJCRS|GEOGCRS|GEODCRS|COMPD_CS|COMPOUNDCRS|BOUNDCRS|LOCAL_CS|ENGCRS)",
    re.I,
)
WKT_NAME = re.compile(r'\[\s*"([^"]*)"')


@dataclass(frozen=True, slots=True)
class DeclaredCrs:
    """A declared system: EPSG code when there is one, the text as declared."""

    epsg: int | None
    wkt: str | None


NOTHING = DeclaredCrs(None, None)


def from_prj(path: Path) -> DeclaredCrs | None:
    """The system of a .prj; None when the text is not
    a reference system at all (an HTML page, say).
    """
    text = path.read_bytes()[:20_000].decode("utf-8-sig", errors="replace").strip("\x00 \r\n\t")
    if not WKT_START.match(text):
        return None
    return from_text(text)


def from_text(text: str | None) -> DeclaredCrs:
    """The system of an authority string ("EPSG:3003") or of WKT. Never raises."""
    if not text:
        return NOTHING
    if match := re.fullmatch(
        r"(?:urn:ogc:def:crs:)?EPSG:(?:[\d.]*:)?(\d{4,6})", text.strip(), re.I
    ):
        return DeclaredCrs(int(match.group(1)), text.strip())
    if re.search(r"CRS:?84$", text.strip(), re.I):
        return DeclaredCrs(4326, text.strip())
    if re.match(r"^\s*(LOCAL_CS|ENGCRS)|undefined|unknown cartesian", text, re.I):
        return NOTHING
    return DeclaredCrs(_epsg(text), text)


def _epsg(text: str) -> int | None:
    name = WKT_NAME.search(text)
    folded = re.sub(r"[^a-z0-9]", "", name.group(1).lower()) if name else ""
    if folded in ESRI_NAMES:
        return ESRI_NAMES[folded]
    try:
        return pyproj.CRS.from_user_input(text).to_epsg(min_confidence=70)
    except pyproj.exceptions.CRSError:
        return None
