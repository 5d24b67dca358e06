"""What stops a request outside its view, told in words: a page, a problem document for the API.

The API's own views answer through `sttm2.rest`.
"""

from collections.abc import Callable
from ipaddress import ip_address
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _

from core.away import away
from core.bodies import check_body
from core.errors import Away, DomainError, Invalid
from core.storage import no_room
from sttm2.away import away_answer
from sttm2.rest import PROBLEM, document

Handler = Callable[[HttpRequest], HttpResponse]
API = "/api/v1/"
#: Who stands where a proxy wrote no address.
NOBODY: Final = "0.0.0.0"  # noqa: S104 - nothing listens there


def error_response(request: HttpRequest, error: DomainError) -> HttpResponse:
    """The error as who asked reads it: machines a problem document, people a page."""
    answer: HttpResponse
    if request.path.startswith(API):
        body = document(error.status, error.code, str(error.message), **error.extra)
        answer = JsonResponse(body, status=error.status, content_type=PROBLEM)
    else:
        context = {"error": error, "status": error.status}
        answer = render(request, "error.html", context, status=error.status)
    if isinstance(error, Away):
        answer["Retry-After"] = str(error.retry_after)
    return answer


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
        told = exception if isinstance(exception, DomainError) else no_room(exception)
        if told is not None:
            return error_response(request, told)
        gone = away(exception)
        return away_answer(request, gone) if gone else None


class CallerAddressMiddleware:
    """Whoever asks stands in `REMOTE_ADDR`, for sign-in, throttles, locks and logs alike.

    STTM2_PROXIES says how many proxies of ours stand before us: of what they wrote into
    X-Forwarded-For the last one's word counts, counted from behind; what stands before it a
    stranger may have written. Without proxies nobody's word counts.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        told = request.META.pop("HTTP_X_FORWARDED_FOR", "")
        if settings.PROXIES and told:
            hops = told.split(",")
            request.META["REMOTE_ADDR"] = address_of(hops[-min(settings.PROXIES, len(hops))])
        if not request.META.get("REMOTE_ADDR"):  # a Unix socket
            request.META["REMOTE_ADDR"] = NOBODY
        return self.get_response(request)


def address_of(hop: str) -> str:
    """An address as a proxy writes it (with a port, in brackets), bare; what is none is
    nobody's."""
    text = hop.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        return str(ip_address(text))
    except ValueError:
        return NOBODY


class BodyLimitMiddleware:
    """Refuses a body that is longer than its address takes before any of it is read or stored:
    stands before the check of the form's token, which reads it."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        chunked = "chunked" in request.META.get("HTTP_TRANSFER_ENCODING", "").lower()
        try:
            check_body(view, request.META.get("CONTENT_LENGTH") or "", chunked=chunked)
        except DomainError as error:
            return error_response(request, error)
        return None
