"""The catalogue: every rule that the family folders declare, found by walking them; and its words.

A rule is a file `<family>/<code>_<name>.py`, such as `geo/geo_01_position_missing.py`. There is no
list to keep: what stands in a folder is in the catalogue, or the portal does not start.
"""

from __future__ import annotations

import hashlib
import importlib
import pkgutil
import re
from collections.abc import Iterable, Mapping
from functools import cache
from types import MappingProxyType, ModuleType
from typing import Any, Final

from validator import rules
from validator.findings import Scope
from validator.rules.declaration import FAMILIES, STAGES, Rule
from validator.rules.thresholds import Thresholds
from validator.rules.version import RULE_SET_DATE, RULE_SET_VERSION
from validator.rules.wording import Message, fill

__all__ = [
    "FAMILIES",
    "RULE_SET_DATE",
    "RULE_SET_VERSION",
    "STAGES",
    "Rule",
    "declared_in",
    "declared_thresholds",
    "digest",
    "get",
    "registered",
    "render",
]

RULE_FILE: Final = re.compile(r"([a-z]{3})_(\d\d)_[a-z0-9_]+")


def declared_in(package: ModuleType) -> dict[str, Rule]:
    """The rules of a package's family folders by code, in catalogue order (family, number).

    Raises ValueError on a folder of no family, on a file that does not declare the one rule that
    its name says, and on a code used twice.
    """
    found: dict[str, Rule] = {}
    for folder in sorted(m.name for m in pkgutil.iter_modules(package.__path__) if m.ispkg):
        family = importlib.import_module(f"{package.__name__}.{folder}")
        if _family_of(folder) not in FAMILIES:
            raise ValueError(f"{family.__name__} is the folder of no family")
        for name in sorted(module.name for module in pkgutil.iter_modules(family.__path__)):
            for one in _declared(importlib.import_module(f"{family.__name__}.{name}")):
                if one.code in found:
                    raise ValueError(f"{family.__name__}.{name}: {one.code} is declared twice")
                found[one.code] = one
    return dict(sorted(found.items(), key=lambda pair: (FAMILIES.index(pair[0][:3]), pair[0])))


def _family_of(folder: str) -> str:
    return folder.rstrip("_").upper()  # `str_`: the bare word is Python's own


def _declared(module: ModuleType) -> list[Rule]:
    """The rules of one file: the one that its name says, none in a helper's."""
    folder, name = module.__name__.split(".")[-2:]
    said = RULE_FILE.fullmatch(name)
    expected = [f"{_family_of(folder)}-{said[2]}"] if said else []
    own = [
        value
        for value in vars(module).values()
        if isinstance(value, Rule) and value.check.__module__ == module.__name__
    ]
    codes = [one.code for one in own]
    if codes != expected or (said and said[1].upper() != _family_of(folder)):
        raise ValueError(
            f"{module.__name__} declares {codes or 'no rule'}, its place says {expected or 'none'}"
        )
    return own


@cache
def digest() -> str:
    """A mark that changes with any rule, severity, threshold or word, also between versions."""
    said = [
        (code, rule.severity, sorted(rule.params.items()), rule.wording("it"), rule.wording("en"))
        for code, rule in _RULES.items()
    ]
    return hashlib.sha256(repr(said).encode()).hexdigest()[:16]


_RULES: Final = declared_in(rules)


def get(code: str) -> Rule:
    """The rule of a code. Raises KeyError when there never was one."""
    return _RULES[code]


def registered() -> tuple[Rule, ...]:
    """Every declared rule, in catalogue order."""
    return tuple(_RULES.values())


def declared_thresholds() -> Thresholds:
    """All thresholds at their declared values."""
    values: dict[str, float] = {}
    for found in registered():
        if clash := values.keys() & found.params.keys():
            raise ValueError(f"{found.code} declares again: {', '.join(sorted(clash))}")
        values |= found.params
    return Thresholds(MappingProxyType(values))


def render(
    code: str,
    params: Mapping[str, Any],
    *,
    rows: Iterable[int] = (),
    total: int = 0,
    language: str = "it",
    findings: int | None = None,
) -> Message:
    """The words of one finding, or of several of one mistake told as one.

    `rows`: row numbers spoken of; `total`: rows of the layer (decides "all rows"); `findings`: how
    many findings are told together, by default one per row for a row rule and one otherwise;
    `params` then are those of any of them.
    """
    found, numbers = get(code), list(rows)
    if findings is None:
        findings = len(numbers) if found.scope is Scope.ROW else 1
    wording = found.wording(language)
    wording = wording.of_several() if params.get("wide") else wording
    counted = found.scope in (Scope.FILE, Scope.LAYER, Scope.COMPARISON) and isinstance(
        params.get("n"), int
    )
    spoken = params["n"] if counted and findings == 1 else findings
    if found.scope is Scope.ROW:  # one finding may speak of many rows: a missing column's
        spoken = max(spoken, len(numbers))
    everything = found.scope is Scope.ROW and 0 < total <= spoken
    row = {"row": numbers[0]} if numbers else {}
    several = {"n": spoken} if spoken > 1 else {"n": params.get("n", len(numbers))}
    words = {"total": total, **row, "rows": numbers, **params, **several}
    tongue = "en" if language.startswith("en") else "it"
    return Message(
        title=fill(wording.title, words, tongue),
        message=fill(wording.form(spoken, everything=everything), words, tongue),
        fix=fill(wording.fix, words, tongue),
    )
