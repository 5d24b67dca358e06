"""What a rule declares. Each rule's file declares one with `rule`; `registry` finds them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from validator.findings import Scope, Severity
from validator.rules.examples import Example
from validator.rules.wording import Wording

#: Families in the order they are checked; the two others belong to the submission and the
#: pipeline.
STAGES: Final = ("FIL", "CRS", "STR", "ATT", "UNI", "GEO", "SEM", "CMP")
FAMILIES: Final = (*STAGES, "DOC", "SYS")

# Short names for the declarations.
ERROR, WARNING, INFO, SYSTEM = Severity.ERROR, Severity.WARNING, Severity.INFO, Severity.SYSTEM
FILE, LAYER, ROW, GROUP = Scope.FILE, Scope.LAYER, Scope.ROW, Scope.GROUP
SUBMISSION, COMPARISON = Scope.SUBMISSION, Scope.COMPARISON


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
        """What the rule checks and why it matters: the English is the check's docstring, unless
        the wording has one (which may be composed, as of a list)."""
        said = self.wording(language).why
        return said or inspect.getdoc(self.check) or ""


def rule(
    code: str,
    severity: Severity,
    scope: Scope,
    *,
    it: Wording,
    en: Wording,
    fails: Example,
    passes: Example,
    needs: Iterable[str] = (),
    params: Mapping[str, float] = MappingProxyType({}),
    mandatory: bool | None = None,
    outside: bool = False,
    yields_to: tuple[str, ...] = (),
    since: str = "1.0",
) -> Callable[[Callable[..., Any]], Rule]:
    """Make the check that follows a rule. `mandatory` defaults to: it is an error."""

    def declare(check: Callable[..., Any]) -> Rule:
        return Rule(
            code=code,
            severity=severity,
            scope=scope,
            check=check,
            it=it,
            en=en,
            fails=fails,
            passes=passes,
            needs=frozenset(needs),
            params=MappingProxyType(dict(params)),
            mandatory=severity is Severity.ERROR if mandatory is None else mandatory,
            outside=outside,
            yields_to=yields_to,
            since=since,
        )

    return declare
