"""CMP-06: known services that the plan does not tell."""

from __future__ import annotations

from collections.abc import Sequence

from validator.dataset import Dataset
from validator.findings import NotRun, SharedFinding
from validator.libraries import pl
from validator.rules.cmp.candidates import candidates
from validator.rules.cmp.example_sources import FAR, LISTED_ELSEWHERE, OSPEDALE
from validator.rules.context import RuleContext
from validator.rules.declaration import COMPARISON, INFO, rule
from validator.rules.examples import Example
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Wording

LISTED = 10
OTHER_READING = 2


@rule(
    "CMP-06",
    INFO,
    COMPARISON,
    it=Wording(
        title="Servizi noti che il piano non dice",
        one="Un servizio noto da altre fonti non risulta nel piano: {list}.",
        many="{n} servizi noti da altre fonti non risultano nel piano: {list}.",
        fix="Aggiungi al file quelli che mancano; per gli altri non serve fare nulla.",
        why="Le altre fonti (Lettura 2) vedono cose che il piano non dice, "
        "e viceversa: le due letture si mostrano accanto, mai sommate.",
    ),
    en=Wording(
        title="Known services that the plan does not tell",
        one="One service known from other sources is not in the plan: {list}.",
        many="{n} services known from other sources are not in the plan: {list}.",
        fix="Add those that are missing to the file; for the others there is nothing to do.",
    ),
    fails=Example(rows=(OSPEDALE,), known=(FAR,)),
    passes=Example(rows=(OSPEDALE,), known=(LISTED_ELSEWHERE,)),
)
def other_sources_are_answered(
    dataset: Dataset, t: Thresholds, context: RuleContext
) -> Sequence[SharedFinding] | NotRun:
    """Services that other sources (Lettura 2) know in the comune are in the plan.

    The two readings see different things; they are shown side by side and never added.
    """
    if not context.plan:
        return NotRun("CMP-06", "not_a_plan")
    if context.others is None or not (context.others.frame["reading"] == OTHER_READING).any():
        return NotRun("CMP-06", "no_others")
    frame = context.others.frame.with_row_index("other")
    supra = [kind.slug for kind in dataset.taxonomy.supra]
    within = pl.col("municipality").is_in(dataset.home) & pl.col("kind").is_in(supra)
    here = frame.filter(within, reading=OTHER_READING)
    pairs = candidates(dataset, context.others, t["duplicate_m"])
    met = pairs.filter(pl.col("score") >= t["duplicate_look"])["other"].cast(pl.UInt32)
    absent = here.filter(~pl.col("other").is_in(met.implode()))
    if not absent.height:
        return []
    names = absent["name"].fill_null("—").head(LISTED).to_list()
    listed = ", ".join(names) + (" …" if absent.height > LISTED else "")
    return [SharedFinding(params={"n": absent.height, "list": listed})]
