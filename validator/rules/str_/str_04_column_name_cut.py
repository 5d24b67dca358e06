"""STR-04: column name cut."""

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
    "STR-04",
    INFO,
    LAYER,
    it=Wording(
        title="Nome di colonna tagliato",
        one="«{short}» letta come «{full}» (nome tagliato dal formato shapefile).",
        fix="Usa GeoPackage per conservare i nomi interi.",
        why="Lo shapefile taglia i nomi a dieci caratteri: li riconosciamo e lo diciamo.",
    ),
    en=Wording(
        title="Column name cut",
        one="'{short}' read as '{full}' (cut by the shapefile format).",
        fix="Use GeoPackage to keep full names.",
    ),
    fails=Example(
        rows=({"name": "Liceo"},),
        columns=(ColumnMatch("DENOMINAZI", "name", 1.0, Reason("name"), cut="DENOMINAZIONE"),),
    ),
    passes=row(name="Liceo Rebora", type="Liceo", address="Via Papa 1"),
)
def cut_names_are_told(
    dataset: Dataset, t: Thresholds, context: RuleContext
) -> Sequence[SharedFinding]:
    """Column names cut to ten characters by the shapefile were recognised.

    The full name is told, so that it can be checked.
    """
    return [
        SharedFinding(
            layer=layer.name,
            column=match.column,
            params={
                "short": match.column,
                "full": match.cut,
            },
        )
        for layer in dataset.layers
        for match in layer.columns
        if match.cut
    ]
