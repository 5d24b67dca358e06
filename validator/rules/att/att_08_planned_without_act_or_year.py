"""ATT-08: planned service with neither act nor year."""

from __future__ import annotations

from collections.abc import Sequence

from validator.dataset import Dataset
from validator.findings import RuleHits, SharedFinding
from validator.rules.columns import as_one, has_content, having, hits
from validator.rules.context import RuleContext
from validator.rules.declaration import ROW, WARNING, rule
from validator.rules.examples import row
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Wording

PLANNED = ("previsto", "in attuazione")


@rule(
    "ATT-08",
    WARNING,
    ROW,
    it=Wording(
        title="Servizio previsto senza atto né anno",
        one="Riga {row}: servizio previsto senza atto né anno.",
        many="{n} servizi previsti non hanno né atto né anno (righe {rows}).",
        all="Tutti i {n} servizi sono previsti, senza atto né anno: forse manca una colonna.",
        fix="Compila «Atto» o «Anno previsto».",
        why="Un servizio previsto vale se un atto lo sostiene o se si sa quando arriverà.",
    ),
    en=Wording(
        title="Planned service with neither act nor year",
        one="Row {row}: planned service with neither act nor year.",
        many="{n} planned services have neither act nor year (rows {rows}).",
        all="All {n} services are planned, with neither "
        "act nor year: perhaps a column is missing.",
        fix="Fill 'Act' or 'Planned year'.",
    ),
    fails=row(name="Nuovo liceo", status="previsto", act=None, planned_year=None),
    passes=row(name="Nuovo liceo", status="previsto", planned_year=2028),
)
def planned_services_have_a_horizon(
    dataset: Dataset, t: Thresholds, context: RuleContext
) -> Sequence[RuleHits | SharedFinding]:
    """A planned service names the act behind it or the year it is expected.

    Otherwise it cannot be told from a wish.
    """
    planned = dataset.frame["status"].is_in(PLANNED).fill_null(value=False).to_numpy()
    told_when = has_content(dataset, "act") | has_content(dataset, "planned_year")
    lacking, asked = planned & ~told_when, having(dataset, "act", "planned_year")
    by_row = hits(dataset, lacking & asked, "act", value=dataset.frame["status"])
    return [by_row, *as_one(dataset, lacking & ~asked, "act")]
