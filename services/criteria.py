"""What a set of criteria proposes for a service: its terms are data, this reads them. No models.

Terms are asked in order; each may change what those before it said, and the reasons name what
decided.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

MUNICIPAL = "comunale"


@dataclass(frozen=True)
class Facts:
    """What the terms look at: the type (none: not recognised), its level and default valence, and
    the area of the shape in square metres (0: a point)."""

    kind: str | None
    level: str
    default_valence: str
    area: float


@dataclass(frozen=True)
class Proposed:
    """The valence the criteria propose ("": none) and the terms that decided it."""

    valence: str = ""
    reasons: tuple[Mapping[str, Any], ...] = ()


NOTHING = Proposed()


def propose(terms: Iterable[Mapping[str, Any]], facts: Facts) -> Proposed:
    """What the terms say of a service; of a type that nobody recognised they say nothing."""
    said = NOTHING
    if facts.kind is None:
        return said
    for term in terms:
        said = TERMS[term["term"]](term, facts, said)
    return said


def check(terms: Iterable[Mapping[str, Any]]) -> None:
    """Raises ValueError on a term that nothing here reads, or that lacks what it is read for."""
    for term in terms:
        name = term.get("term", "")
        if name not in TERMS:
            raise ValueError(f"no such term of the criteria: {name!r}")
        missing = [key for key in NEEDED[name] if key not in term]
        if missing:
            raise ValueError(f"the term {name!r} lacks {', '.join(missing)}")


def _type_default(term: Mapping[str, Any], facts: Facts, said: Proposed) -> Proposed:
    """What the type is by default; a local one is of its comune."""
    valence = MUNICIPAL if facts.level == "local" else facts.default_valence
    return Proposed(valence, ({"term": term["term"], "type": facts.kind},))


def _green_area(term: Mapping[str, Any], facts: Facts, said: Proposed) -> Proposed:
    """Green areas up to `minimum_m2` are `below`; what has no area is not judged."""
    if facts.kind != term["type"] or facts.area <= 0:
        return said
    minimum = term["minimum_m2"]
    valence = said.valence if facts.area > minimum else term["below"]
    reason = {"term": term["term"], "area_m2": round(facts.area), "minimum_m2": minimum}
    return Proposed(valence, (reason,))


TERMS: Mapping[str, Callable[[Mapping[str, Any], Facts, Proposed], Proposed]] = {
    "type-default": _type_default,
    "green-area": _green_area,
}
#: What each term must say beside its name.
NEEDED: Mapping[str, tuple[str, ...]] = {
    "type-default": (),
    "green-area": ("type", "minimum_m2", "below"),
}
