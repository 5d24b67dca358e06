"""FIL-11: file already received."""

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
        title="File già ricevuto",
        one="Questo file è identico a quello {done} il {date} (consegna {id}).",
        fix="Se volevi mandarne un'altra versione, controlla "
        "di aver scelto il file giusto; {because}.",
        why="Mandare di nuovo un file già pubblicato non cambia nulla: "
        "per dire che i dati valgono ancora basta confermarli.",
    ),
    en=Wording(
        title="File already received",
        one="This file is identical to the one {done} on {date} (delivery {id}).",
        fix="If you meant to send another version, check that "
        "you chose the right file; {because}.",
    ),
    fails=Example(argument=SameFile("2026-0012", TODAY, "file_published", in_force=True)),
    passes=Example(argument=None),
)
def file_is_new(previous: SameFile | None, t: Thresholds) -> Sequence[SharedFinding]:
    """The same bytes did not come before, among the deliveries that the asker may see.

    Told at intake, outside the report: the same file again changes nothing.
    """
    if previous is None:
        return []
    known = {"date": previous.date.isoformat(), "id": previous.delivery, "done": previous.done}
    because = "file_in_force" if previous.in_force else "file_alone"
    return [SharedFinding(params={**known, "because": because})]
