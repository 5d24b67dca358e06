"""The public rule book, made from the catalogue of
rules: words, examples, how to mend, since when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.errors import NotFound
from deliveries.reports.wording import language
from validator import schema
from validator.rules import registry
from validator.rules.examples import Example, SentCell
from validator.rules.registry import Rule

Text = str | Promise

FAMILY_WORDS: dict[str, Text] = {
    "FIL": _("Il file o l'archivio"),
    "CRS": _("Sistema di riferimento e posizione dello strato"),
    "STR": _("Struttura della tabella"),
    "ATT": _("Valori di una riga"),
    "UNI": _("Identificativi e righe ripetute"),
    "GEO": _("Geometria di una riga"),
    "SEM": _("Significato e criteri di sovracomunalità"),
    "CMP": _("Confronto con quanto è già accettato"),
    "DOC": _("Atto, date e referente"),
    "SYS": _("Il controllo stesso"),
}
_TABLE_QGIS = _(
    "Apri la tabella degli attributi (F6), attiva la modifica, correggi la cella e salva; per "
    "molte righe usa il calcolatore di campi."
)
_TABLE_SHEET = _(
    "Correggi la cella e salva. Codici e date vanno tenuti come testo, non come numeri."
)
IN_QGIS: dict[str, Text] = {
    "FIL": _(
        "Tasto destro sullo strato, Esporta, Salva elementi con nome: scegli GeoPackage e UTF-8."
    ),
    "CRS": _(
        "Tasto destro sullo strato, SR dello strato, Imposta: scegli il sistema giusto; poi "
        "esporta in EPSG:32632."
    ),
    "STR": _(
        "Proprietà dello strato, Campi: rinomina o aggiungi la colonna; poi esporta in GeoPackage."
    ),
    "ATT": _TABLE_QGIS,
    "UNI": _("Apri la tabella, ordina per la colonna e cerca i doppioni; elimina o rinumera."),
    "GEO": _(
        "Vettore, Strumenti di geometria, Verifica validità; poi Correggi geometrie, oppure "
        "sposta i vertici con lo strumento dei nodi."
    ),
    "SEM": _TABLE_QGIS,
    "CMP": _("Scarica da qui lo stato in vigore, aprilo accanto al tuo strato e confrontali."),
}
IN_SHEET: dict[str, Text] = {
    "FIL": _("Salva come .xlsx, oppure come CSV UTF-8 con punto e virgola."),
    "CRS": _("Aggiungi una colonna «Sistema di riferimento» con il codice EPSG delle coordinate."),
    "STR": _("Una sola riga d'intestazione, un nome diverso per colonna, nessuna cella unita."),
    "ATT": _TABLE_SHEET,
    "UNI": _("Formattazione condizionale, valori duplicati, sulla colonna dell'identificativo."),
    "GEO": _("Correggi le coordinate nelle colonne X e Y; le aree vanno corrette in un GIS."),
    "SEM": _TABLE_SHEET,
    "CMP": _("Scarica da qui lo stato in vigore e confronta per identificativo."),
}


@dataclass(frozen=True)
class Entry:
    """One rule in the list."""

    code: str
    title: str
    severity: str
    severity_label: str


@dataclass(frozen=True)
class Family:
    """One family with its rules."""

    code: str
    words: Text
    entries: Sequence[Entry]


@dataclass(frozen=True)
class Shown:
    """An example as a table; `notes` are the facts that are not cells."""

    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    notes: Sequence[str]


@dataclass(frozen=True)
class Page:
    """One rule in full."""

    entry: Entry
    family: Text
    why: str
    messages: Sequence[str]
    fix: str
    in_qgis: Text
    in_sheet: Text
    fails: Shown
    passes: Shown
    mandatory: bool
    thresholds: Sequence[tuple[str, float]]
    since: str


def version() -> str:
    """The published version of the rule set."""
    return registry.RULE_SET_VERSION


def published() -> date:
    """The day of the rule set."""
    return registry.RULE_SET_DATE


def families() -> list[Family]:
    """The whole catalogue, family by family."""
    rules = registry.registered()
    return [
        Family(code, FAMILY_WORDS[code], [_entry(r) for r in rules if r.family == code])
        for code in registry.FAMILIES
        if any(r.family == code for r in rules)
    ]


def _entry(rule: Rule) -> Entry:
    title = _blank(rule.wording(language()).title)
    return Entry(rule.code, title, rule.severity.value, rule.severity.label(language()))


def page(code: str) -> Page:
    """One rule. Raises NotFound."""
    try:
        rule = registry.get(code.upper())
    except KeyError as error:
        raise NotFound("rule-unknown", _("Non c'è nessuna regola con questo codice.")) from error
    wording = rule.wording(language())
    sentences = dict.fromkeys(form for form in (wording.one, wording.many, wording.all) if form)
    return Page(
        entry=_entry(rule),
        family=FAMILY_WORDS[rule.family],
        why=rule.why(language()),
        messages=[_blank(form) for form in sentences],
        fix=_blank(wording.fix),
        in_qgis=IN_QGIS.get(rule.family, ""),
        in_sheet=IN_SHEET.get(rule.family, ""),
        fails=_shown(rule.fails),
        passes=_shown(rule.passes),
        mandatory=rule.mandatory,
        thresholds=sorted(rule.params.items()),
        since=rule.since,
    )


def _blank(text: str) -> str:
    """Placeholders as an ellipsis: the page shows the sentence, not one case of it."""
    return text.format_map(_Ellipsis())


class _Ellipsis(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "…"


def _shown(example: Example) -> Shown:
    names = list(dict.fromkeys(name for row in example.rows for name in row if _is_cell(name)))
    header = [
        schema.BY_NAME[name].label(language()) if schema.is_field(name) else _word(name)
        for name in names
    ]
    rows = [[_cell(_sent(row, name)) for name in names] for row in example.rows]
    notes = [f"{note.code}: {_params(note.params)}" for note in example.notes]
    notes += [
        f"{_('riparazione')}: {_cell(one.get('area_before'))} → {_cell(one.get('area_after'))} m²"
        for one in example.repairs
    ]
    if example.crs.declared != example.crs.used:
        notes.append(f"EPSG:{example.crs.declared or '—'} → EPSG:{example.crs.used or '—'}")
    notes += list(example.others)
    return Shown(header, rows, notes)


def _sent(row: Mapping[str, Any], name: str) -> Any:
    """A cell as it was sent: of a shape that was repaired, the shape before."""
    return row.get("sent", row.get(name)) if name == "geometry" else row.get(name)


def _is_cell(name: str) -> bool:
    return schema.is_field(name) or name in ("geometry", "kind")


def _word(name: str) -> str:
    return str({"geometry": _("Geometria"), "kind": _("Tipo riconosciuto")}[name])


def _cell(value: Any) -> str:
    text = value.text if isinstance(value, SentCell) else value
    if text is None:
        return "—"
    text = str(text)
    return text if len(text) <= 90 else f"{text[:88]}…"


def _params(params: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in params.items())
