"""SEM-04: criteria and level disagree."""

from __future__ import annotations

from collections.abc import Sequence

from validator.dataset import Dataset
from validator.findings import RuleHits
from validator.libraries import pl
from validator.rules.columns import hits, mask
from validator.rules.context import RuleContext
from validator.rules.declaration import ROW, WARNING, rule
from validator.rules.examples import row
from validator.rules.sem.valence import declared_wider
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Wording
from validator.taxonomy import SUPRA


@rule(
    "SEM-04",
    WARNING,
    ROW,
    needs={"valence"},
    it=Wording(
        title="Criteri e valenza non vanno d'accordo",
        one="Riga {row}: i criteri indicano {suggested} ({because}), dichiarato {declared}.",
        many="In {n} righe i criteri indicano una valenza diversa da quella dichiarata ({rows}).",
        all="In tutte le {n} righe i criteri indicano una valenza diversa da quella dichiarata.",
        fix="Cambia la valenza, o rispondi «È giusto così» con un motivo: chi istruisce lo vede.",
        why="Una scuola primaria di solito serve il suo Comune, un ospedale molti: quando "
        "la valenza dichiarata dice il contrario può essere giusto, ma va motivato.",
    ),
    en=Wording(
        title="Criteria and level disagree",
        one="Row {row}: criteria suggest {suggested} ({because}), declared {declared}.",
        many="In {n} rows the criteria suggest another level than the declared one ({rows}).",
        all="In all {n} rows the criteria suggest another level than the declared one.",
        fix="Change the level, or answer 'It is right as it is' with a reason: reviewers see it.",
    ),
    fails=row(name="Scuola primaria Verdi", kind="primaria", valence="metropolitana"),
    passes=row(name="Ospedale", kind="ospedale", valence="metropolitana"),
)
def valences_follow_criteria(
    dataset: Dataset, t: Thresholds, context: RuleContext
) -> Sequence[RuleHits]:
    """The declared level is the one that the type of service suggests.

    A primary school usually serves its own comune, a hospital many: the contrary may be right,
    with a reason. Green areas under the threshold are SEM-01's.
    """
    kinds = dataset.taxonomy.kinds
    small = {kind.below for kind in kinds if kind.below}
    local = [kind.slug for kind in kinds if kind.level != SUPRA and kind.slug not in small]
    usual = {k.slug: k.default_valence for k in kinds if k.level == SUPRA and k.default_valence}
    kind, declared = dataset.frame["kind"], dataset.frame["valence"]
    too_wide = declared_wider(dataset) & mask(kind.is_in(local))
    too_narrow = mask(declared == "comunale") & mask(kind.is_in(list(usual)))
    suggested = kind.replace_strict(usual, default=None, return_dtype=pl.String)
    return [
        hits(
            dataset,
            too_wide,
            "valence",
            suggested="comunale",
            declared=declared,
            because="local_kind",
        ),
        hits(
            dataset,
            too_narrow,
            "valence",
            suggested=suggested,
            declared=declared,
            because="kind_default",
        ),
    ]
