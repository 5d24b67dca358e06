"""ATT-01 to ATT-07: cells that are empty, or that do not hold what their column is for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

import numpy as np
import polars as pl

from validator import schema
from validator.dataset import Change, Dataset
from validator.findings import Group, Hits
from validator.rules.columns import (
    Mask,
    as_sent,
    column_name,
    filled,
    having,
    hits,
    told,
)
from validator.rules.context import RuleContext
from validator.rules.examples import Sent, row
from validator.rules.registry import ERROR, INFO, LAYER, ROW, WARNING, rule
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Wording
from validator.schema import ValueKind

#: Columns that say what service a row is, the most telling first.
SAYING = ("type", "subtype", "category", "type_code", "category_code")
#: Distinct unknown words for which a near one of the taxonomy is looked for.
SUGGESTED = 300


def of_kinds(*kinds: ValueKind) -> tuple[str, ...]:
    """Fields whose cells are of one of the kinds, in schema order."""
    return tuple(field.name for field in schema.FIELDS if field.kind in kinds)


def not_understood(dataset: Dataset, names: Iterable[str]) -> list[Hits]:
    """The cells of the fields that their parser did not understand, one `Hits` per column."""
    found = []
    for name in names:
        if (failed := dataset.failed(name)).any():
            found.append(hits(dataset, failed, name, value=dataset.raw(name)))
    return found


@rule(
    "ATT-01", ERROR, ROW,
    it=Wording(
        title="Tipo di servizio vuoto",
        one="Riga {row}: «{column}» è vuoto.",
        many="«{column}» è vuoto in {n} righe ({rows}).",
        all="«{column}» è vuoto in tutte le {n} righe: forse la colonna non è stata abbinata.",
        fix="Scrivi che servizio è, almeno la categoria; non inventare un valore.",
        why="Senza un tipo o almeno una categoria non si sa di che servizio si parla e la riga "
        "non "
        "può entrare nella banca dati.",
    ),
    en=Wording(
        title="Type of service empty",
        one="Row {row}: '{column}' is empty.",
        many="'{column}' is empty in {n} rows ({rows}).",
        all="'{column}' is empty in all {n} rows: perhaps the column was not matched.",
        fix="Write what service it is, at least its category; never invent a value.",
    ),
    fails=row(name="Edificio di via Verdi", type=None),
    passes=row(name="Liceo Rebora", type="Liceo"),
)  # fmt: skip
def required_cells_are_filled(
    dataset: Dataset, t: Thresholds, context: RuleContext
) -> Sequence[Hits]:
    """Each row says what service it is: a type, or at least a category.

    Without it nobody knows what the row speaks of, and it cannot enter the database.
    """
    said = np.zeros(len(dataset), dtype=bool)
    for name in SAYING:
        said |= told(dataset, name)
    said |= dataset.frame["kind"].is_not_null().to_numpy()
    named = next((name for name in SAYING if dataset.has(name)), "type")
    return [hits(dataset, having(dataset, *SAYING) & ~said, named)]


@rule(
    "ATT-02", ERROR, ROW,
    it=Wording(
        title="Numero non leggibile",
        one="Riga {row}: «{value}» in «{column}» non è un numero.",
        many="In «{column}» ci sono {n} valori che non sono numeri (righe {rows}).",
        all="Nessuno dei {n} valori di «{column}» è un numero: forse la colonna è un'altra.",
        fix="Scrivi solo cifre, con la virgola o il punto per i decimali, senza unità di misura.",
        why="Superfici, capienze e importi si sommano: servono numeri. 1.234,50 e 1234.5 si "
        "capiscono "
        "tutti e due.",
    ),
    en=Wording(
        title="Number not understood",
        one="Row {row}: '{value}' in '{column}' is not a number.",
        many="{n} values in '{column}' are not numbers (rows {rows}).",
        all="None of the {n} values of '{column}' is a number: perhaps it is another column.",
        fix="Write digits only, with a comma or a point for decimals, without units.",
    ),
    fails=row(name="Parco", area=Sent("circa tremila")),
    passes=row(name="Parco", area=Sent("3.120,50", 3120.5, "number")),
)  # fmt: skip
def numbers_are_numbers(dataset: Dataset, t: Thresholds, context: RuleContext) -> Sequence[Hits]:
    """Cells of numeric columns hold numbers; 1.234,50 and 1234.5 are both understood.

    Areas, capacities and amounts are added up, so they must be numbers.
    """
    kinds = (ValueKind.NUMBER, ValueKind.INTEGER, ValueKind.COORDINATE)
    return not_understood(dataset, of_kinds(*kinds))


@rule(
    "ATT-03", ERROR, ROW,
    it=Wording(
        title="Data non valida",
        one="Riga {row}: «{value}» non è una data valida.",
        many="In «{column}» ci sono {n} date non valide (righe {rows}).",
        all="Nessuna delle {n} date di «{column}» è valida: forse la colonna è un'altra.",
        fix="Scrivi 30/06/2025 oppure 2025-06-30.",
        why="Le date dicono che cosa era aperto in un certo giorno; una data che non esiste (31 "
        "febbraio) non può dirlo.",
    ),
    en=Wording(
        title="Date not valid",
        one="Row {row}: '{value}' is not a valid date.",
        many="{n} dates in '{column}' are not valid (rows {rows}).",
        all="None of the {n} dates of '{column}' is valid: perhaps it is another column.",
        fix="Write 2025-06-30 or 30/06/2025.",
    ),
    fails=row(name="Biblioteca", opening_date=Sent("31/02/2024")),
    passes=row(name="Biblioteca", opening_date=Sent("28/02/2024", None, "date")),
)  # fmt: skip
def dates_exist(dataset: Dataset, t: Thresholds, context: RuleContext) -> Sequence[Hits]:
    """Dates exist and are written dd/mm/yyyy or ISO.

    They say what was open on a day; a day that never was cannot.
    """
    return not_understood(dataset, of_kinds(ValueKind.DATE))


@rule(
    "ATT-04", WARNING, ROW,
    it=Wording(
        title="Tipo di servizio non riconosciuto",
        one="Riga {row}: tipo «{value}» non riconosciuto ({reason}). Il più vicino: {suggestion}.",
        many="{n} righe hanno un tipo di servizio che non conosciamo ({rows}).",
        all="Nessuno dei {n} tipi in «{column}» è riconosciuto: forse la colonna è un'altra.",
        fix="Scegli il tipo dall'elenco; i sinonimi che usi si possono proporre all'ufficio una "
        "volta "
        "per tutte.",
        why="Il tipo decide in quale delle otto categorie conta il servizio. Non lo indoviniamo: "
        "una "
        "riga non riconosciuta va in istruttoria senza tipo.",
    ),
    en=Wording(
        title="Type of service not recognised",
        one="Row {row}: type '{value}' not recognised ({reason}). Nearest: {suggestion}.",
        many="{n} rows have a type of service that we do not know ({rows}).",
        all="None of the {n} types in '{column}' is recognised: perhaps it is another column.",
        fix="Choose the type from the list; your synonyms can be proposed to the office once for "
        "all.",
    ),
    fails=row(name="Spazio 21", type="Attrezzatura polivalente"),
    passes=row(name="Liceo Rebora", type="Liceo", kind="superiori"),
)  # fmt: skip
def kinds_are_known(dataset: Dataset, t: Thresholds, context: RuleContext) -> Sequence[Hits]:
    """The type of service belongs to the published taxonomy, supra-municipal or local.

    It decides in which of the eight categories the service counts. It is never guessed: a row that
    was not recognised goes to review without a type.
    """
    named = next((name for name in SAYING if dataset.has(name)), "type")
    value = as_sent(dataset, named)
    for other in SAYING:
        value = value.fill_null(as_sent(dataset, other))
    # A category alone is enough, so it is no fault that the type is empty then.
    category = dataset.frame["kind_category"].fill_null(dataset.frame["category_read"])
    typed = filled(dataset, "type") | filled(dataset, "subtype") | filled(dataset, "type_code")
    only_category = category.is_not_null().to_numpy() & ~typed
    lacking = dataset.frame["kind"].is_null().to_numpy() & ~only_category
    unknown = lacking & (value.fill_null("") != "").to_numpy()
    near = _candidates(dataset).fill_null(_nearest(dataset, value, unknown))
    reason = "type_" + dataset.frame["kind_reason"].fill_null("unknown")
    return [hits(dataset, unknown, named, value=value, reason=reason, suggestion=near)]


def _candidates(dataset: Dataset) -> pl.Series:
    """What an ambiguous row can be, by name; null where recognition has no candidates."""
    names = {kind.slug: kind.name for kind in dataset.taxonomy.kinds}
    if "kind_candidates" not in dataset.frame.columns:
        return pl.repeat(None, len(dataset), dtype=pl.String, eager=True)
    listed = dataset.frame["kind_candidates"].list.head(3)
    said = listed.list.eval(pl.element().replace(names)).list.join(", ")
    return said.set((said == "").fill_null(value=False), None)


def _nearest(dataset: Dataset, values: pl.Series, wanted: Mask) -> pl.Series:
    distinct = values.filter(pl.Series(wanted)).unique(maintain_order=True).head(SUGGESTED)
    names = {kind.name.lower(): kind.name for kind in dataset.taxonomy.kinds}
    for kind in dataset.taxonomy.kinds:
        for synonym in kind.synonyms:
            names.setdefault(synonym, kind.name)
    near = {}
    for text in distinct:
        found = get_close_matches(text.lower(), names, n=1, cutoff=0.75)
        near[text] = names[found[0]] if found else "none"
    return values.replace_strict(near, default="none", return_dtype=pl.String)


@rule(
    "ATT-05", ERROR, ROW, needs={"istat"},
    it=Wording(
        title="Codice ISTAT di un altro Comune",
        one="Riga {row}: il codice ISTAT {value} non è del Comune che invia.",
        many="{n} righe hanno un codice ISTAT che non è del Comune che invia ({rows}).",
        all="Tutte le {n} righe hanno un codice ISTAT che non è del Comune che invia: forse hai "
        "scelto il "
        "Comune sbagliato.",
        fix="Correggi il codice (per te è {expected}); per consegnare a nome di un altro Comune "
        "serve una "
        "delega.",
        why="Ogni Comune consegna i propri servizi. Un codice ISTAT di un altro Comune di solito "
        "è una "
        "riga finita nel file sbagliato.",
    ),
    en=Wording(
        title="ISTAT code of another municipality",
        one="Row {row}: ISTAT code {value} is not of the submitting municipality.",
        many="{n} rows have an ISTAT code that is not of the submitting municipality ({rows}).",
        all="All {n} rows have an ISTAT code that is not of the submitting municipality: perhaps "
        "you "
        "chose the wrong one.",
        fix="Correct the code (yours is {expected}), or ask for a delegation.",
    ),
    fails=row(name="Liceo", istat="015001"),
    passes=row(name="Liceo", istat="015000"),
)  # fmt: skip
def istat_codes_are_ours(dataset: Dataset, t: Thresholds, context: RuleContext) -> Sequence[Hits]:
    """The ISTAT code is that of the municipality that delivers, unless the row says otherwise.

    A code of another comune is usually a row that ended in the wrong file. The code of a comune
    that was merged is that of its successor.
    """
    codes = context.territory.in_use(dataset.frame["istat"])
    other = (codes != dataset.municipality).fill_null(value=False).to_numpy()
    foreign = (other | dataset.failed("istat")) & ~filled(dataset, "other_municipality")
    value = as_sent(dataset, "istat")
    return [hits(dataset, foreign, "istat", value=value, expected=dataset.municipality)]


@rule(
    "ATT-06", INFO, LAYER, needs={"istat"},
    it=Wording(
        title="Codici ISTAT completati o aggiornati",
        one="Un codice ISTAT: {done} ({before} → {after}).",
        many="{n} codici ISTAT: {done} ({before} → {after}).",
        fix="Conserva il codice come testo, non come numero; per un Comune soppresso usa quello "
        "del Comune nato dalla fusione.",
        why="I fogli di calcolo tolgono lo zero davanti ai codici: 15146 è 015146. Il codice di "
        "un Comune soppresso vale quello del Comune che lo continua.",
    ),
    en=Wording(
        title="ISTAT codes completed or updated",
        one="One ISTAT code: {done} ({before} → {after}).",
        many="{n} ISTAT codes: {done} ({before} → {after}).",
        fix="Store the code as text, not as a number; for a merged municipality use the code of "
        "the one that it became.",
    ),
    fails=row(name="Liceo", istat=Sent("15000", "015000", "istat_zero")),
    passes=row(name="Liceo", istat="015000"),
)  # fmt: skip
def istat_codes_keep_their_zero(
    dataset: Dataset, t: Thresholds, context: RuleContext
) -> Sequence[Group]:
    """ISTAT codes that lost their leading zero, or of comuni that were merged, were put right.

    Spreadsheets drop the zero: 15146 is 015146. A merged comune's code is read as its successor's.
    """
    found = (_codes_put_right(dataset, change) for change in _OF_CODES)
    return [group for group in found if group is not None]


_OF_CODES = (Change.ISTAT_ZERO, Change.ISTAT_FORMER)


def _codes_put_right(dataset: Dataset, change: Change) -> Group | None:
    changed = np.flatnonzero(dataset.changed("istat", change))
    if not len(changed):
        return None
    first = int(changed[0])
    before, after = dataset.raw("istat")[first], dataset.frame["istat"][first]
    told = {"n": len(changed), "done": change.value, "before": before, "after": after}
    return Group(column=column_name(dataset, "istat"), params=told)


@rule(
    "ATT-07", ERROR, ROW,
    it=Wording(
        title="Stato non previsto",
        one="Riga {row}: stato «{value}» non previsto.",
        many="{n} righe hanno uno stato non previsto ({rows}).",
        all="Nessuno dei {n} valori di «{column}» è uno stato: forse la colonna è un'altra.",
        fix="Scegli uno dei quattro: {expected}.",
        why="Lo stato separa ciò che c'è da ciò che si farà: nelle schede si contano a parte.",
    ),
    en=Wording(
        title="Status not allowed",
        one="Row {row}: status '{value}' is not allowed.",
        many="{n} rows have a status that is not allowed ({rows}).",
        all="None of the {n} values of '{column}' is a status: perhaps it is another column.",
        fix="Choose one of the four: {expected}.",
    ),
    fails=row(name="Liceo", status=Sent("boh")),
    passes=row(name="Liceo", status=Sent("IN ESERCIZIO", "esistente", "word")),
)  # fmt: skip
def statuses_are_known(dataset: Dataset, t: Thresholds, context: RuleContext) -> Sequence[Hits]:
    """The status is one of esistente, previsto, in attuazione, dismesso.

    It keeps what exists apart from what is to come: sheets count them separately.
    """
    return outside_domain(dataset, "status")


def outside_domain(dataset: Dataset, name: str) -> list[Hits]:
    """The cells of a word field that are none of its words."""
    domain = ", ".join(schema.BY_NAME[name].domain)
    failed = dataset.failed(name)
    return [hits(dataset, failed, name, value=dataset.raw(name), expected=domain)]
