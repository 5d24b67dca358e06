"""The catalogue of rules: what a rule declares, and where declared rules are found. Checks are
elsewhere.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from types import MappingProxyType, ModuleType
from typing import Any, Final

from django.conf import settings

from validator.dataset import Dataset
from validator.findings import Answered, Scope, Severity
from validator.rules.context import RuleContext
from validator.rules.examples import Example
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Message, Wording, fill

#: The published version of codes, severities, thresholds and words together; raised with any of
#: them.
RULE_SET_VERSION: Final = "1.0"
RULE_SET_DATE: Final = date(2026, 11, 22)

#: Families in the order they are checked; the two others belong to the submission and the
#: pipeline.
STAGES: Final = ("FIL", "CRS", "STR", "ATT", "UNI", "GEO", "SEM", "CMP")
FAMILIES: Final = (*STAGES, "DOC", "SYS")

# Short names for the declarations.
ERROR, WARNING, INFO, SYSTEM = Severity.ERROR, Severity.WARNING, Severity.INFO, Severity.SYSTEM
FILE, LAYER, ROW, GROUP = Scope.FILE, Scope.LAYER, Scope.ROW, Scope.GROUP
SUBMISSION, COMPARISON = Scope.SUBMISSION, Scope.COMPARISON

Check = Callable[[Dataset, Thresholds, RuleContext], Answered]


@dataclass(frozen=True)
class Rule:
    """One rule as declared: what it needs, how grave it is, what it says and the function that
    looks.

    `needs`: fields that some layer must have, or the rule is not run. `mandatory`: without it no
    delivery is valid. `outside`: not part of the check of a file (told at intake or submission).
    `yields_to`: codes that silence this one where they speak of the same cause.
    """

    code: str
    severity: Severity
    scope: Scope
    check: Callable[..., Any]
    it: Wording
    en: Wording
    fails: Example
    passes: Example
    needs: frozenset[str]
    params: Mapping[str, float]
    mandatory: bool
    outside: bool
    yields_to: tuple[str, ...]
    since: str

    @property
    def family(self) -> str:
        """The three letters of the code."""
        return self.code[:3]

    def wording(self, language: str) -> Wording:
        """The rule's words in a language ("it", "en", "en-gb"); Italian for any other."""
        return self.en if language.startswith("en") else self.it

    def why(self, language: str) -> str:
        """What the rule checks and why it matters: the English is the check's docstring."""
        return inspect.getdoc(self.check) or "" if language.startswith("en") else self.it.why


_RULES: dict[str, Rule] = {}


def rule(
    code: str, severity: Severity, scope: Scope, *,
    it: Wording, en: Wording, fails: Example, passes: Example,
    needs: Iterable[str] = (), params: Mapping[str, float] = MappingProxyType({}),
    mandatory: bool | None = None, outside: bool = False,
    yields_to: tuple[str, ...] = (), since: str = "1.0",
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:  # fmt: skip
    """Declare a rule. `mandatory` defaults to: it is an error. Raises ValueError on a used
    code.
    """

    def declare(check: Callable[..., Any]) -> Callable[..., Any]:
        if code in _RULES:
            raise ValueError(f"rule {code} is declared twice")
        _RULES[code] = Rule(
            code=code, severity=severity, scope=scope, check=check, it=it, en=en, fails=fails,
            passes=passes, needs=frozenset(needs), params=MappingProxyType(dict(params)),
            mandatory=severity is Severity.ERROR if mandatory is None else mandatory,
            outside=outside, yields_to=yields_to, since=since,
        )  # fmt: skip
        return check

    return declare


@cache
def extra_modules() -> tuple[ModuleType, ...]:
    """The modules of higher floors that declare rules (settings.EXTRA_RULE_MODULES), imported.

    Such a module has `NAME` and `load()`: what its rules need, put into `RuleContext.extra[NAME]`.
    """
    return tuple(importlib.import_module(path) for path in settings.EXTRA_RULE_MODULES)


def load_extra() -> dict[str, Any]:
    """`RuleContext.extra`: every extra module asked once for what its rules need."""
    return {module.NAME: module.load() for module in extra_modules()}


def get(code: str) -> Rule:
    """The rule of a code. Raises KeyError when there never was one."""
    extra_modules()
    return _RULES[code]


def registered() -> tuple[Rule, ...]:
    """Every declared rule, in catalogue order (family as checked, then number)."""
    extra_modules()
    return tuple(sorted(_RULES.values(), key=lambda r: (FAMILIES.index(r.family), r.code)))


def declared_thresholds() -> Thresholds:
    """All thresholds at their declared values."""
    values: dict[str, float] = {}
    for found in registered():
        if clash := values.keys() & found.params.keys():
            raise ValueError(f"{found.code} declares again: {', '.join(sorted(clash))}")
        values |= found.params
    return Thresholds(MappingProxyType(values))


def render(
    code: str, params: Mapping[str, Any], *,
    rows: Iterable[int] = (), total: int = 0, language: str = "it", findings: int | None = None,
) -> Message:  # fmt: skip
    """The words of one finding, or of several of one mistake told as one.

    `rows`: row numbers spoken of; `total`: rows of the layer (decides "all rows"); `findings`: how
    many findings are told together, by default one per row for a row rule and one otherwise;
    `params` then are those of any of them.
    """
    found, numbers = get(code), list(rows)
    if findings is None:
        findings = len(numbers) if found.scope is Scope.ROW else 1
    wording = found.wording(language)
    counted = found.scope in (FILE, LAYER, COMPARISON) and isinstance(params.get("n"), int)
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
