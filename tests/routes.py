"""Every address of the portal as the resolver knows it, with real things in its gaps."""

import re
from collections.abc import Iterator, Mapping, Sequence

from django.urls import URLPattern, URLResolver, get_resolver


def patterns(
    resolver: URLResolver | None = None, before: str = "", space: str = ""
) -> Iterator[tuple[str, str]]:
    """Every address below a resolver (all of them without one), and its name."""
    for entry in (resolver or get_resolver()).url_patterns:
        route = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            inside = f"{space}{entry.namespace}:" if entry.namespace else space
            yield from patterns(entry, route, inside)
        elif isinstance(entry, URLPattern):
            plain = route.replace("^", "").replace("$", "").replace("\\Z", "")
            yield plain, space + (entry.name or "")


def addresses(route: str, things: Mapping[str, Sequence[str]]) -> list[str]:
    """The address with every real thing that may stand in it; `things` by converter and name."""
    found = re.search(r"<([\w:]+)>|\(\?P<(\w+)>[^)]*\)", route)
    if found is None:
        return ["/" + route]
    name = found[1] or found[2]
    values = things["sources"] if "sources/" in route else things[name]
    filled = (route[: found.start()] + value + route[found.end() :] for value in values)
    return [address for one in filled for address in addresses(one, things)]
