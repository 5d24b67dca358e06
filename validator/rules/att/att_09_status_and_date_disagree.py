"""ATT-09: status and date disagree."""

from __future__ import annotations

from collections.abc import Sequence

from validator.dataset import Dataset
from validator.findings import RuleHits, SharedFinding
from validator.libraries import pl
from validator.rules.columns import as_one, having, hits
from validator.rules.context import RuleContext
from validator.rules.declaration import ROW, WARNING, rule
from validator.rules.examples import row
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Wording


@rule(
    "ATT-09",
    WARNING,
    ROW,
    it=Wording(
        title="Stato e data non vanno d'accordo",
        one="Riga {row}: stato {status} incoerente con la data {date}.",
        many="{n} righe hanno uno stato che non va d'accordo con la data ({rows}).",
        all="In tutte le {n} righe lo stato non va d'accordo con «{column}».",
        fix="Correggi lo stato o la data.",
        why="Un servizio esistente non può aprire domani, uno dismesso ha una data di chiusura.",
    ),
    en=Wording(
        title="Status and date disagree",
        one="Row {row}: status {status} disagrees with date {date}.",
        many="{n} rows have a status that disagrees with the date ({rows}).",
        all="In all {n} rows the status disagrees with '{column}'.",
        fix="Correct the status or the date.",
    ),
    fails=row(name="Liceo", status="dismesso", closing_date=None),
    passes=row(name="Liceo", status="esistente"),
)
def statuses_agree_with_dates(
    dataset: Dataset, t: Thresholds, context: RuleContext
) -> Sequence[RuleHits | SharedFinding]:
    """An existing service does not open tomorrow nor close yesterday; a closed one says when it
    closed.

    The status is taken at the check's reference day.
    """
    frame, today = dataset.frame, pl.lit(context.today)
    existing, closed = pl.col("status") == "esistente", pl.col("status") == "dismesso"
    wrong = frame.select(
        opening=existing & (pl.col("opening_date") > today),
        closing=(existing & (pl.col("closing_date") < today))
        | (closed & pl.col("closing_date").is_null()),
    ).fill_null(value=False)
    found = []
    for name, column in (("opening_date", "opening"), ("closing_date", "closing")):
        chosen = wrong[column].to_numpy() & having(dataset, name) & ~dataset.failed(name)
        date = frame[name].dt.to_string("iso")
        found.append(hits(dataset, chosen, name, status=frame["status"], date=date))
    # Where no column says when, the rows that closed are one mistake.
    dateless = wrong["closing"].to_numpy() & ~having(dataset, "closing_date")
    return [*found, *as_one(dataset, dateless, "closing_date", status="dismesso", date=None)]
