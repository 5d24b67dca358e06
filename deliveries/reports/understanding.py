"""«Cosa abbiamo capito»: per layer the reference
system, the columns and what was changed by itself."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deliveries.models import Delivery, StagedRow
from deliveries.reports import noticed
from deliveries.reports.wording import language
from validator import schema

SHOWN_CHANGES = 5
Text = str | Promise

CHANGE_WORDS: dict[str, Text] = {
    "blank": gettext_lazy("celle con «-», «n.d.» o simili lette come vuote"),
    "trimmed": gettext_lazy("spazi tolti all'inizio o alla fine"),
    "number": gettext_lazy("numeri scritti all'italiana letti come numeri"),
    "date": gettext_lazy("date lette e scritte in un modo solo"),
    "word": gettext_lazy("parole ricondotte a quelle dello schema"),
    "istat_zero": gettext_lazy("codici ISTAT completati con lo zero iniziale"),
    "istat_former": gettext_lazy("codici ISTAT di Comuni soppressi letti come quelli di oggi"),
    "url_scheme": gettext_lazy("indirizzi web completati con https:// o presi dal collegamento"),
    "mojibake": gettext_lazy("accenti corrotti riparati"),
    "zero_unknown": gettext_lazy("zeri letti come «non noto»"),
    "layer_status": gettext_lazy("stato preso dal nome dello strato"),
    "coordinate": gettext_lazy("coordinate scritte come testo lette come numeri"),
    "repaired": gettext_lazy("geometrie riparate"),
    "flattened": gettext_lazy("quote tolte alle geometrie"),
    "edited": gettext_lazy("celle corrette da te"),
}
CRS_WHY: dict[str, Text] = {
    "declared": gettext_lazy("lo dichiara il file"),
    "declared_else": gettext_lazy(
        "il file ne dichiara un altro, ma con quello i dati cadono lontano"
    ),
    "absent": gettext_lazy("il file non lo dichiara"),
    "absent_far": gettext_lazy(
        "il file non lo dichiara: è l'unico che porta i dati in Italia, ma lontano da chi consegna"
    ),
    "overridden": gettext_lazy("l'hai scelto tu"),
    "far": gettext_lazy("lo dichiara il file, ma i dati cadono lontano da chi consegna"),
    "no_geometry": gettext_lazy("lo strato non ha posizioni"),
    "unrecognised": gettext_lazy("non siamo riusciti a riconoscerlo: sceglilo tu"),
}


@dataclass(frozen=True)
class RecognisedColumn:
    """One column as sent and the field it was taken for. `key` names its select in the form."""

    key: str
    name: str
    field: str
    field_label: str
    confidence: int
    samples: Sequence[str]
    is_doubtful: bool
    origin: str
    alternatives: Sequence[str]

    @property
    def examples(self) -> str:
        """A few samples in one line."""
        return " · ".join(self.samples[:3])


@dataclass(frozen=True)
class RecognisedLayer:
    """One layer that was read."""

    name: str
    rows: int
    encoding: str
    crs_declared: str
    crs_used: str
    crs_why: Text
    crs_chosen: int | None
    noticed: Sequence[str]
    columns: Sequence[RecognisedColumn]

    @property
    def asked(self) -> list[RecognisedColumn]:
        return [column for column in self.columns if column.is_doubtful]

    @property
    def matched(self) -> list[RecognisedColumn]:
        return [column for column in self.columns if not column.is_doubtful and column.field]

    @property
    def aside(self) -> list[RecognisedColumn]:
        return [column for column in self.columns if not column.is_doubtful and not column.field]


@dataclass(frozen=True)
class ChangeLine:
    """Automatic changes of one sort: how many, some of them, and whether they are undone."""

    change: str
    words: Text
    count: int
    examples: Sequence[tuple[str, str]]
    is_undone: bool


def crs_why(crs: Mapping[str, Any]) -> Text:
    """Why a layer has the reference system that was used, and where its rows fall with it."""
    why = crs.get("why") or {}
    said = CRS_WHY.get(why.get("code", ""), "")
    if why.get("code") not in ("declared", "absent") or crs.get("km") is None:
        return said
    return f"{said}; {_where(crs['km'], why.get('params', {}).get('share_municipality', 0))}"


def _where(km: float, share: float) -> str:
    """Where rows fall. `km`: from the territory to their middle; `share` of them in the comune or
    near it."""
    if km:
        text = _("con questo i dati cadono a %(km)s km dal territorio di chi consegna")
        return text % {"km": formats.number_format(km, 1)}
    if share >= 1:
        return _("con questo i dati cadono nel Comune o lì accanto")
    if share:
        return _("con questo i dati cadono in parte nel Comune")
    return _("con questo i dati cadono nel territorio di chi consegna")


def layers(delivery: Delivery) -> list[RecognisedLayer]:
    """What was understood of each layer."""
    facts = {layer["name"]: layer for layer in delivery.facts.get("layers", [])}
    confirmed = delivery.mapping_confirmed_at is not None
    return [
        _layer(str(number), name, known, facts.get(name, {}), confirmed=confirmed)
        for number, (name, known) in enumerate(delivery.mapping.items())
    ]


def _layer(
    key: str, name: str, known: Mapping[str, Any], facts: Mapping[str, Any], *, confirmed: bool
) -> RecognisedLayer:
    crs = facts.get("crs") or {}
    chosen = (crs.get("why") or {}).get("code") == "overridden"
    return RecognisedLayer(
        name=name,
        rows=facts.get("rows", 0),
        encoding=facts.get("encoding", ""),
        crs_declared=_epsg(crs.get("declared")) or crs.get("declared_name", ""),
        crs_used=_epsg(crs.get("used")),
        crs_why=crs_why(crs),
        crs_chosen=crs.get("used") if chosen else None,
        noticed=noticed.messages_of(facts.get("notes", [])),
        columns=[
            _column(f"{key}-{number}", match, confirmed=confirmed)
            for number, match in enumerate(known.get("columns", []))
        ],
    )


def _epsg(code: int | None) -> str:
    return f"EPSG:{code}" if code else ""


def _column(key: str, match: Mapping[str, Any], *, confirmed: bool) -> RecognisedColumn:
    field = match.get("field") or ""
    return RecognisedColumn(
        key=key,
        name=match["column"],
        field=field,
        field_label=schema.BY_NAME[field].label(language()) if schema.is_field(field) else "",
        confidence=round(100 * match.get("confidence", 0)),
        samples=match.get("samples", []),
        is_doubtful=bool(match.get("doubtful")) and not confirmed,
        origin=match.get("origin", ""),
        alternatives=match.get("alternatives", []),
    )


def doubtful(delivery: Delivery) -> int:
    """How many columns the comune is still asked about."""
    return sum(len(layer.asked) for layer in layers(delivery))


def changes(delivery: Delivery) -> list[ChangeLine]:
    """Automatic changes by sort, most frequent first, with a few examples."""
    counts: Counter[str] = Counter(delivery.facts.get("autofixes", {}))
    undone = set(delivery.options.get("undone", []))
    examples = _examples(delivery) if counts else {}
    sorts = [*counts, *(name for name in undone if name not in counts)]
    lines = [
        ChangeLine(
            change=name,
            words=CHANGE_WORDS.get(name, name),
            count=counts[name],
            examples=examples.get(name, []),
            is_undone=name in undone,
        )
        for name in sorts
    ]
    return sorted(lines, key=lambda line: (-line.count, line.change))


def _examples(delivery: Delivery) -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    rows = StagedRow.objects.of(delivery).exclude(autofixes=[]).order_by("layer", "row")
    for fixes in rows.values_list("autofixes", flat=True)[:500]:
        for fix in fixes:
            shown = found.setdefault(fix["change"], [])
            pair = (str(fix.get("before") or ""), str(fix.get("after") or _("vuoto")))
            if len(shown) < SHOWN_CHANGES and pair not in shown:
                shown.append(pair)
    return found


def chosen_fields(
    delivery: Delivery, typed: Mapping[str, str]
) -> dict[str, dict[str, str | None]]:
    """layer -> column -> field (None: kept aside),
    from the selects of the form over what is known."""
    chosen: dict[str, dict[str, str | None]] = {}
    for layer in layers(delivery):
        fields: dict[str, str | None] = {}
        for column in layer.columns:
            field = typed.get(f"c-{column.key}", column.field)
            fields[column.name] = field if schema.is_field(field) else None
        chosen[layer.name] = fields
    return chosen
