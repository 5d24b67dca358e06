"""What stops a request outside its view, told in words: a page, a problem document for the API.

The API's own views answer through `sttm2.rest`.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _

from core.errors import DomainError, Invalid
from sttm2.rest import PROBLEM, document

Handler = Callable[[HttpRequest], HttpResponse]
API = "/api/v1/"


def error_response(request: HttpRequest, error: DomainError) -> HttpResponse:
    """The error as who asked reads it: machines a problem document, people a page."""
    if request.path.startswith(API):
        body = document(error.status, error.code, str(error.message), **error.extra)
        return JsonResponse(body, status=error.status, content_type=PROBLEM)
    context = {"error": error, "status": error.status}
    return render(request, "error.html", context, status=error.status)


class ApiLanguageMiddleware:
    """The API speaks the language that its caller asks for; pages have theirs in the address."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith(API):
            language = translation.get_language_from_request(request)
            translation.activate(language)
            request.LANGUAGE_CODE = language
        return self.get_response(request)


class SoundAddressMiddleware:
    """Refuses an address with a NUL, which no table can hold: looking for it would break."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\0" in request.path:
            text = _("La richiesta non è fatta come il portale se la aspetta.")
            return error_response(request, Invalid("bad-request", text))
        for name, values in request.GET.lists():
            if "\0" in name or any("\0" in value for value in values):
                return error_response(request, _unsound(name, values))
        return self.get_response(request)


def _unsound(name: str, values: list[str]) -> Invalid:
    """What is wrong with a parameter, its NULs as question marks."""
    shown = {"name": name.replace("\0", "?"), "value": ", ".join(values)[:80].replace("\0", "?")}
    text = _("Il parametro «%(name)s» contiene un carattere che non è testo: «%(value)s».") % shown
    return Invalid("parameter", text, parameter=shown["name"])


class DomainErrorMiddleware:
    """One table from a person's mistake to a status and a page that says what to do."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return error_response(request, exception) if isinstance(exception, DomainError) else None
