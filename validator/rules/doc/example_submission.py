"""A submission with nothing to say about, for the examples."""

from __future__ import annotations

from datetime import date

from validator.rules.context import Submission
from validator.rules.examples import TODAY, Example

GOOD = Submission(
    today=TODAY,
    act="Delibera C.C. n. 12",
    act_date=date(2026, 3, 2),
    contact_name="Anna Riva",
    contact_email="urbanistica@comune.example",
    reference_date=date(2026, 6, 30),
    current_act_date=date(2024, 5, 1),
)
PASSES = Example(argument=GOOD)
