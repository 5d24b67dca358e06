"""What the API's document says of every operation, derived here from its view: which codes it can
answer, what it takes, how its texts look. Views say the rest.

The framework loads this while views are being loaded: no module with a view may be named here.
"""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from drf_spectacular.openapi import AutoSchema
from rest_framework import serializers
from rest_framework.permissions import SAFE_METHODS

from core.bodies import MIB, ROWS, limit_of
from core.errors import DomainError
from core.shapes import ProblemSerializer, RequestBody
from sttm2.rest import PROBLEM

JSON: Final = "application/json"
#: What each code means, for the console; those of the front door are in `sttm2.front` too.
WORDS: Final[dict[int, Promise]] = {
    400: _("La richiesta non è fatta come qui è descritto, o un valore non va bene."),
    401: _("Serve un accesso, o la chiave non vale (più)."),
    403: _("Chi chiede non può farlo: mandato, permesso della chiave, secondo fattore."),
    404: _("Non c’è, o non è di chi chiede."),
    406: _("Di ciò che Accept chiede qui non c’è nulla."),
    409: _("Lo stato delle cose non lo permette (più)."),
    410: _("C’era e non c’è più."),
    411: _("Manca la lunghezza di ciò che è inviato."),
    413: _("Ciò che è inviato supera il limite di questo indirizzo."),
    415: _("Il tipo di ciò che è inviato non è fra quelli descritti."),
    422: _("La stessa Idempotency-Key è già servita per un’altra richiesta."),
    429: _("Troppe richieste in poco tempo."),
    500: _("Un nostro problema, con un riferimento da citare."),
    502: _("Il portale, o un servizio a cui si rivolge, per un momento non risponde."),
    503: _("Per un momento mancano i dati, o ci sono troppe richieste pesanti."),
    504: _("La risposta ci ha messo troppo."),
    507: _("Non c’è spazio per il file: non ne è stato conservato nulla."),
}
#: Whatever is asked: a NUL in the address, Accept, the front door, the database, ourselves.
ALWAYS: Final = (400, 406, 429, 500, 502, 503, 504)
#: Of whom an account or a key is asked.
OF_PEOPLE: Final = (401, 403)
#: Of what is sent, by its length.
OF_BODIES: Final = (411, 413)
#: Answers that say after how many seconds to ask again.
AGAIN: Final = (429, 502, 503, 504)
RETRY: Final = {"Retry-After": {"schema": {"type": "integer", "minimum": 0}}}
#: A letter that is not white: texts are trimmed.
LETTER: Final = r"\S"


def refused(view: Any, method: str) -> Iterator[type[DomainError]]:
    """The kinds of mistake that a view tells of in that method, by `refuses` of itself and of
    those that it is made from: {method: kinds}."""
    for kind in type(view).__mro__:
        yield from vars(kind).get("refuses", {}).get(method, ())


def codes(view: Any, method: str, path: str, *, takes: bool) -> list[int]:
    """Every code of a refusal that the operation can answer; `takes`: it reads a body."""
    found = {*ALWAYS, *(kind.status for kind in refused(view, method))}
    if view.authentication_classes:
        found.update(OF_PEOPLE)
    if "{" in path:
        found.add(HTTPStatus.NOT_FOUND)
    if method not in SAFE_METHODS:
        found.update(OF_BODIES)
        if limit_of(type(view)) > max(ROWS, MIB):  # it takes a file
            found.add(HTTPStatus.INSUFFICIENT_STORAGE)
    if takes:
        found.add(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    return sorted(found)


class Contract(AutoSchema):
    """An operation with every code that it can answer."""

    def get_operation(self, path: str, *args: Any) -> dict[str, Any] | None:
        operation: dict[str, Any] | None = super().get_operation(path, *args)
        if operation is None:
            return None
        said = operation["responses"]
        problem = self.resolve_serializer(ProblemSerializer, "response").ref
        takes = "requestBody" in operation
        for code in codes(self.view, self.method, path, takes=takes):
            content = {PROBLEM: {"schema": problem}}
            told: dict[str, Any] = {"description": WORDS[code], "content": content}
            if code in AGAIN:
                told["headers"] = RETRY
            said.setdefault(str(code), told)
        operation["responses"] = dict(sorted(said.items()))
        return operation

    def _map_serializer(self, serializer: Any, *args: Any, **more: Any) -> dict[str, Any]:
        """The shape that a package makes of a feature forgets that there may be no geometry."""
        said: dict[str, Any] = super()._map_serializer(serializer, *args, **more)  # type: ignore[no-untyped-call]
        place = getattr(getattr(serializer, "Meta", None), "geo_field", "")
        shape = said.get("properties", {}).get("geometry")
        if place and shape and serializer.Meta.model._meta.get_field(place).null:
            shape["nullable"] = True
        return said

    def map_parsers(self) -> list[str]:
        """JSON, where it is taken: forms of flat bodies are taken too, but say less."""
        kinds: list[str] = super().map_parsers()
        return [JSON] if JSON in kinds else kinds

    def _insert_field_validators(self, field: Any, schema: dict[str, Any]) -> None:
        super()._insert_field_validators(field, schema)  # type: ignore[no-untyped-call]
        if isinstance(field, serializers.CharField) and isinstance(field.parent, RequestBody):
            _as_trimmed(field, schema)


def _as_trimmed(field: serializers.CharField, schema: dict[str, Any]) -> None:
    """A text that may not be empty has a letter."""
    is_free = schema.get("type") == "string" and not {"pattern", "format", "enum"} & schema.keys()
    if is_free and not field.allow_blank:
        schema |= {"minLength": 1, "pattern": LETTER}
