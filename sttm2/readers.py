"""Who only reads, and is nobody, speaks to the database as a role that can do nothing else.

Not a database router: half of what is read is SQL of our own over `django.db.connection`, which no
router is asked about. Here the connection itself is exchanged, so nothing can be forgotten.
"""

from collections.abc import Callable

from django.conf import settings
from django.db import connections
from django.http import HttpRequest, HttpResponse

from sttm2.databases import READER

Handler = Callable[[HttpRequest], HttpResponse]
READS = ("GET", "HEAD")
#: Sign-in and its returns, the administration, the choice of a language: they write. An invitation
#: is opened before there is an account, and is a person's: the reader knows nobody.
APPLICATIONS = ("/accesso/", "/admin/", "/i18n/", "/invito/")


def only_reads(request: HttpRequest) -> bool:
    """Whether nothing can come of the request but an answer: no session that would be kept alive,
    no key whose use would be noted."""
    is_somebody = (
        settings.SESSION_COOKIE_NAME in request.COOKIES or "Authorization" in request.headers
    )
    path = request.path_info.removeprefix("/en")
    return request.method in READS and not is_somebody and not path.startswith(APPLICATIONS)


class ReaderMiddleware:
    """Lends an anonymous read the reader's connection until its answer has gone, streams too."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response
        self.is_there = READER in connections.settings

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not self.is_there or not only_reads(request):
            return self.get_response(request)
        application = connections["default"]

        def give_back() -> None:
            connections["default"] = application

        connections["default"] = connections[READER]
        try:
            answer = self.get_response(request)
        except BaseException:
            give_back()
            raise
        # Called when the answer was sent, before Django looks after each of its connections.
        answer._resource_closers.append(give_back)  # type: ignore[attr-defined]
        return answer
