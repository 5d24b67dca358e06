"""What the readers did or noticed that no rule speaks
of, in words: arcs made straight, titles skipped."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

WORDS: Mapping[str, str | Promise] = {
    "curves": _(
        "Curve rese linee spezzate in %(n)s geometrie: il file che hai inviato resta com'è."
    ),
    "rings-closed": _("Contorni lasciati aperti e chiusi da noi: %(n)s."),
    "geometry-unreadable": _("Geometrie che non si possono leggere: %(n)s."),
    "coordinates-as-text": _("Coordinate scritte come testo e lette come numeri: %(n)s."),
    "trailing-commas": _("Virgole in più nel GeoJSON, tolte per leggerlo: %(n)s."),
    "geojson-metric": _("Il GeoJSON ha coordinate in metri e non dice in quale sistema."),
    "mixed-encoding": _("Testi scritti in due codifiche, letti tutti: %(n)s."),
    "no-header": _("Manca la riga d'intestazione: abbiamo dato noi un nome alle colonne."),
    "blank-headers": _("Colonne senza nome, che abbiamo nominato noi: %(n)s."),
    "title-rows": _("Righe di titolo sopra la tabella, saltate: %(texts)s."),
    "blank-rows": _("Righe vuote saltate: %(n)s."),
    "quotes-unbalanced": _("Virgolette aperte e mai chiuse: le abbiamo lette come caratteri."),
    "quotes-inside": _(
        "Virgolette dentro un testo già fra virgolette, tenute come caratteri: %(n)s righe."
    ),
    "layer-name-cut": _("Il nome dello strato ha %(characters)s caratteri: ne teniamo 200."),
    "crs-alike": _(
        "Il file non dichiara il sistema di riferimento: abbiamo preso %(used)s. In %(others)s "
        "gli stessi numeri cadono entro %(m)s metri da lì: controlla sulla mappa."
    ),
    "extension-differs": _(
        "Il nome finisce in %(suffix)s ma il contenuto è %(format)s: vale il contenuto."
    ),
}


def messages_of(notes: Iterable[Mapping[str, Any]]) -> list[str]:
    """One sentence per note, in the reader's language."""
    return [_sentence(note) for note in notes if note["code"] in WORDS]


def coded(notes: Iterable[Mapping[str, Any]], language: str) -> list[dict[str, str]]:
    """The same for machines: `code` and, in "it" or "en", `message`."""
    with override("en" if language.startswith("en") else "it"):
        return [
            {"code": note["code"], "message": _sentence(note)}
            for note in notes
            if note["code"] in WORDS
        ]


def by_layer(facts: Mapping[str, Any]) -> list[tuple[str, list[str]]]:
    """Name of a layer ("" for the file as a whole) and its sentences, where there are any."""
    parts = [("", facts.get("notes", []))]
    parts += [(layer["name"], layer.get("notes", [])) for layer in facts.get("layers", [])]
    return [(name, said) for name, notes in parts if (said := messages_of(notes))]


def _sentence(note: Mapping[str, Any]) -> str:
    return str(WORDS[note["code"]]) % {
        name: _shown(value) for name, value in note["params"].items()
    }


def _shown(value: Any) -> str:
    return " · ".join(map(str, value)) if isinstance(value, list) else str(value)
