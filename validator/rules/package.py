"""FIL: the file or archive. What the reader refused or noticed is told in these words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from validator.dataset import Change, Dataset, Reason
from validator.findings import Group, Hits
from validator.rules.columns import noted
from validator.rules.context import RuleContext, SameFile
from validator.rules.examples import TODAY, Example, noting, row
from validator.rules.registry import ERROR, FILE, INFO, LAYER, ROW, WARNING, rule
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Wording

FINE = row(name="Liceo Rebora", type="Liceo")
#: Stands for the right text where the letters are gone and cannot be guessed.
LOST = "letters_lost"


def told_by_reader(dataset: Dataset, code: str, *names: str) -> list[Group]:
    """One finding per note of that code, with the parameters that its message names."""
    return [
        Group(layer=layer, column=str(params.get("column", "")),
              params={name: params.get(name) for name in names})
        for layer, params in noted(dataset, code)
    ]  # fmt: skip


@rule(
    "FIL-01", ERROR, FILE,
    it=Wording(
        title="File che non si apre",
        one="Il file {file} non si apre: {reason}.",
        fix="Esporta di nuovo dal GIS e carica il nuovo file; prima prova ad aprirlo in QGIS.",
        why="Il contenuto decide, non l'estensione: accettiamo shapefile in zip, GeoPackage, "
        "GeoJSON, KML, GML, FlatGeobuf, CSV, XLSX, XLS e ODS.",
    ),
    en=Wording(
        title="File that does not open",
        one="File {file} does not open: {reason}.",
        fix="Export again from the GIS and upload the new file; try opening it in QGIS first.",
    ),
    fails=noting("FIL-01", file="piano.zip", format="ZIP", reason="damaged"),
    passes=FINE,
)  # fmt: skip
def file_opens(dataset: Dataset, t: Thresholds, context: RuleContext) -> Sequence[Group]:
    """The file opens as one of the accepted formats; its content decides, not its extension.

    Accepted: zipped shapefile, GeoPackage, GeoJSON, KML, GML, FlatGeobuf, CSV, XLSX, XLS, ODS.
    """
    return told_by_reader(dataset, "FIL-01", "file", "reason")


@rule(
    "FIL-02", ERROR, FILE,
    it=Wording(
        title="File troppo grande",
        one="{file} è troppo grande: {size} {unit}, il limite è {limit}.",
        fix="Togli gli strati che non servono e gli allegati, o carica un tema alla volta.",
        why="I limiti si misurano sul server, anche dopo avere aperto l'archivio, e sono "
        "pubblicati.",
    ),
    en=Wording(
        title="File too large",
        one="{file} is too large: {size} {unit}, the limit is {limit}.",
        fix="Remove unneeded layers and attachments, or upload one theme at a time.",
    ),
    fails=noting("FIL-02", file="piano.gpkg", size=734003200, limit=104857600, unit="bytes"),
    passes=FINE,
)  # fmt: skip
def size_is_within_limits(
    dataset: Dataset, t: Thresholds, context: RuleContext
) -> Sequence[Group]:
    """The file stays within the published limits, also after unpacking.

    They are measured on the server: bytes, rows, columns, layers.
    """
    return told_by_reader(dataset, "FIL-02", "file", "size", "limit", "unit")


@rule(
    "FIL-03", ERROR, FILE,
    it=Wording(
        title="Archivio con elementi non ammessi",
        one="L'archivio contiene elementi non ammessi ({item}): {reason}.",
        fix="Fai uno zip semplice con i soli file dello strato. Le cartelle vanno bene, un "
        "archivio dentro "
        "l'archivio no.",
        why="Archivi dentro archivi, percorsi che escono dalla cartella, collegamenti ed "
        "espansioni anomale "
        "non si aprono: servono solo a nascondere qualcosa.",
    ),
    en=Wording(
        title="Archive with items that are not allowed",
        one="The archive contains items that are not allowed ({item}): {reason}.",
        fix="Make a plain .zip with only the layer's files. Folders are fine, an archive inside "
        "the archive is not.",
    ),
    fails=noting("FIL-03", item="altro.zip", reason="nested"),
    passes=FINE,
)  # fmt: skip
def archive_is_plain(dataset: Dataset, t: Thresholds, context: RuleContext) -> Sequence[Group]:
    """The archive holds no archive, no absolute or parent path, no link, no abnormal expansion.

    Folders are fine.
    """
    return told_by_reader(dataset, "FIL-03", "item", "reason")


@rule(
    "FIL-04", ERROR, FILE,
    it=Wording(
        title="Shapefile incompleto",
        one="Nello shapefile {name} manca il file {missing}.",
        fix="Metti nello zip tutti i file con lo stesso nome del .shp.",
        why="Uno shapefile è fatto di più file: .shp le forme, .dbf la tabella, .shx l'indice. "
        "Senza .shx si ricostruisce e lo diciamo; senza .dbf non c'è tabella.",
    ),
    en=Wording(
        title="Incomplete shapefile",
        one="Shapefile {name} lacks the file {missing}.",
        fix="Zip together all the files with the same name as the .shp.",
    ),
    fails=noting("FIL-04", name="servizi", missing=".dbf"),
    passes=FINE,
)  # fmt: skip
def shapefile_is_complete(
    dataset: Dataset, t: Thresholds, context: RuleContext
) -> Sequence[Group]:
    """A shapefile comes with .shp, .shx and .dbf of one common name.

    Without .shx it is rebuilt and this is told (a warning); without .dbf there is no table.
    """
    found = told_by_reader(dataset, "FIL-04", "name", "missing")
    return [
        Group(layer=group.layer, params=group.params, severity=WARNING)
        if group.params["missing"] == ".shx" else group
        for group in found
    ]  # fmt: skip


@rule(
    "FIL-05", WARNING, LAYER, yields_to=("CRS-01",),
    it=Wording(
        title="Manca il file .prj",
        one="{name}.prj manca o non si legge: il sistema di riferimento è stato riconosciuto "
        "dalle coordinate.",
        fix="Aggiungi il .prj allo zip, o conferma il sistema proposto.",
        why="Il .prj dice in quale sistema sono le coordinate. Senza, lo riconosciamo da dove "
        "cadrebbero i punti, e va confermato.",
    ),
    en=Wording(
        title="The .prj file is missing",
        one="{name}.prj is missing or cannot be read: the reference system was recognised from "
        "the coordinates.",
        fix="Include the .prj, or confirm the proposed system.",
    ),
    fails=noting("FIL-05", name="servizi", reason="missing"),
    passes=FINE,
)  # fmt: skip
def shapefile_has_prj(dataset: Dataset, t: Thresholds, context: RuleContext) -> Sequence[Group]:
    """A shapefile carries its .prj, which says in which system the coordinates are.

    Without it the system is recognised from where the points would fall, and must be confirmed;
    once a person has chosen the system nothing is left to say.
    """
    chosen = {layer.name for layer in dataset.layers if layer.crs.why.code == "overridden"}
    found = told_by_reader(dataset, "FIL-05", "name")
    return [group for group in found if group.layer not in chosen]


@rule(
    "FIL-06", WARNING, FILE,
    it=Wording(
        title="Strati lasciati fuori",
        one="Il file contiene {count} strati. Letti: {read}. Restano fuori: {others}.",
        fix="Scegli quali strati leggere, o carica gli altri a parte.",
        why="Gli strati con le colonne di un servizio si leggono insieme; gli altri si elencano, "
        "mai ignorati in silenzio.",
    ),
    en=Wording(
        title="Layers left out",
        one="The file holds {count} layers. Read: {read}. Left out: {others}.",
        fix="Choose which layers to read, or upload the others separately.",
    ),
    fails=Example(rows=({"name": "Liceo"},), others=("strade",)),
    passes=FINE,
)  # fmt: skip
def layers_are_all_read(dataset: Dataset, t: Thresholds, context: RuleContext) -> Sequence[Group]:
    """Layers whose columns are those of services are read together; all others are listed.

    None is left out in silence.
    """
    if not dataset.others:
        return []
    read = ", ".join(layer.name for layer in dataset.layers)
    count = len(dataset.layers) + len(dataset.others)
    told = {"count": count, "read": read, "others": ", ".join(dataset.others)}
    return [Group(params=told)]


@rule(
    "FIL-07", ERROR, LAYER,
    it=Wording(
        title="Strato senza record",
        one="Lo strato {layer} non contiene alcun record.",
        fix="Controlla filtri e selezione quando esporti; per dire che non ci sono servizi usa la "
        "pagina di conferma.",
        why="Un file vuoto di solito viene da un filtro rimasto attivo: prenderlo per buono "
        "toglierebbe tutti i servizi del Comune.",
    ),
    en=Wording(
        title="Layer without records",
        one="Layer {layer} contains no records.",
        fix="Check filters and selection at export; to declare 'no services' use the confirmation "
        "page.",
    ),
    fails=Example(rows=()),
    passes=FINE,
)  # fmt: skip
def layer_has_records(dataset: Dataset, t: Thresholds, context: RuleContext) -> Sequence[Group]:
    """The layer has at least one record.

    An empty file usually comes from a filter left on; taken as it is it would remove every
    service.
    """
    noted_empty = told_by_reader(dataset, "FIL-07", "layer")
    if noted_empty or len(dataset):
        return noted_empty
    names = ", ".join(layer.name for layer in dataset.layers)
    return [Group(layer=names, params={"layer": names})]


@rule(
    "FIL-08", WARNING, LAYER,
    it=Wording(
        title="Caratteri accentati corrotti",
        one="Caratteri accentati forse corrotti in una cella («{sample}» → «{guess}»).",
        many="Caratteri accentati forse corrotti in {n} celle (es. «{sample}» → «{guess}»).",
        fix="Accetta la lettura proposta, o esporta in UTF-8 con il file .cpg.",
        why="«QualitÃ» è «Qualità» letto due volte nella codifica sbagliata. Proponiamo il testo "
        "giusto, non lo cambiamo di nascosto.",
    ),
    en=Wording(
        title="Corrupted accented characters",
        one="Accented characters may be corrupted in one cell ('{sample}' → '{guess}').",
        many="Accented characters may be corrupted in {n} cells (e.g. '{sample}' → '{guess}').",
        fix="Accept the proposed reading, or export in UTF-8 with the .cpg file.",
    ),
    fails=noting("FIL-08", rows=[1], n=3, sample="QualitÃ ", guess="Qualità"),
    passes=FINE,
)  # fmt: skip
def texts_are_whole(dataset: Dataset, t: Thresholds, context: RuleContext) -> Sequence[Group]:
    """Texts decode cleanly: no accented letter was encoded twice or lost.

    The right text is proposed and never put in silently.
    """
    noticed = [_damaged(dataset, layer, params) for layer, params in noted(dataset, "FIL-08")]
    return noticed or _mended_texts(dataset)


def _damaged(dataset: Dataset, name: str, params: Any) -> Group:
    columns = params.get("columns") or [""]
    told = {key: params.get(key) for key in ("n", "sample", "guess")}
    told["guess"] = told["guess"] or LOST
    starts = {layer.name: layer.start for layer in dataset.layers}
    rows = [starts[name] + row - 1 for row in params.get("rows", ()) if name in starts]
    column = columns[0] if len(columns) == 1 else ""
    return Group(tuple(rows), column, name, {**told, "value": told["sample"]})


def _mended_texts(dataset: Dataset) -> list[Group]:
    mended = dataset.autofixes.filter(change=Change.MOJIBAKE.value)
    return [
        Group(layer=str(layer), params={
            "n": cells.height, "sample": cells["before"][0], "guess": cells["after"][0],
        })
        for (layer,), cells in mended.group_by("layer", maintain_order=True)
    ]  # fmt: skip


@rule(
    "FIL-09", INFO, LAYER,
    it=Wording(
        title="Come è stato letto il CSV",
        one="Letto con separatore «{sep}» e decimale «{dec}».",
        fix="Cambia la scelta se l'anteprima è sbagliata.",
        why="Un CSV non dice come è fatto: separatore, virgolette e decimali si riconoscono e si "
        "mostrano.",
    ),
    en=Wording(
        title="How the CSV was read",
        one="Read with separator '{sep}' and decimal '{dec}'.",
        fix="Change the choice if the preview is wrong.",
    ),
    fails=noting("FIL-09", sep=";", dec=","),
    passes=FINE,
)  # fmt: skip
def csv_dialect_is_told(dataset: Dataset, t: Thresholds, context: RuleContext) -> Sequence[Group]:
    """Separator, quote and decimal mark of a CSV are recognised and shown.

    The file itself does not say them.
    """
    said = told_by_reader(dataset, "FIL-09", "sep", "dec")
    words = {"\t": "tab", "": "none", None: "none"}
    return [
        replace(one, params={name: words.get(mark, mark) for name, mark in one.params.items()})
        for one in said
    ]


@rule(
    "FIL-10", ERROR, ROW,
    it=Wording(
        title="Righe con celle in più o in meno",
        one="La riga {row} ha {found} celle invece di {expected}.",
        many="{n} righe non hanno {expected} celle come l'intestazione ({rows}).",
        all="Nessuna delle {n} righe ha {expected} celle come l'intestazione: forse il separatore "
        "è un altro.",
        fix="Metti tra virgolette i testi che contengono il separatore; togli gli a capo dentro "
        "le celle.",
        why="Una cella in più sposta tutte le altre: l'indirizzo finisce nella superficie. La "
        "riga non entra finché non è chiara.",
    ),
    en=Wording(
        title="Rows with too many or too few cells",
        one="Row {row} has {found} cells instead of {expected}.",
        many="{n} rows do not have {expected} cells as the header does ({rows}).",
        all="None of the {n} rows has {expected} cells as the header does: perhaps the separator "
        "is another.",
        fix="Quote texts that contain the separator; remove line breaks inside cells.",
    ),
    fails=Example(
        rows=({"name": "Liceo"},),
        notes=(Reason("FIL-10", {"n": 1, "expected": 5, "rows": [1],
                                 "found": [6]}),),
    ),
    passes=FINE,
)  # fmt: skip
def rows_have_all_cells(dataset: Dataset, t: Thresholds, context: RuleContext) -> Sequence[Hits]:
    """Each row of a CSV has as many cells as the header.

    One cell too many moves all the others: the address ends in the area.
    """
    return [_ragged(dataset, layer, params) for layer, params in noted(dataset, "FIL-10")]


def _ragged(dataset: Dataset, name: str, params: Any) -> Hits:
    facts = next((layer for layer in dataset.layers if layer.name == name), dataset.layers[0])
    pairs = [
        (row_number, found)
        for row_number, found in zip(params["rows"], params["found"], strict=False)
        if 1 <= row_number <= facts.rows
    ]
    index = np.array([facts.start + number - 1 for number, _ in pairs], dtype=np.intp)
    told = {"found": [found for _, found in pairs], "expected": params["expected"]}
    return Hits(index=index, params=told)


@rule(
    "FIL-11", INFO, FILE, outside=True,
    it=Wording(
        title="File già inviato",
        one="Questo file è identico a quello inviato il {date} (invio {id}).",
        fix="Se non è cambiato nulla usa «Conferma senza modifiche».",
        why="Mandare di nuovo lo stesso file non cambia nulla: per dire che i dati valgono ancora "
        "basta confermarli.",
    ),
    en=Wording(
        title="File already submitted",
        one="This file is identical to the one submitted on {date} (submission {id}).",
        fix="If nothing changed use 'Confirm without changes'.",
    ),
    fails=Example(argument=SameFile(submission="2026-0012", date=TODAY)),
    passes=Example(argument=None),
)  # fmt: skip
def file_is_new(previous: SameFile | None, t: Thresholds) -> Sequence[Group]:
    """The same bytes were not submitted before, among the deliveries that the asker may see.

    Told at intake, outside the report: the same file again changes nothing.
    """
    if previous is None:
        return []
    return [Group(params={"date": previous.date.isoformat(), "id": previous.submission})]
