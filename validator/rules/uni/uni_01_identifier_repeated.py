"""UNI-01: identifier used twice."""

from __future__ import annotations

from collections.abc import Sequence

from validator.dataset import Dataset
from validator.findings import SharedFinding
from validator.libraries import pl
from validator.rules.columns import Teller, column_name, repeated
from validator.rules.context import RuleContext
from validator.rules.declaration import ERROR, GROUP, rule
from validator.rules.examples import rows
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Wording


@rule(
    "UNI-01",
    ERROR,
    GROUP,
    needs={"identifier"},
    it=Wording(
        title="Identificativo ripetuto",
        one="Identificativo {value} usato in {n} righe: {where}.",
        many="{n} identificativi sono usati in più righe.",
        fix="Dai un identificativo a ogni servizio; se non ne hai, lascia "
        "vuota la colonna: li diamo noi, e dopo la pubblicazione li "
        "trovi nei file di «Parti da ciò che è già noto».",
        why="L'identificativo collega ogni servizio alla sua storia: se "
        "due righe lo condividono non si sa quale delle due aggiornare.",
    ),
    en=Wording(
        title="Identifier used twice",
        one="Identifier {value} is used in {n} rows: {where}.",
        many="{n} identifiers are used in several rows.",
        fix="Give one identifier to each service; if you have none, leave "
        "the column empty: we give them, and once published they are "
        "in the files of 'Start from what is already known'.",
    ),
    fails=rows({"identifier": "A1", "name": "Ospedale"}, {"identifier": "A1", "name": "Liceo"}),
    passes=rows({"identifier": "A1"}, {"identifier": "A2"}, {"identifier": None}),
)
def identifiers_are_unique(
    dataset: Dataset, t: Thresholds, context: RuleContext
) -> Sequence[SharedFinding]:
    """The planner's own identifier is unique in the delivery.

    It ties each service to its history: when two rows share it, nobody knows which to update.
    """
    column = column_name(dataset, "identifier")
    keys = dataset.frame.select(pl.when(pl.col("identifier") != "").then(pl.col("identifier")))
    values = dataset.frame["identifier"]
    tell = Teller(dataset)
    return [tell.group(same, column=column, value=values[same[0]]) for same in repeated(keys)]
