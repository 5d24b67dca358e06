"""FIL-06: layers left out."""

from __future__ import annotations

from collections.abc import Sequence

from validator.dataset import Dataset
from validator.findings import SharedFinding
from validator.rules.context import RuleContext
from validator.rules.declaration import FILE, WARNING, rule
from validator.rules.examples import Example, row
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Wording


@rule(
    "FIL-06",
    WARNING,
    FILE,
    it=Wording(
        title="Strati lasciati fuori",
        one="Il file contiene {count} strati. Letti: {read}. Restano fuori: {others}.",
        fix="Se ne manca uno sceglilo in «Strati da leggere», nel passo «Cosa abbiamo capito».",
        why="Gli strati con le colonne di un servizio si leggono "
        "insieme; gli altri si elencano, mai ignorati in silenzio.",
    ),
    en=Wording(
        title="Layers left out",
        one="The file holds {count} layers. Read: {read}. Left out: {others}.",
        fix="If one is missing choose it in 'Layers to read', in the step 'What we understood'.",
    ),
    fails=Example(rows=({"name": "Liceo"},), others=("strade",)),
    passes=row(name="Liceo Rebora", type="Liceo"),
)
def layers_are_all_read(
    dataset: Dataset, t: Thresholds, context: RuleContext
) -> Sequence[SharedFinding]:
    """Layers whose columns are those of services are read together; all others are listed.

    None is left out in silence.
    """
    if not dataset.others:
        return []
    read = ", ".join(layer.name for layer in dataset.layers)
    count = len(dataset.layers) + len(dataset.others)
    details = {"count": count, "read": read, "others": ", ".join(dataset.others)}
    return [SharedFinding(params=details)]
