"""STR-02: unexpected columns."""

from __future__ import annotations

from collections.abc import Sequence

from validator.dataset import ColumnMatch, Dataset, Reason
from validator.findings import SharedFinding
from validator.rules.context import RuleContext
from validator.rules.declaration import INFO, LAYER, rule
from validator.rules.examples import Example, row
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Wording


@rule(
    "STR-02",
    INFO,
    LAYER,
    it=Wording(
        title="Colonne in più",
        one="Strato {layer}: una colonna non prevista ({columns}). Non sarà pubblicata.",
        many="Strato {layer}: {n} colonne non previste ({columns}). Non saranno pubblicate.",
        fix="Non serve fare nulla; se una è utile, abbinala "
        "a una colonna nota in «Cosa abbiamo capito».",
        why="Le colonne che non conosciamo restano con la "
        "consegna e ti tornano nei file, ma non si pubblicano.",
    ),
    en=Wording(
        title="Unexpected columns",
        one="Layer {layer}: one unexpected column ({columns}). It will not be published.",
        many="Layer {layer}: {n} unexpected columns ({columns}). They will not be published.",
        fix="Nothing to do; if one is useful, match it to a known column in 'What we understood'.",
    ),
    fails=Example(
        rows=({"name": "Liceo"},), columns=(ColumnMatch("FID_1", None, 1.0, Reason("name")),)
    ),
    passes=row(name="Liceo Rebora", type="Liceo", address="Via Papa 1"),
)
def columns_are_expected(
    dataset: Dataset, t: Thresholds, context: RuleContext
) -> Sequence[SharedFinding]:
    """Columns that the schema does not know are kept with the delivery and not published.

    They come back in every return file.
    """
    found = []
    for layer in dataset.layers:
        spare = [match.column for match in layer.columns if match.field is None]
        if spare:
            shown = ", ".join(spare[:12]) + (" …" if len(spare) > 12 else "")
            details = {"layer": layer.name, "n": len(spare), "columns": shown}
            found.append(SharedFinding(layer=layer.name, params=details))
    return found
