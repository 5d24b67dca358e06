"""ATT-08 to ATT-15: values that are understood and still hard to believe, or should not be
sent.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from validator import schema
from validator.dataset import Dataset
from validator.findings import Group, Hits
from validator.rules import personal
from validator.rules.attributes import not_understood, of_kinds, outside_domain
from validator.rules.columns import (
    as_one,
    as_sent,
    folded,
    having,
    hits,
    told,
)
from validator.rules.context import RuleContext
from validator.rules.examples import Sent, row, rows
from validator.rules.registry import ERROR, GROUP, INFO, ROW, WARNING, rule
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Wording
from validator.schema import ValueKind

PLANNED = ("previsto", "in attuazione")


@rule(
    "ATT-08", WARNING, ROW,
    it=Wording(
        title="Servizio previsto senza atto né anno",
        one="Riga {row}: servizio previsto senza atto né anno.",
        many="{n} servizi previsti non hanno né atto né anno (righe {rows}).",
        all="Tutti i {n} servizi sono previsti, senza atto né anno: forse manca una colonna.",
        fix="Compila «atto» o «anno previsto».",
        why="Un servizio previsto vale se un atto lo sostiene o se si sa quando arriverà.",
    ),
    en=Wording(
        title="Planned service with neither act nor year",
        one="Row {row}: planned service with neither act nor year.",
        many="{n} planned services have neither act nor year (rows {rows}).",
        all="All {n} services are planned, with neither act nor year: perhaps a column is "
        "missing.",
        fix="Fill 'atto' (act) or 'anno previsto' (planned year).",
    ),
    fails=row(name="Nuovo liceo", status="previsto", act=None, planned_year=None),
    passes=row(name="Nuovo liceo", status="previsto", planned_year=2028),
)  # fmt: skip
def planned_services_have_a_horizon(
    dataset: Dataset, t: Thresholds, context: RuleContext
) -> Sequence[Hits | Group]:
    """A planned service names the act behind it or the year it is expected.

    Otherwise it cannot be told from a wish.
    """
    planned = dataset.frame["status"].is_in(PLANNED).fill_null(value=False).to_numpy()
    told_when = told(dataset, "act") | told(dataset, "planned_year")
    lacking, asked = planned & ~told_when, having(dataset, "act", "planned_year")
    by_row = hits(dataset, lacking & asked, "act", value=dataset.frame["status"])
    return [by_row, *as_one(dataset, lacking & ~asked, "act")]


@rule(
    "ATT-09", WARNING, ROW,
    it=Wording(
        title="Stato e data non vanno d'accordo",
        one="Riga {row}: stato {status} incoerente con la data {date}.",
        many="{n} righe hanno uno stato che non va d'accordo con la data ({rows}).",
        all="In tutte le {n} righe lo stato non va d'accordo con «{column}».",
        fix="Correggi lo stato o la data.",
        why="Un servizio esistente non può aprire domani, uno dismesso ha una data di chiusura.",
    ),
    en=Wording(
        title="Status and date disagree",
        one="Row {row}: status {status} disagrees with date {date}.",
        many="{n} rows have a status that disagrees with the date ({rows}).",
        all="In all {n} rows the status disagrees with '{column}'.",
        fix="Correct the status or the date.",
    ),
    fails=row(name="Liceo", status="dismesso", closing_date=None),
    passes=row(name="Liceo", status="esistente"),
)  # fmt: skip
def statuses_agree_with_dates(
    dataset: Dataset, t: Thresholds, context: RuleContext
) -> Sequence[Hits | Group]:
    """An existing service does not open tomorrow nor close yesterday; a closed one says when it
    closed.

    The status is taken at the check's reference day.
    """
    frame, today = dataset.frame, pl.lit(context.today)
    existing, closed = pl.col("status") == "esistente", pl.col("status") == "dismesso"
    wrong = frame.select(
        opening=existing & (pl.col("opening_date") > today),
        closing=(existing & (pl.col("closing_date") < today))
        | (closed & pl.col("closing_date").is_null()),
    ).fill_null(value=False)  # fmt: skip
    found = []
    for name, column in (("opening_date", "opening"), ("closing_date", "closing")):
        chosen = wrong[column].to_numpy() & having(dataset, name) & ~dataset.failed(name)
        date = frame[name].dt.to_string("iso")
        found.append(hits(dataset, chosen, name, status=frame["status"], date=date))
    # Where no column says when, the rows that closed are one mistake.
    dateless = wrong["closing"].to_numpy() & ~having(dataset, "closing_date")
    return [*found, *as_one(dataset, dateless, "closing_date", status="dismesso", date=None)]


@rule(
    "ATT-10", ERROR, ROW,
    it=Wording(
        title="Valenza non prevista",
        one="Riga {row}: valenza «{value}» non prevista.",
        many="{n} righe hanno una valenza non prevista ({rows}).",
        all="Nessuno dei {n} valori di «{column}» è una valenza: forse la colonna è un'altra.",
        fix="Scegli una delle tre: {expected}.",
        why="La valenza dichiarata dal Comune è una delle quattro letture tenute distinte: "
        "dichiarata, "
        "proposta, validata, confermata.",
    ),
    en=Wording(
        title="Level of service not allowed",
        one="Row {row}: level '{value}' is not allowed.",
        many="{n} rows have a level that is not allowed ({rows}).",
        all="None of the {n} values of '{column}' is a level: perhaps it is another column.",
        fix="Choose one of the three: {expected}.",
    ),
    fails=row(name="Liceo", valence=Sent("alta")),
    passes=row(name="Liceo", valence="intercomunale"),
)  # fmt: skip
def valences_are_known(dataset: Dataset, t: Thresholds, context: RuleContext) -> Sequence[Hits]:
    """The declared level is one of comunale, intercomunale, metropolitana.

    What the comune declares is kept apart from what is proposed, validated and confirmed.
    """
    return outside_domain(dataset, "valence")


#: Names that say nothing of which service it is (folded).
NAMELESS = (
    "servizio",
    "servizi",
    "attrezzatura",
    "attrezzature",
    "edificio",
    "area",
    "immobile",
    "struttura",
    "da definire",
    "da verificare",
    "non definito",
    "non disponibile",
    "nessuno",
    "nessun nome",
    "senza nome",
    "sconosciuto",
    "nd",
    "n d",
    "na",
    "n a",
    "null",
    "none",
    "nome",
    "denominazione",
    "comunale",
    "pubblico",
    "pubblica",
    "privato",
    "privata",
    "x",
    "xx",
    "xxx",
    "test",
    "prova",
    "altro",
    "vari",
    "varie",
    "idem",
    "esistente",
    "previsto",
)


@rule(
    "ATT-11", WARNING, ROW,
    it=Wording(
        title="Nome che non identifica il servizio",
        one="Riga {row}: il nome «{value}» non identifica il servizio.",
        many="{n} righe hanno un nome che non identifica il servizio ({rows}).",
        all="Nessuna delle {n} righe ha un nome che identifica il servizio: forse la colonna del "
        "nome non "
        "è stata abbinata.",
        fix="Scrivi il nome che usano i cittadini, se serve con il luogo.",
        why="Sulla mappa pubblica e nel confronto con le altre fonti il servizio si riconosce dal "
        "nome.",
    ),
    en=Wording(
        title="Name that does not identify the service",
        one="Row {row}: the name '{value}' does not identify the service.",
        many="{n} rows have a name that does not identify the service ({rows}).",
        all="None of the {n} rows has a name that identifies the service: perhaps the name column "
        "was not "
        "matched.",
        fix="Write the name citizens use, with the place if needed.",
    ),
    fails=row(name="servizio", type="Liceo"),
    passes=row(name="Liceo Clementina Rebora", type="Liceo"),
)  # fmt: skip
def names_identify(
    dataset: Dataset, t: Thresholds, context: RuleContext
) -> Sequence[Hits | Group]:
    """The name tells which service it is: not empty, not "servizio", not the type repeated.

    On the public map and against other sources a service is known by its name.
    """
    name = folded(dataset.frame["name"])
    empty = name.is_null() | name.is_in(NAMELESS) | name.str.contains(r"^[0-9 ]+$")
    for field in schema.TYPE_FIELDS:
        empty = empty | (name == folded(as_sent(dataset, field))).fill_null(value=False)
    value = as_sent(dataset, "name").fill_null("")
    nameless, asked = empty.fill_null(value=True).to_numpy(), having(dataset, "name")
    by_row = hits(dataset, nameless & asked, "name", value=value)
    return [by_row, *as_one(dataset, nameless & ~asked, "name", value="—")]


@rule(
    "ATT-12", WARNING, GROUP,
    params={"constant_rows": 10},
    it=Wording(
        title="Stesso valore in tutte le righe",
        one="Tutte le {n} righe hanno «{value}» in «{column}».",
        many="{n} colonne hanno lo stesso valore in tutte le righe.",
        fix="Controlla che l'esportazione non abbia riempito la colonna con un valore fisso.",
        why="Nome, indirizzo e superficie cambiano da un servizio all'altro: un valore unico di "
        "solito "
        "viene dall'esportazione.",
    ),
    en=Wording(
        title="Same value in every row",
        one="All {n} rows have '{value}' in '{column}'.",
        many="{n} columns have the same value in every row.",
        fix="Check that the export did not fill the column with a fixed value.",
    ),
    fails=rows(*({"name": f"Liceo {i}", "address": "Via Roma 1"} for i in range(12))),
    passes=rows(*({"name": f"Liceo {i}", "address": f"Via Roma {i}"} for i in range(12))),
)  # fmt: skip
def columns_vary(dataset: Dataset, t: Thresholds, context: RuleContext) -> Sequence[Group]:
    """Columns that should differ from row to row do: name, address, area, capacity, web site.

    One value everywhere usually comes from the export.
    """
    found = []
    for layer in dataset.layers:
        if layer.rows < t["constant_rows"]:
            continue
        # One identifier for all is UNI-01's.
        for name in ("name", "address", "area", "capacity", "url"):
            cells = as_sent(dataset, name).slice(layer.start, layer.rows)
            if name in layer.column_of and cells.n_unique() == 1 and cells[0] not in (None, ""):
                told_as = {"n": layer.rows, "value": cells[0]}
                found.append(Group(column=layer.column_of[name], layer=layer.name, params=told_as))
    return found


@rule(
    "ATT-13", WARNING, ROW,
    it=Wording(
        title="Numero fuori dal comune",
        one="Riga {row}: {column} = {value} è fuori dall'intervallo atteso {min}–{max}.",
        many="In «{column}» {n} valori sono fuori dall'intervallo atteso {min}–{max} (righe "
        "{rows}).",
        all="In «{column}» tutti i {n} valori sono fuori dall'intervallo atteso {min}–{max}: "
        "forse è "
        "un'altra unità di misura.",
        fix="Controlla l'unità di misura (m² o ettari) e il separatore delle migliaia.",
        why="Una superficie di mezzo metro o una capienza di un milione di posti di solito sono "
        "un'unità "
        "sbagliata o un punto delle migliaia letto come decimale.",
    ),
    en=Wording(
        title="Number out of the ordinary",
        one="Row {row}: {column} = {value} is outside the expected range {min}–{max}.",
        many="{n} values in '{column}' are outside the expected range {min}–{max} (rows {rows}).",
        all="All {n} values in '{column}' are outside the expected range {min}–{max}: perhaps it "
        "is "
        "another unit.",
        fix="Check the unit (m² or ha) and the thousands separator.",
    ),
    fails=row(name="Parco", area=0.4),
    passes=row(name="Parco", area=12000.0),
)  # fmt: skip
def numbers_are_believable(
    dataset: Dataset, t: Thresholds, context: RuleContext
) -> Sequence[Hits]:
    """Numbers lie in the range their column can have (the schema's minimum and maximum).

    Half a square metre or a million seats is usually a wrong unit or a misread thousands dot.
    """
    found = []
    for field in schema.FIELDS:
        if field.minimum is None or field.maximum is None:
            continue
        cells = dataset.frame[field.name]
        outside = ((cells < field.minimum) | (cells > field.maximum)).fill_null(value=False)
        if outside.any():
            limits = {"min": field.minimum, "max": field.maximum}
            found.append(hits(dataset, outside.to_numpy(), field.name, value=cells, **limits))
    return found


@rule(
    "ATT-14", WARNING, ROW,
    it=Wording(
        title="Indirizzo web o e-mail non valido",
        one="Riga {row}: «{value}» non è un indirizzo web o e-mail valido.",
        many="In «{column}» {n} indirizzi non sono validi (righe {rows}).",
        all="In «{column}» nessuno dei {n} indirizzi è valido: forse la colonna è un'altra.",
        fix="Copia l'indirizzo completo, con https://.",
        why="Il sito compare nella scheda pubblica del servizio: un indirizzo incompleto non si "
        "apre.",
    ),
    en=Wording(
        title="Web or e-mail address not valid",
        one="Row {row}: '{value}' is not a valid web or e-mail address.",
        many="{n} addresses in '{column}' are not valid (rows {rows}).",
        all="None of the {n} addresses in '{column}' is valid: perhaps it is another column.",
        fix="Copy the complete address, with https://.",
    ),
    fails=row(name="Teatro", url=Sent("vedi sito")),
    passes=row(name="Teatro", url=Sent("teatro.example", "https://teatro.example", "url_scheme")),
)  # fmt: skip
def addresses_are_well_formed(
    dataset: Dataset, t: Thresholds, context: RuleContext
) -> Sequence[Hits]:
    """Web and e-mail addresses are complete and well formed.

    The site is shown on the public page of the service, where half an address does not open.
    """
    return not_understood(dataset, of_kinds(ValueKind.URL, ValueKind.EMAIL))


@rule(
    "ATT-15", ERROR, ROW,
    it=Wording(
        title="Dati personali",
        one="Riga {row}: «{column}» sembra contenere dati personali. Il valore non viene "
        "mostrato.",
        many="In «{column}» {n} righe sembrano contenere dati personali ({rows}). I valori non "
        "vengono "
        "mostrati.",
        all="In «{column}» tutte le {n} righe sembrano contenere dati personali. I valori non "
        "vengono "
        "mostrati.",
        fix="Togli la colonna o i valori prima di caricare il file. Telefoni ed e-mail private "
        "restano "
        "fuori dalle pagine pubbliche anche se li lasci.",
        why="La banca dati è pubblica. Il codice fiscale di una persona non può entrarvi; "
        "telefoni ed "
        "e-mail private non vengono pubblicati, e lo diciamo.",
    ),
    en=Wording(
        title="Personal data",
        one="Row {row}: '{column}' seems to contain personal data. The value is not shown.",
        many="In '{column}' {n} rows seem to contain personal data ({rows}). The values are not "
        "shown.",
        all="In '{column}' all {n} rows seem to contain personal data. The values are not shown.",
        fix="Remove the column or the values before uploading. Private phones and mail stay off "
        "the "
        "public pages even if you leave them.",
    ),
    fails=row(name="Ambulatorio", notes="Responsabile: RSSMRA85T10A562S"),
    passes=row(name="Ambulatorio", notes="Codice struttura MI0123456789"),
)  # fmt: skip
def people_stay_private(dataset: Dataset, t: Thresholds, context: RuleContext) -> Sequence[Hits]:
    """No column holds the fiscal code of a person; private phones and mail are told and withheld.

    The database is public. A fiscal code (its check letter agrees) is an error; mobile phones and
    private mailboxes are never published, and this is said.
    """
    return [
        Hits(index=trace.index, column=trace.column, severity=None if trace.fiscal else INFO)
        for trace in personal.traces(dataset)
    ]
