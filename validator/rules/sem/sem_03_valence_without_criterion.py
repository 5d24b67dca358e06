"""SEM-03: level without criterion."""

from __future__ import annotations

from collections.abc import Sequence

from validator.dataset import Dataset
from validator.findings import RuleHits, SharedFinding
from validator.rules.columns import as_one, filled, having, hits
from validator.rules.context import RuleContext
from validator.rules.declaration import ROW, WARNING, rule
from validator.rules.examples import row
from validator.rules.sem.valence import declared_wider
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Wording


@rule(
    "SEM-03",
    WARNING,
    ROW,
    needs={"valence"},
    it=Wording(
        title="Valenza senza criterio",
        one="Riga {row}: servizio dichiarato sovracomunale senza un criterio che lo motivi.",
        many="{n} servizi dichiarati sovracomunali non dicono perché (righe {rows}).",
        all="Nessuno dei {n} servizi dichiarati sovracomunali "
        "dice perché: forse manca la colonna dei criteri.",
        fix="Scrivi perché in «Criteri di sovracomunalità», o metti comunale in «Valenza».",
        why="Chi istruisce valida la valenza sulla base dei "
        "criteri: utenti da fuori, bacino, gestore, capienza, rete.",
    ),
    en=Wording(
        title="Level without criterion",
        one="Row {row}: service declared supra-municipal with no criterion to support it.",
        many="{n} services declared supra-municipal do not say why (rows {rows}).",
        all="None of the {n} services declared supra-municipal "
        "says why: perhaps the criteria column is missing.",
        fix="Write why in 'Supra-municipal criteria', or set comunale in 'Level of service'.",
    ),
    fails=row(name="Ospedale", valence="metropolitana", criteria=None),
    passes=row(name="Ospedale", valence="metropolitana", criteria="bacino di più comuni"),
)
def valences_have_reasons(
    dataset: Dataset, t: Thresholds, context: RuleContext
) -> Sequence[RuleHits | SharedFinding]:
    """A service declared supra-municipal says by which criterion.

    Reviewers validate the level on the criteria: users from outside, catchment, body, capacity.
    """
    bare = declared_wider(dataset) & ~filled(dataset, "criteria")
    asked = having(dataset, "criteria")
    by_row = hits(dataset, bare & asked, "criteria", value=dataset.frame["valence"])
    return [by_row, *as_one(dataset, bare & ~asked, "criteria")]
