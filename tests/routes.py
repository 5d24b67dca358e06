"""Every address that the portal answers, as the resolver has them, filled with what there is."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from tests.house.tree import CODE

#: A place in an address, of `path` or of a regular expression.
PLACE = re.compile(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>[^)]*\)")
UNSAFE = ("post", "put", "patch", "delete")


@dataclass(frozen=True)
class Route:
    """An address with its places still open, and who answers there."""

    template: str
    name: str
    callback: Any

    @property
    def view(self) -> Any:
        """The class or the function that answers."""
        return getattr(self.callback, "cls", None) or self.callback

    @property
    def is_ours(self) -> bool:
        return self.view.__module__.split(".")[0] in CODE

    @property
    def is_api(self) -> bool:
        return self.template.startswith("/api/")

    @property
    def places(self) -> list[tuple[str, str]]:
        """Of each open place the part of the address before it, and its name."""
        found = []
        for place in PLACE.finditer(self.template):
            before = self.template[: place.start()].rstrip("/").rpartition("/")[2]
            found.append((before, place[1] or place[2]))
        return found

    @property
    def writes(self) -> list[str]:
        """The methods with which it may be written to, as far as they can be told: a function
        says so when it is asked."""
        if not hasattr(self.callback, "cls"):
            return ["post"]
        actions = getattr(self.callback, "actions", None) or {}
        return [name for name in UNSAFE if hasattr(self.view, name) or name in actions]

    def filled(self, values: Mapping[tuple[str, str], object]) -> str:
        """The address of what there is; `values` by the part before a place, and its name."""
        waiting = iter(self.places)
        return PLACE.sub(lambda _place: str(values[next(waiting)]), self.template)


def routes() -> list[Route]:
    """All of them, those of packages too."""
    return list(_below(get_resolver(), "/", ""))


def _below(resolver: URLResolver, before: str, spaces: str) -> Iterator[Route]:
    for entry in resolver.url_patterns:
        own = str(entry.pattern).removeprefix("^").removesuffix("$").removesuffix("\\Z")
        template = before + own.replace("\\.", ".")
        if isinstance(entry, URLResolver):
            inner = f"{spaces}{entry.namespace}:" if entry.namespace else spaces
            yield from _below(entry, template, inner)
        elif isinstance(entry, URLPattern):
            yield Route(template, f"{spaces}{entry.name}", entry.callback)
