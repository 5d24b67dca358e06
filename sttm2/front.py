"""The words of the front door, for what the application never hears of: files that nginx hands out
(front/nginx.conf.template), in both languages, for people and for programs."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sttm2.rest import document

#: Status -> code, title, what it means and what to do.
WORDS: Final[dict[int, tuple[str, Promise, Promise]]] = {
    400: (
        "bad-request",
        _("Richiesta non valida"),
        _("La richiesta non è fatta come il portale se la aspetta."),
    ),
    404: ("not-found", _("Pagina non trovata"), _("Questa pagina non c’è.")),
    405: (
        "method_not_allowed",
        _("Qui si può solo leggere"),
        _("Questo indirizzo si può solo leggere: non riceve nulla."),
    ),
    413: (
        "too-large",
        _("File troppo grande"),
        _(
            "Quello che hai inviato supera il limite di questo indirizzo: "
            "non ne abbiamo tenuto nulla."
        ),
    ),
    414: (
        "address-too-long",
        _("Indirizzo troppo lungo"),
        _("L’indirizzo della richiesta è troppo lungo: togli qualche filtro e riprova."),
    ),
    429: (
        "too-many",
        _("Troppe richieste"),
        _("Da qui arrivano troppe richieste in poco tempo: aspetta qualche secondo e riprova."),
    ),
    431: (
        "headers-too-large",
        _("Richiesta troppo grande"),
        _("Le intestazioni della richiesta sono troppo grandi: cancella i cookie e riprova."),
    ),
    500: (
        "internal",
        _("Un nostro problema"),
        _("Un nostro problema ha impedito la risposta: riprova fra poco."),
    ),
    502: (
        "away",
        _("Riprova fra poco"),
        _("Il portale si sta riavviando: torna da solo, riprova fra poco."),
    ),
    503: (
        "busy",
        _("Troppi file in arrivo"),
        _(
            "In questo momento arrivano troppi file, da qui o in tutto: aspetta un minuto e "
            "riprova. Di quello che hai inviato non abbiamo tenuto nulla."
        ),
    ),
    504: (
        "too-slow",
        _("Riprova fra poco"),
        _("La risposta ci mette troppo: riprova fra poco, o restringi la domanda."),
    ),
}


def files() -> Iterator[tuple[str, str]]:
    """Name and content of each file: `<status>.<language>.<html, json or mvt>`; a map that asked
    for a tile gets nothing."""
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            for status, (code, title, words) in WORDS.items():
                name = f"{status}.{language}"
                context = {"title": str(title), "words": str(words)}
                yield f"{name}.html", render_to_string("away.html", context)
                body = document(status, code, str(words))
                yield f"{name}.json", json.dumps(body, ensure_ascii=False) + "\n"
                yield f"{name}.mvt", ""


def write(folder: Path) -> int:
    """Write them all; how many there are. Whoever nginx works as must be able to read them."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)
    written = 0
    for name, content in files():
        path = folder / name
        path.write_text(content, encoding="utf-8")
        path.chmod(0o644)
        written += 1
    return written
