"""Records of the examples: what is delivered and what is accepted."""

from __future__ import annotations

from validator.rules.examples import Example

LICEO = {
    "identifier": "A1",
    "name": "Liceo",
    "kind": "superiori",
    "fingerprint": "f",
    "geometry": "POINT (501000 5031000)",
}
KNOWN = {
    "key": "A1",
    "service": "s-00000001",
    "name": "Liceo",
    "kind": "superiori",
    "x": 501000.0,
    "y": 5031000.0,
    "fingerprint": "f",
}
GONE = {
    "key": "A2",
    "service": "s-00000002",
    "name": "Ospedale",
    "kind": "ospedale",
    "fingerprint": "g",
}
SAME = Example(rows=(LICEO,), accepted=(KNOWN,))
