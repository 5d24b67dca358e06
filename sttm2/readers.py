"""Who only reads, and is nobody, speaks to the database as a role that can do nothing else.

Not a database router: half of what is read is SQL of our own over `django.db.connection`, which no
router is asked about. Here the connection itself is exchanged, so nothing can be forgotten.
"""

from collections.abc import Callable
from importlib import import_module

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.db import connections
from django.http import HttpRequest, HttpResponse

from sttm2.databases import READER
from sttm2.public import API, is_open

Handler = Callable[[HttpRequest], HttpResponse]
READS = ("GET", "HEAD")
#: Sign-in and its returns, the administration, the choice of a language: they write. An invitation
#: is opened before there is an account, and is a person's: the reader knows nobody.
APPLICATIONS = ("/accesso/", "/admin/", "/i18n/", "/invito/")
#: Answered without a look at any session.
OPEN = ("/tiles/", "/static/", "/healthz", "/readyz")


def only_reads(request: HttpRequest) -> bool:
    """Whether nothing can come of the request but an answer: no session that would be kept alive,
    no key whose use would be noted. What somebody merely writes into a cookie or a header counts
    for nothing."""
    path = request.path_info.removeprefix("/en")
    if request.method not in READS or path.startswith(APPLICATIONS):
        return False
    if path.startswith(OPEN):
        return True
    if path.startswith(API):
        return not _says_who(request) or is_open(request.path_info)
    return settings.SESSION_COOKIE_NAME not in request.COOKIES


def _says_who(request: HttpRequest) -> bool:
    """A key is looked at by the views of the API that ask for one, before they do anything."""
    return settings.SESSION_COOKIE_NAME in request.COOKIES or "Authorization" in request.headers


class _Session:
    """What a page's cookie names: whether there is such a session, and whether it is somebody's.
    The one statement that the application's role makes for a stranger."""

    def __init__(self, key: str) -> None:
        engine = import_module(settings.SESSION_ENGINE)
        self._kept = engine.SessionStore(key)
        self.is_somebodys = SESSION_KEY in self._kept
        self.exists = self._kept.session_key is not None


def _forget_nobody(request: HttpRequest) -> bool:
    """Take the cookie of a session that is nobody's from a page that is only read, so that nothing
    looks for it with the reader's role; whether the browser may forget it too."""
    name = settings.SESSION_COOKIE_NAME
    path = request.path_info.removeprefix("/en")
    is_page = not path.startswith((*APPLICATIONS, *OPEN, API))
    if name not in request.COOKIES or request.method not in READS or not is_page:
        return False
    found = _Session(request.COOKIES[name])
    if not found.is_somebodys:
        del request.COOKIES[name]
    return not found.exists


class ReaderMiddleware:
    """Lends an anonymous read the reader's connection until its answer has gone, streams too."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response
        self.is_there = READER in connections.settings

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not self.is_there:
            return self.get_response(request)
        forgets = _forget_nobody(request)
        answer = self._read(request) if only_reads(request) else self.get_response(request)
        if forgets:
            answer.delete_cookie(settings.SESSION_COOKIE_NAME, samesite="Lax")
        return answer

    def _read(self, request: HttpRequest) -> HttpResponse:
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
