"""The short way of tiles gives what the usual way gives, byte by byte, and fewer questions."""

import io
from collections.abc import Iterator

import pytest
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import OperationalError, close_old_connections, connection, connections
from django.test.utils import CaptureQueriesContext

from services import tilesets
from sttm2.fast_tiles import FastTiles
from tests.services.catalogue import Thing, grid, publish
from tests.sttm2.test_tiles import place, url

pytestmark = pytest.mark.django_db
GZIP = {"HTTP_ACCEPT_ENCODING": "gzip, br"}


class Way:
    """A WSGI application, asked as a server asks it."""

    def __init__(self, application) -> None:
        self.application = application

    def get(self, address: str, method: str = "GET", **headers: str):
        """Status, headers in order of their names, body."""
        path, _mark, query = address.partition("?")
        said = []
        environ = {
            "REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": query,
            "SERVER_NAME": "testserver", "SERVER_PORT": "80", "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(), "REMOTE_ADDR": "127.0.0.1", **headers,
        }  # fmt: skip
        answer = self.application(environ, lambda *told: said.append(told))
        body = b"".join(answer)
        getattr(answer, "close", lambda: None)()
        status, found = said[0][:2]
        return status, sorted((name.title(), value) for name, value in found), body


@pytest.fixture
def usual() -> Iterator[Way]:
    """Between its requests the connection stays, as for Django's own client."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield Way(get_wsgi_application())
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def short(usual) -> Way:
    """One that has heard what a tile says."""
    way = Way(FastTiles(usual.application))
    way.get(url("servizi", 12))
    return way


def asked(way: Way, address: str, **headers: str) -> tuple:
    """The answer, and how many questions Django's connection was asked for it."""
    with CaptureQueriesContext(connection) as questions:
        return way.get(address, **headers), len(questions)


@pytest.mark.parametrize("zoom", [12, 14, 16, 19, 22])
@pytest.mark.parametrize("headers", [{}, GZIP], ids=["plain", "gzip"])
def test_both_ways_give_the_same(usual, short, zoom, headers):
    publish([*grid(60, Thing("Biblioteca")), Thing("Lontano", lon=9.6, lat=45.4)])
    for address in (url("servizi", zoom), f"/tiles/servizi/{zoom}/0/0.mvt"):
        expected = usual.get(address, **headers)
        found, questions = asked(short, address, **headers)
        assert found == expected
        assert questions == 0


def test_who_has_the_current_tile_hears_so_until_something_is_published(usual, short):
    publish(grid(9, Thing("Biblioteca")))
    address = url("servizi", 14)
    tag = dict(short.get(address)[1])["Etag"]
    found, questions = asked(short, address, HTTP_IF_NONE_MATCH=tag)
    assert found == usual.get(address, HTTP_IF_NONE_MATCH=tag)
    assert (found[0], questions) == ("304 Not Modified", 0)
    publish([Thing("Nuova", lon=9.235, lat=45.535)])
    anew = short.get(address, HTTP_IF_NONE_MATCH=tag)
    assert anew[0] == "200 OK"
    assert anew == usual.get(address, HTTP_IF_NONE_MATCH=tag)


def test_a_tile_that_holds_too_many_is_counted_in_cells(usual, short, monkeypatch):
    publish(grid(60, Thing("Biblioteca")))
    monkeypatch.setattr(tilesets, "MANY", 20)
    monkeypatch.setattr("sttm2.fast_tiles._statement", tilesets.prepared_points)
    address = url("servizi", 12)
    found, questions = asked(short, address)
    assert found == usual.get(address)
    assert questions > 0


@pytest.mark.parametrize(
    "address",
    [
        url("servizi", 14, "?status=esistente"),
        url("servizi", 14, "?wrong=1"),
        url("servizi", 9),
        url("comuni", 14),
        "/tiles/servizi/23/0/0.mvt",
        "/tiles/servizi/12/4096/0.mvt",
        "/tiles/servizi/99/0/0.mvt",
        f"/tiles/nessuno/{place(14)}.mvt",
    ],
)
def test_all_else_takes_the_usual_way(usual, short, address):
    publish(grid(9, Thing("Biblioteca")))
    for method in ("GET", "HEAD", "POST"):
        assert short.get(address, method) == usual.get(address, method)


def test_a_question_that_fails_takes_the_usual_way(usual, short, monkeypatch):
    """Whatever the reason: the usual way knows the words for it."""
    publish(grid(9, Thing("Biblioteca")))
    closed = []
    monkeypatch.setattr(type(connections["default"]), "close", lambda self: closed.append(1))

    def failing() -> str:
        raise OperationalError

    monkeypatch.setattr("sttm2.fast_tiles._statement", failing)
    address = url("servizi", 14)
    assert short.get(address) == usual.get(address)
    assert closed
