"""Turns a DomainError raised by a page's view into a page in words; the API has its own in
`sttm2.rest`."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from zones.errors import DomainError

Handler = Callable[[HttpRequest], HttpResponse]


class DomainErrorMiddleware:
    """One table from a person's mistake to a status and a page that says what to do."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, DomainError):
            return None
        context = {"error": exception, "status": exception.status}
        return render(request, "error.html", context, status=exception.status)
