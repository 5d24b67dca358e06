"""The funding register as rules see it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from validator.dataset import Dataset
from validator.libraries import pl
from validator.rules.context import RuleContext

NAME = "funding"
CUP = "B81B21000290001"


@dataclass(frozen=True)
class Funded:
    """One project of the register: its CUP, programme and amount in euro."""

    cup: str
    programme: str
    amount: Decimal | None


@dataclass(frozen=True)
class FundingRegister:
    """Projects with a CUP; `complete` when every programme's projects are all there."""

    projects: tuple[Funded, ...]
    complete: bool

    def twice(self) -> dict[str, tuple[str, str]]:
        """CUP -> the two programmes that fund it with one amount."""
        calls: dict[tuple[str, Decimal], set[str]] = defaultdict(set)
        for project in self.projects:
            if project.amount is not None:
                calls[project.cup, project.amount].add(project.programme)
        pairs = {cup: sorted(names) for (cup, _), names in calls.items() if len(names) > 1}
        return {cup: (names[0], names[1]) for cup, names in pairs.items()}


SCHOOL = Funded(CUP, "PNRR M4", Decimal(100))
FULL = {NAME: FundingRegister((SCHOOL,), complete=True)}
TWICE = {
    NAME: FundingRegister((SCHOOL, Funded(CUP, "Bando regionale", Decimal(100))), complete=True)
}


def register_of(context: RuleContext) -> FundingRegister:
    """The register that the context holds; an empty one without it."""
    found = context.extra.get(NAME)
    return found if isinstance(found, FundingRegister) else FundingRegister((), complete=False)


def cups_of(dataset: Dataset) -> pl.Series:
    """The CUP of each row as the register writes them: capitals, no spaces."""
    return dataset.frame["cup"].str.replace_all(r"\s", "").str.to_uppercase()
