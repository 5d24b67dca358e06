"""Bodies of requests, refused in words where they hold letters that no table can keep."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import parsers
from rest_framework.exceptions import ParseError

#: The deepest body that an act of the API needs has five floors.
DEPTH = 50


def sound(body: Any, depth: int = 0) -> Any:
    """The body as it is. Raises ParseError for NUL, half letters (lone surrogates) and depth.

    PostgreSQL keeps neither in a text, and an answer that quotes half a letter cannot be sent.
    """
    if depth > DEPTH:
        raise ParseError(_("La richiesta è annidata troppo in profondità."))
    if isinstance(body, str):
        _letters(body)
    elif isinstance(body, Mapping):
        _each(body.keys(), depth)
        _each(body.values(), depth)
    elif isinstance(body, list):
        _each(body, depth)
    return body


def _each(parts: Iterable[Any], depth: int) -> None:
    for part in parts:
        sound(part, depth + 1)


def _letters(text: str) -> None:
    if "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        raise ParseError(_("Un testo contiene caratteri che non sono lettere (NUL o mezzi)."))


class JSON(parsers.JSONParser):
    """JSON whose texts can be kept."""

    def parse(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return sound(super().parse(*args, **kwargs))
        except RecursionError as error:
            raise ParseError(_("La richiesta è annidata troppo in profondità.")) from error


class Form(parsers.FormParser):
    """A form whose texts can be kept."""

    def parse(self, *args: Any, **kwargs: Any) -> Any:
        body = super().parse(*args, **kwargs)
        sound(dict(body.lists()))
        return body


class Multipart(parsers.MultiPartParser):
    """A form with files whose texts can be kept."""

    def parse(self, *args: Any, **kwargs: Any) -> Any:
        body = super().parse(*args, **kwargs)
        sound(dict(body.data.lists()))
        return body
