"""SEM-12: same funding in two calls."""

from __future__ import annotations

import numpy as np

from validator.dataset import Dataset
from validator.findings import RuleHits
from validator.libraries import pl
from validator.rules.columns import mask
from validator.rules.context import RuleContext
from validator.rules.declaration import ROW, WARNING, rule
from validator.rules.examples import Example
from validator.rules.sem.funding import CUP, FULL, TWICE, cups_of, register_of
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Wording


@rule(
    "SEM-12",
    WARNING,
    ROW,
    needs={"cup"},
    it=Wording(
        title="Stesso finanziamento in due bandi",
        one="Riga {row}: CUP {value}, stesso importo in {call_a} e {call_b}.",
        many="{n} righe hanno un CUP con lo stesso importo in due bandi ({rows}).",
        all="Tutte le {n} righe hanno un CUP con lo stesso importo in due bandi.",
        fix="Controlla il codice; se sono due quote rispondi «È giusto così» e scrivilo.",
        why="Lo stesso importo in due bandi di solito è contato due volte.",
    ),
    en=Wording(
        title="Same funding in two calls",
        one="Row {row}: CUP {value}, same amount in {call_a} and {call_b}.",
        many="{n} rows have a CUP with the same amount in two calls ({rows}).",
        all="All {n} rows have a CUP with the same amount in two calls.",
        fix="Check the code; if they are two shares answer 'It is right as it is' and write so.",
    ),
    fails=Example(rows=({"name": "Palestra", "cup": CUP},), extra=TWICE),
    passes=Example(rows=({"name": "Palestra", "cup": CUP},), extra=FULL),
)
def funding_is_counted_once(dataset: Dataset, t: Thresholds, context: RuleContext) -> RuleHits:
    """A project is not funded with the same amount by two calls.

    Usually it is counted twice.
    """
    twice = register_of(context).twice()
    cups = cups_of(dataset)
    index = np.flatnonzero(mask(cups.is_in(list(twice))))
    calls = [twice[cups[int(i)]] for i in index]
    return RuleHits(
        index,
        dataset.column_of("cup") or "",
        {
            "value": dataset.frame["cup"].gather(index),
            "call_a": pl.Series([call[0] for call in calls], dtype=pl.String),
            "call_b": pl.Series([call[1] for call in calls], dtype=pl.String),
        },
    )
