"""Tiles of the services without a filter, answered before Django sees the request.

A map asks for dozens at a time, and the way through the middleware costs more than the tile. Here
one statement, which the server has prepared, answers version and tile together. The rest, and
whatever goes wrong here, takes the usual way (`sttm2.tiles`), whose answers this gives.
"""

import logging
import re
from collections.abc import Callable, Iterable
from functools import cache
from threading import local
from typing import Any, Final

import psycopg
from django.db import connections
from psycopg.rows import tuple_row

from services import tilesets
from sttm2.databases import READER
from sttm2.tiles import DEEPEST_ZOOM, MVT, packed, tag_of

logger = logging.getLogger(__name__)

Environ = dict[str, Any]
Headers = list[tuple[str, str]]
Start = Callable[..., Any]
Application = Callable[[Environ, Start], Iterable[bytes]]

_ADDRESS: Final = re.compile(r"/tiles/servizi/(\d{1,2})/(\d{1,9})/(\d{1,9})\.mvt")
#: Headers of a single answer; all others are the same for every tile.
_OWN: Final = {"etag", "content-type", "content-length", "content-encoding"}
_GIVEN: Final = {200, 204, 304}
#: The thread's connection that plans the statement once: left to itself the server plans it anew
#: for every tile, which costs twice as much as the tile (only prepared statements are concerned).
_plans: Final = local()


class FastTiles:
    """The WSGI application, with a short way for the tiles that are asked most."""

    def __init__(self, application: Application) -> None:
        self.application = application
        #: What every tile says beside its own headers, over HTTPS or not: as the usual way said it
        #: first.
        self._common: dict[bool, Headers] = {}

    def __call__(self, environ: Environ, start: Start) -> Iterable[bytes]:
        place = _asked(environ)
        if place is None:
            return self.application(environ, start)
        secure = "https" in (environ["wsgi.url_scheme"], environ.get("HTTP_X_FORWARDED_PROTO"))
        common = self._common.get(secure)
        if common is None:
            return self.application(environ, self._listening(secure, start))
        answer = _answer(environ, place)
        if answer is None:
            return self.application(environ, start)
        status, own, body = answer
        start(status, [*own, *common])
        return [body]

    def _listening(self, secure: bool, start: Start) -> Start:
        """Remembers what the usual way says of a tile."""

        def heard(status: str, headers: Headers, *more: Any) -> Any:
            if int(status[:3]) in _GIVEN:
                self._common[secure] = [one for one in headers if one[0].lower() not in _OWN]
            return start(status, headers, *more)

        return heard


def _asked(environ: Environ) -> tuple[int, int, int] | None:
    """Zoom, column and row, if this is a request for the short way."""
    if environ["REQUEST_METHOD"] != "GET" or environ.get("QUERY_STRING"):
        return None
    place = _ADDRESS.fullmatch(environ["PATH_INFO"])
    if place is None:
        return None
    z, x, y = (int(number) for number in place.groups())
    if not tilesets.POINTS_FROM_ZOOM <= z <= DEEPEST_ZOOM or max(x, y) >= 2**z:
        return None
    return z, x, y


@cache
def _statement() -> str:
    return tilesets.prepared_points()


def _answer(environ: Environ, place: tuple[int, int, int]) -> tuple[str, Headers, bytes] | None:
    """Status, headers and body; None if the usual way has to answer."""
    tag = environ.get("HTTP_IF_NONE_MATCH", "")
    found = _fetched((*place, tag[len(tag_of("")) - 1 : -1]))
    if found is None:
        return None
    version, body = found
    current = tag_of(version)
    own = [("ETag", current)]
    if tag == current:
        return "304 Not Modified", own, b""
    if body is None:
        return None
    own.append(("Content-Type", MVT))
    if not body:
        return "204 No Content", own, b""
    body, how = packed(body, environ.get("HTTP_ACCEPT_ENCODING", ""))
    return "200 OK", [*own, *how.items()], body


def _fetched(params: tuple[Any, ...]) -> tuple[str, bytes | None] | None:
    """The version in force and the tile: b"" where nothing stands, None if the asker has that
    version or the tile holds too many. None for both if the database did not answer."""
    django = connections[READER if READER in connections.settings else "default"]
    try:
        django.ensure_connection()
        with psycopg.RawCursor(django.connection, row_factory=tuple_row) as cursor:
            if getattr(_plans, "of", None) is not django.connection:
                cursor.execute("SET plan_cache_mode = force_generic_plan")
                # Django forbids preparing; its own cursors never do whatever this says.
                django.connection.prepare_threshold = 0
                _plans.of = django.connection
            cursor.execute(_statement(), params, prepare=True, binary=True)
            return cursor.fetchone()
    except Exception:
        logger.warning("a tile takes the usual way", exc_info=True)
        django.close()
        return None
