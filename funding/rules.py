"""Rules that need the funding register: SEM-11 and SEM-12. Loaded by
settings.EXTRA_RULE_MODULES.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import polars as pl

from funding.models import Programme, Project
from validator.dataset import Dataset
from validator.findings import Hits, NotRun
from validator.rules.columns import filled, hits, mask
from validator.rules.context import RuleContext
from validator.rules.examples import Example
from validator.rules.registry import ROW, WARNING, rule
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Wording

NAME = "funding"
CUP = "B81B21000290001"


@dataclass(frozen=True)
class Funded:
    """One project of the register: its CUP, programme and amount in euro."""

    cup: str
    programme: str
    amount: Decimal | None


@dataclass(frozen=True)
class Register:
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


def load() -> Register:
    """The register as the database holds it, by two queries."""
    rows = list(
        Project.objects.order_by("code").values_list(
            "cup", "programme__name", "amount", "programme_id"
        )
    )
    stated = dict(Programme.objects.values_list("slug", "project_count"))
    held: dict[str, int] = defaultdict(int)
    for cup, _, _, programme in rows:
        held[programme] += bool(cup)
    complete = bool(stated) and all(held[slug] == count for slug, count in stated.items())
    projects = tuple(Funded(cup, name, amount) for cup, name, amount, _ in rows if cup)
    return Register(projects, complete)


SCHOOL = Funded(CUP, "PNRR M4", Decimal(100))
FULL = {NAME: Register((SCHOOL,), complete=True)}
TWICE = {NAME: Register((SCHOOL, Funded(CUP, "Bando regionale", Decimal(100))), complete=True)}


def register_of(context: RuleContext) -> Register:
    """The register that `load` put into the context; an empty one without it."""
    found = context.extra.get(NAME)
    return found if isinstance(found, Register) else Register((), complete=False)


def _cups(dataset: Dataset) -> pl.Series:
    return dataset.frame["cup"].str.replace_all(r"\s", "").str.to_uppercase()


@rule(
    "SEM-11", WARNING, ROW, needs={"cup"},
    it=Wording(
        title="CUP non registrato",
        one="Riga {row}: il CUP {value} non risulta nel registro dei finanziamenti.",
        many="{n} CUP non risultano nel registro dei finanziamenti (righe {rows}).",
        all="Nessuno dei {n} CUP risulta nel registro dei finanziamenti.",
        fix="Controlla il codice, o chiedi all'ufficio di aggiungere il progetto.",
        why="Il registro lega il servizio al bando che lo apre. Finché non è completo questo "
        "controllo non "
        "si esegue.",
    ),
    en=Wording(
        title="CUP not in the register",
        one="Row {row}: CUP {value} is not in the funding register.",
        many="{n} CUP are not in the funding register (rows {rows}).",
        all="None of the {n} CUP is in the funding register.",
        fix="Check the code, or ask the office to add the project.",
    ),
    fails=Example(rows=({"name": "Palestra", "cup": "C41B21000890006"},), extra=FULL),
    passes=Example(rows=({"name": "Palestra", "cup": CUP},), extra=FULL),
)  # fmt: skip
def cups_are_registered(dataset: Dataset, t: Thresholds, context: RuleContext) -> Hits | NotRun:
    """The CUP of a funded service is in the funding register.

    It ties the service to the call that opens it. Not run while the register is not complete.
    """
    register = register_of(context)
    if not register.complete:
        return NotRun("SEM-11", "no_register")
    known = {project.cup for project in register.projects}
    missing = filled(dataset, "cup") & ~mask(_cups(dataset).is_in(list(known)))
    return hits(dataset, missing, "cup", value=dataset.frame["cup"])


@rule(
    "SEM-12", WARNING, ROW, needs={"cup"},
    it=Wording(
        title="Stesso finanziamento in due bandi",
        one="Riga {row}: CUP {value}, stesso importo in {call_a} e {call_b}.",
        many="{n} righe hanno un CUP con lo stesso importo in due bandi ({rows}).",
        all="Tutte le {n} righe hanno un CUP con lo stesso importo in due bandi.",
        fix="Tienine uno, o di' che sono due quote.",
        why="Lo stesso importo in due bandi di solito è contato due volte.",
    ),
    en=Wording(
        title="Same funding in two calls",
        one="Row {row}: CUP {value}, same amount in {call_a} and {call_b}.",
        many="{n} rows have a CUP with the same amount in two calls ({rows}).",
        all="All {n} rows have a CUP with the same amount in two calls.",
        fix="Keep one, or say that they are two shares.",
    ),
    fails=Example(rows=({"name": "Palestra", "cup": CUP},), extra=TWICE),
    passes=Example(rows=({"name": "Palestra", "cup": CUP},), extra=FULL),
)  # fmt: skip
def funding_is_counted_once(dataset: Dataset, t: Thresholds, context: RuleContext) -> Hits:
    """A project is not funded with the same amount by two calls.

    Usually it is counted twice.
    """
    twice = register_of(context).twice()
    cups = _cups(dataset)
    index = np.flatnonzero(mask(cups.is_in(list(twice))))
    calls = [twice[cups[int(i)]] for i in index]
    return Hits(
        index, dataset.column_of("cup") or "",
        {"value": dataset.frame["cup"].gather(index),
         "call_a": pl.Series([call[0] for call in calls], dtype=pl.String),
         "call_b": pl.Series([call[1] for call in calls], dtype=pl.String)},
    )  # fmt: skip
