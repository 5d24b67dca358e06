"""STR: the structure of the table, columns rather than cells."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from validator.dataset import ColumnMatch, Dataset, LayerFacts, Reason
from validator.findings import Group
from validator.rules.attributes import SAYING
from validator.rules.columns import noted
from validator.rules.context import RuleContext
from validator.rules.examples import Example, noting, row
from validator.rules.package import told_by_reader
from validator.rules.registry import ERROR, INFO, LAYER, WARNING, rule
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Wording

#: What a spreadsheet runs as a formula; a sign before a number, or a lone dash, is none.
FORMULA = r"^\s*(?:[=@]|[+-][^\s\d.,-])"
FINE = row(name="Liceo Rebora", type="Liceo", address="Via Papa 1")


def _match(column: str, field: str | None, **more: str) -> ColumnMatch:
    return ColumnMatch(column, field, 1.0, Reason("name"), **more)  # type: ignore[arg-type]


@rule(
    "STR-01", ERROR, LAYER,
    it=Wording(
        title="Manca una colonna obbligatoria",
        one="Strato {layer}: manca la colonna obbligatoria «{field}».",
        fix="Abbinala a una delle tue colonne nel passo «Cosa abbiamo capito», o aggiungila.",
        why="Ogni servizio ha un tipo (o almeno una categoria) e una posizione o un indirizzo. Se "
        "una "
        "colonna manca lo diciamo una volta sola.",
    ),
    en=Wording(
        title="A required column is missing",
        one="Layer {layer}: the required column '{field}' is missing.",
        fix="Match it to one of your columns in the step 'What we understood', or add it.",
    ),
    fails=row(name="Liceo Rebora", address="Via Papa 1"),
    passes=FINE,
)  # fmt: skip
def required_columns_are_there(
    dataset: Dataset, t: Thresholds, context: RuleContext
) -> Sequence[Group]:
    """Each layer has a column for the type (or category), and positions or addresses.

    A missing column is one finding, not one per row.
    """
    found = []
    for layer in dataset.layers:
        for field in _missing(layer):
            found.append(Group(layer=layer.name, params={"layer": layer.name, "field": field}))
    return found


def _missing(layer: LayerFacts) -> list[str]:
    columns = layer.column_of
    missing = [] if any(name in columns for name in SAYING) else ["type"]
    by_columns = "wkt" in columns or ("x" in columns and "y" in columns) or "address" in columns
    if layer.crs.why.code == "no_geometry" and not by_columns:
        missing.append("address")
    return missing


@rule(
    "STR-02", INFO, LAYER,
    it=Wording(
        title="Colonne in più",
        one="Strato {layer}: una colonna non prevista ({columns}). Non sarà pubblicata.",
        many="Strato {layer}: {n} colonne non previste ({columns}). Non saranno pubblicate.",
        fix="Non serve fare nulla; se una è utile, abbinala a una colonna nota.",
        why="Le colonne che non conosciamo restano con la consegna e ti tornano nei file, ma non "
        "si "
        "pubblicano.",
    ),
    en=Wording(
        title="Unexpected columns",
        one="Layer {layer}: one unexpected column ({columns}). It will not be published.",
        many="Layer {layer}: {n} unexpected columns ({columns}). They will not be published.",
        fix="Nothing to do, or map them to a known column.",
    ),
    fails=Example(rows=({"name": "Liceo"},), columns=(_match("FID_1", None),)),
    passes=FINE,
)  # fmt: skip
def columns_are_expected(dataset: Dataset, t: Thresholds, context: RuleContext) -> Sequence[Group]:
    """Columns that the schema does not know are kept with the delivery and not published.

    They come back in every return file.
    """
    found = []
    for layer in dataset.layers:
        spare = [match.column for match in layer.columns if match.field is None]
        if spare:
            shown = ", ".join(spare[:12]) + (" …" if len(spare) > 12 else "")
            told = {"layer": layer.name, "n": len(spare), "columns": shown}
            found.append(Group(layer=layer.name, params=told))
    return found


@rule(
    "STR-03", ERROR, LAYER,
    it=Wording(
        title="Colonna ripetuta",
        one="La colonna «{column}» compare {count} volte.",
        fix="Rinomina o togli le copie.",
        why="Con due colonne dello stesso nome (senza badare a maiuscole e spazi) non si sa quale "
        "vale.",
    ),
    en=Wording(
        title="Column repeated",
        one="Column '{column}' appears {count} times.",
        fix="Rename or remove the copies.",
    ),
    fails=noting("STR-03", column="TIPO", n=2),
    passes=FINE,
)  # fmt: skip
def columns_are_unique(dataset: Dataset, t: Thresholds, context: RuleContext) -> Sequence[Group]:
    """Column names are unique, ignoring case and spaces.

    With two of one name nobody knows which one counts.
    """
    return [
        Group(layer=layer, column=str(params["column"]), params={"count": params["n"]})
        for layer, params in noted(dataset, "STR-03")
    ]


@rule(
    "STR-04", INFO, LAYER,
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
        rows=({"name": "Liceo"},), columns=(_match("DENOMINAZI", "name", cut="DENOMINAZIONE"),)
    ),
    passes=FINE,
)  # fmt: skip
def cut_names_are_told(dataset: Dataset, t: Thresholds, context: RuleContext) -> Sequence[Group]:
    """Column names cut to ten characters by the shapefile were recognised.

    The full name is told, so that it can be checked.
    """
    return [
        Group(layer=layer.name, column=match.column, params={
            "short": match.column, "full": match.cut,
        })
        for layer in dataset.layers
        for match in layer.columns
        if match.cut
    ]  # fmt: skip


@rule(
    "STR-05", WARNING, LAYER,
    it=Wording(
        title="Testi forse tagliati",
        one="Un testo in «{column}» ha {len} caratteri: forse è stato tagliato dal formato.",
        many="{n} testi in «{column}» hanno {len} caratteri: forse sono stati tagliati dal "
        "formato.",
        fix="Carica gli stessi dati in GeoPackage o CSV.",
        why="La tabella di uno shapefile tiene al massimo 254 caratteri: il resto si perde "
        "all'esportazione.",
    ),
    en=Wording(
        title="Texts perhaps cut",
        one="One text in '{column}' has exactly {len} characters: perhaps cut by the format.",
        many="{n} texts in '{column}' have exactly {len} characters: perhaps cut by the format.",
        fix="Upload the same data as GeoPackage or CSV.",
    ),
    fails=noting("STR-05", column="NOTE", n=4, len=254),
    passes=FINE,
)  # fmt: skip
def texts_are_not_cut(dataset: Dataset, t: Thresholds, context: RuleContext) -> Sequence[Group]:
    """No text ends at exactly 254 or 255 characters, where the shapefile's table ends.

    What is beyond is lost at export.
    """
    return told_by_reader(dataset, "STR-05", "n", "len")


@rule(
    "STR-06", WARNING, LAYER,
    it=Wording(
        title="Celle che un foglio di calcolo eseguirebbe",
        one="Una cella di «{column}» comincia con = + - @: nelle esportazioni la rendiamo "
        "innocua.",
        many="{n} celle di «{column}» cominciano con = + - @: nelle esportazioni le rendiamo "
        "innocue.",
        fix="Togli il segno iniziale, se non è voluto.",
        why="Un foglio di calcolo esegue il testo che comincia con = + - @: chi apre il file non "
        "se lo "
        "aspetta.",
    ),
    en=Wording(
        title="Cells that a spreadsheet would run",
        one="One cell of '{column}' begins with = + - @: exports will neutralise it.",
        many="{n} cells of '{column}' begin with = + - @: exports will neutralise them.",
        fix="Remove the leading sign unless it is meant.",
    ),
    fails=row(name="=HYPERLINK(1)", type="Liceo", address="Via Papa 1"),
    passes=row(name="- Liceo", type="-", address="-12,5"),
)  # fmt: skip
def cells_are_not_formulas(
    dataset: Dataset, t: Thresholds, context: RuleContext
) -> Sequence[Group]:
    """No text begins with = + - @, which a spreadsheet would run as a formula.

    Numbers with a sign and lone dashes are fine; exports neutralise the rest.
    """
    found = []
    for layer in dataset.layers:
        texts = [c for c in layer.frame.get_columns() if c.dtype == pl.String]
        for cells in texts:
            if n := int(cells.str.contains(FORMULA).sum() or 0):
                told = {"n": n}
                found.append(Group(layer=layer.name, column=cells.name, params=told))
    return found
