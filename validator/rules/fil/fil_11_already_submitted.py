"""FIL-11: file already submitted."""

from __future__ import annotations

from collections.abc import Sequence

from validator.findings import SharedFinding
from validator.rules.context import SameFile
from validator.rules.declaration import FILE, INFO, rule
from validator.rules.examples import TODAY, Example
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Wording


@rule(
    "FIL-11",
    INFO,
    FILE,
    outside=True,
    yields_to=("CMP-08",),
    it=Wording(
        title="File già inviato",
        one="Questo file è identico a quello inviato il {date} (invio {id}).",
        fix="Se non è cambiato nulla usa «Conferma senza modifiche».",
        why="Mandare di nuovo lo stesso file non cambia nulla: "
        "per dire che i dati valgono ancora basta confermarli.",
    ),
    en=Wording(
        title="File already submitted",
        one="This file is identical to the one submitted on {date} (submission {id}).",
        fix="If nothing changed use 'Confirm without changes'.",
    ),
    fails=Example(argument=SameFile(submission="2026-0012", date=TODAY)),
    passes=Example(argument=None),
)
def file_is_new(previous: SameFile | None, t: Thresholds) -> Sequence[SharedFinding]:
    """The same bytes were not submitted before, among the deliveries that the asker may see.

    Told at intake, outside the report: the same file again changes nothing.
    """
    if previous is None:
        return []
    return [SharedFinding(params={"date": previous.date.isoformat(), "id": previous.submission})]
