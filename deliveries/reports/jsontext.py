"""The text of a JSON document too long to be held: its one long list is written item by item.

The same text as `json.dumps(..., ensure_ascii=False, indent=2, allow_nan=False)` of the whole.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from json.encoder import encode_basestring
from typing import Any

#: Characters that are sent together: a write per finding would cost more than the finding.
BLOCK = 1 << 16
#: Row numbers of one finding that are written together.
PART = 5_000
_INDENT = "  "


def whole(document: Mapping[str, Any]) -> str:
    """The text of a document that fits in memory, one newline at its end."""
    return json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def stream(
    before: Mapping[str, Any], key: str, items: Iterable[Mapping[str, Any]],
    after: Mapping[str, Any],
) -> Iterator[bytes]:  # fmt: skip
    """The document `{**before, key: [*items], **after}` as blocks of UTF-8.

    `before` and `after` are not empty; of `items` one is looked at at a time.
    """
    held, size, begun = [f"{_inside(before)},\n{_INDENT}{encode_basestring(key)}: ["], 0, False
    for item in items:
        text = _item(item)
        held.append(f",\n{text}" if begun else f"\n{text}")
        size, begun = size + len(text), True
        if size >= BLOCK:
            yield "".join(held).encode()
            held, size = [], 0
    close = f"\n{_INDENT}]" if begun else "]"
    held.append(f"{close},{_inside(after).removeprefix('{')}\n}}\n")
    yield "".join(held).encode()


def _inside(part: Mapping[str, Any]) -> str:
    """A document's text without its closing brace."""
    return _indented(part, 0).removesuffix("\n}")


def _indented(value: Any, depth: int) -> str:
    """A value's text as it stands at a depth; text in JSON never holds a line break itself."""
    text = json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False)
    return text.replace("\n", "\n" + _INDENT * depth)


def _item(item: Mapping[str, Any]) -> str:
    between = ",\n" + _INDENT * 3
    lines = between.join(f"{encode_basestring(key)}: {_value(v)}" for key, v in item.items())
    return f"{_INDENT * 2}{{\n{_INDENT * 3}{lines}\n{_INDENT * 2}}}"


def _value(value: Any) -> str:
    """A member's text; json's own writer of indented
    text is Python and slow, so the plain cases go by."""
    if value is None:
        return "null"
    if type(value) is str:
        return encode_basestring(value)
    if type(value) is int:
        return str(value)
    if type(value) is list and value and all(type(one) is int for one in value):
        return f"[\n{_INDENT * 4}{_numbers(value)}\n{_INDENT * 3}]"
    return _indented(value, 3)


def _numbers(value: list[int]) -> str:
    """The numbers' text; in parts, since a finding may name every row and a small text for each
    number at once would weigh many times the whole."""
    between = ",\n" + _INDENT * 4
    parts = range(0, len(value), PART)
    return between.join(between.join(map(str, value[n : n + PART])) for n in parts)
