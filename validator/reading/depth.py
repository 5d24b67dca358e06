"""How deep the texts of an exchange format are nested, counted before a parser sees them: JSON by
its brackets, markup by its elements."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from validator.limits import Limits

_PIECE: Final = 1 << 22
#: What brackets and quotes are counted as; any other byte is nothing.
_QUOTE: Final = 2
_SIGNS: Final = bytes(
    1 if byte in b"[{" else 255 if byte in b"]}" else _QUOTE if byte == ord('"') else 0
    for byte in range(256)
)
#: A collection, its list, a feature: what a shape of GeoJSON lies in.
_OUTSIDE: Final = 3
#: Brackets of the innermost shape, and of each collection around it.
_SHAPE, _COLLECTION = 5, 2
_GEOMETRY: Final = re.compile(rb'"geometry"\s*:\s*$')
_NULL: Final = b"null"
#: Elements of the innermost shape and of what it lies in, and of each collection around it.
_ELEMENTS, _ELEMENTS_A_LEVEL = 24, 2
#: What begins like an element and is none, and how it ends.
_NO_ELEMENT: Final = re.compile(rb"<!\[CDATA\[|<!--|<\?")
_ENDS: Final = {b"<![CDATA[": b"]]>", b"<!--": b"-->", b"<?": b"?>"}
_TAG: Final = re.compile(rb"""<(/?)[A-Za-z_](?:[^<>"']|"[^"<]*"|'[^'<]*')*?(/?)>""")


@dataclass(slots=True)
class _Seen:
    """Where in a JSON text features and their members begin and end, and where it is too deep."""

    features: list[NDArray[np.intp]] = field(default_factory=list)
    begun: list[NDArray[np.intp]] = field(default_factory=list)
    ended: list[NDArray[np.intp]] = field(default_factory=list)
    deep: list[NDArray[np.intp]] = field(default_factory=list)


def without_deep_shapes(raw: bytes, limits: Limits) -> tuple[bytes, list[int]] | None:
    """A GeoJSON text (UTF-8) with the shapes that lie too deep made null, and the features, from
    0, that they were of; None where something else is too deep."""
    most = _OUTSIDE + _SHAPE + _COLLECTION * (limits.nesting - 1)
    if all(int(depth.max(initial=0)) <= most for _at, _step, depth in _brackets(raw)):
        return raw, []
    seen = _seen(raw, most)
    features, begun, ended, deep = (
        np.concatenate(some) for some in (seen.features, seen.begun, seen.ended, seen.deep)
    )
    mended, rows = bytearray(raw), set[int]()
    for member in np.unique(np.searchsorted(begun, deep, side="right") - 1).tolist():
        start = int(begun[member]) if member >= 0 else 0
        if member >= len(ended) or not _GEOMETRY.search(raw[max(0, start - 64) : start]):
            return None
        length = int(ended[member]) + 1 - start
        mended[start : start + length] = _NULL.ljust(length)
        rows.add(int(np.searchsorted(features, start)) - 1)
    return bytes(mended), sorted(rows)


def _seen(raw: bytes, most: int) -> _Seen:
    seen, member = _Seen(), _OUTSIDE + 1
    for at, step, depth in _brackets(raw):
        opens, closes = step > 0, step < 0
        for places, chosen in (
            (seen.features, opens & (depth == _OUTSIDE)),
            (seen.begun, opens & (depth == member)),
            (seen.ended, closes & (depth == member - 1)),
            (seen.deep, opens & (depth == most + 1)),
        ):
            places.append(at[chosen])
    return seen


def _brackets(
    raw: bytes,
) -> Iterator[tuple[NDArray[np.intp], NDArray[np.int8], NDArray[np.int32]]]:
    """Piece by piece: where brackets and quotes stand, what each opens (1) or closes (-1), how
    deep it is after it. Brackets in texts are letters."""
    if b"\\" in raw:
        # Of the same length, and without a quote that ends no text.
        raw = raw.replace(b"\\\\", b"__").replace(b'\\"', b"__")
    inside, level = False, 0
    for start in range(0, len(raw), _PIECE):
        signs = np.frombuffer(raw[start : start + _PIECE].translate(_SIGNS), dtype=np.int8)
        at = np.flatnonzero(signs)
        if not len(at):
            continue
        found = signs[at]
        within = np.logical_xor.accumulate(found == _QUOTE) ^ inside
        step = np.where(within | (found == _QUOTE), np.int8(0), found)
        depth = np.cumsum(step, dtype=np.int32) + np.int32(level)
        yield at + start, step, depth
        inside, level = bool(within[-1]), int(depth[-1])


def is_too_deep(markup: bytes, limits: Limits) -> bool:
    """Whether elements of a text in markup lie deeper in each other than shapes may."""
    most = _ELEMENTS + _ELEMENTS_A_LEVEL * (limits.nesting - 1)
    text = b"".join(_elements(markup))
    # Elements that end where they begin are told apart only where without that it is too deep.
    return _deepest(text) > most and _deepest_of_all(text) > most


def _elements(markup: bytes) -> Iterator[bytes]:
    """The text without comments, unread passages and instructions."""
    at = 0
    while found := _NO_ELEMENT.search(markup, at):
        yield markup[at : found.start()]
        end = markup.find(_ENDS[found.group()], found.end())
        if end < 0:
            return
        at = end + 2
    yield markup[at:]


def _deepest(text: bytes) -> int:
    letters = np.frombuffer(text, dtype=np.uint8)
    at = np.flatnonzero(letters[:-1] == ord("<"))
    after = letters[at + 1]
    step = np.where(after == ord("/"), -1, 1)
    return int(np.cumsum(step).max(initial=0))


def _deepest_of_all(text: bytes) -> int:
    steps = [-1 if ends else 0 if alone else 1 for ends, alone in _TAG.findall(text)]
    return int(np.cumsum(steps).max(initial=0)) if steps else 0
