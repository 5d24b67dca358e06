"""How each kind of geocoder is asked and what its answers mean; pure, no network."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

#: (west, south, east, north) in degrees, WGS 84.
Extent = tuple[float, float, float, float]
#: How exactly an answer is placed, exact to rough, and what `accuracy` calls it.
ACCURACY: Mapping[str, str] = {"number": "civico", "street": "strada", "area": "approssimata"}
ASKED = 10
_LABEL = 200
#: Nominatim's rank of a street; houses and places of interest have a higher one.
_STREET_RANK = 26
_PHOTON_STREETS = ("house", "street")


@dataclass(frozen=True, slots=True)
class GeocodedPlace:
    """One answer: degrees in WGS 84, a label for people, `precision` a key of ACCURACY."""

    lon: float
    lat: float
    label: str
    precision: str


@dataclass(frozen=True, slots=True)
class GeocoderKind:
    """A kind of service: the path below its address, its parameters, the reading of its
    answer. `read` raises ValueError for what is no answer of that kind."""

    path: str
    parameters: Callable[[str, Extent], dict[str, str]]
    read: Callable[[Any], Iterator[GeocodedPlace]]


def _nominatim(question: str, extent: Extent) -> dict[str, str]:
    return {
        "q": question,
        "format": "jsonv2",
        "addressdetails": "1",
        "limit": str(ASKED),
        "countrycodes": "it",
        "accept-language": "it",
        "viewbox": _box(extent),
        "bounded": "1",
    }


def _photon(question: str, extent: Extent) -> dict[str, str]:
    # No `lang`: a language that the installation does not know is an error there.
    return {"q": question, "limit": str(ASKED), "bbox": _box(extent)}


def _box(extent: Extent) -> str:
    return ",".join(f"{edge:.6f}" for edge in extent)


def _read_nominatim(answer: Any) -> Iterator[GeocodedPlace]:
    if not isinstance(answer, list):
        raise ValueError("a list was expected")
    for one in answer:
        if isinstance(one, Mapping):
            label, address = one.get("display_name"), one.get("address")
            precise = _precision(address, one.get("place_rank"))
            yield from _place(one.get("lon"), one.get("lat"), label, precise)


def _precision(address: Any, rank: Any) -> str:
    parts = address if isinstance(address, Mapping) else {}
    if not isinstance(rank, int) or rank < _STREET_RANK:
        return "area"
    return "number" if parts.get("house_number") and rank > _STREET_RANK else "street"


def _read_photon(answer: Any) -> Iterator[GeocodedPlace]:
    features = answer.get("features") if isinstance(answer, Mapping) else None
    if not isinstance(features, list):
        raise ValueError("a collection of features was expected")
    for one in features:
        properties = one.get("properties") if isinstance(one, Mapping) else None
        shape = one.get("geometry") if isinstance(one, Mapping) else None
        where = shape.get("coordinates") if isinstance(shape, Mapping) else None
        if isinstance(properties, Mapping) and isinstance(where, list) and len(where) >= 2:
            yield from _place(
                where[0], where[1], _photon_label(properties), _photon_precision(properties)
            )


def _photon_label(properties: Mapping[str, Any]) -> str:
    parts = {
        name: str(properties.get(name) or "") for name in ("street", "housenumber", "name", "city")
    }
    street = " ".join(part for part in (parts["street"], parts["housenumber"]) if part)
    return ", ".join(part for part in (parts["name"], street, parts["city"]) if part)


def _photon_precision(properties: Mapping[str, Any]) -> str:
    if properties.get("type") not in _PHOTON_STREETS:
        return "area"
    return "number" if properties.get("housenumber") else "street"


def _place(lon: Any, lat: Any, label: Any, precision: str) -> Iterator[GeocodedPlace]:
    try:
        x, y = float(lon), float(lat)
    except (TypeError, ValueError):
        return
    if math.isfinite(x) and math.isfinite(y) and abs(x) <= 180 and abs(y) <= 90:
        text = "".join(c for c in str(label or "") if c.isprintable())[:_LABEL]
        yield GeocodedPlace(round(x, 6), round(y, 6), text, precision)


KINDS: Mapping[str, GeocoderKind] = {
    "nominatim": GeocoderKind("/search", _nominatim, _read_nominatim),
    "photon": GeocoderKind("/api", _photon, _read_photon),
}
