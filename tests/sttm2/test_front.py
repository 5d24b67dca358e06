"""The front door before a running portal: slow clients, words, whose answers it keeps."""

import os
import re
import socket
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
import requests
from django.core.management import call_command

from tests import databases
from tests.front import Front, WebBehind
from tests.throwaway import Folder

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def front(django_db_setup, django_db_blocker) -> Iterator[Front]:
    """A door that counts nobody out, and the demonstration behind it."""
    name = f"front_{uuid.uuid4().hex[:10]}"
    told = {"STTM2_FRONT_RATE": "10000", "STTM2_FRONT_CONNECTIONS": "5000"}
    told["STTM2_FRONT_UPLOADS"] = "5000"
    door = Front(**told)
    web = WebBehind(door, DATABASE_URL=databases.url_of(name), BROWSER_CACHE=name)
    try:
        with django_db_blocker.unblock():
            databases.copy(name, of="demonstration")
        door.start()
        web.ready()
        yield door
    finally:
        web.kill()
        door.remove()
        with django_db_blocker.unblock():
            databases.drop(name)


def get(door: Front, path: str, **headers: str) -> requests.Response:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return requests.get(door.address + path, headers=sent, timeout=60)


def open_socket(door: Front, data: bytes = b"", size: int = 0) -> socket.socket:
    """A connection that said so much; `size`: of its buffer, where it is to read slowly."""
    made = socket.socket()
    if size:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, size)
    made.settimeout(30)
    made.connect(("127.0.0.1", door.port))
    made.sendall(data)
    return made


SLOW = {
    "headers that never end": (b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ", 32),
    "silence": (b"", 200),
    "bodies that never end": (
        b"POST /verifica/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 500000\r\n\r\nabc",
        32,
    ),
    "readers of exports": (
        b"GET /api/v1/services/export.geojson HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        32,
    ),
}


@pytest.mark.parametrize("kind", SLOW)
def test_slow_clients_are_not_noticed_by_others(front, kind):
    """Many times more of them than the application has threads."""
    said, number = SLOW[kind]
    with ExitStack() as stack:
        for _ in range(number):
            stack.enter_context(open_socket(front, said, size=2048))
        time.sleep(1)
        for turn in range(4):
            begun = time.monotonic()
            assert get(front, f"/servizi/?q=scuola{turn}").status_code == 200
            assert time.monotonic() - begun < 10


def test_too_large_is_said_in_words_before_it_has_come(front):
    page = requests.post(f"{front.address}/en/accesso/login/", data=b"0" * 200_000, timeout=30)
    assert page.status_code == 413
    assert "over the limit of this address" in page.text
    assert 'lang="en"' in page.text
    told = requests.post(f"{front.address}/api/v1/remarks/", data=b"0" * 4_000_000, timeout=30)
    assert (told.status_code, told.json()["code"]) == (413, "too-large")
    assert told.headers["Content-Type"].startswith("application/problem+json")
    assert "Quello che hai inviato" in told.json()["detail"]


FILES = (
    b"POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: multipart/form-data; boundary=x\r\n"
    b"Content-Length: 90000000\r\n\r\nabc"
)
CHUNKED = b"PUT %s HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"


def test_files_that_never_end_are_few_at_once(front):
    """Each would lie on the disk as long as it comes, by whatever method and however its size is
    told; what is read is not counted."""
    door = Front(STTM2_FRONT_UPLOADS="3", STTM2_FRONT_RATE="10000", FRONT_APP=front.socket)
    try:
        door.start()
        with ExitStack() as stack:
            for said in (
                FILES % b"/verifica/",
                (FILES % b"/en/consegne/nuova/").replace(b"POST", b"PUT"),
                CHUNKED % b"/api/v1/checks/",
            ):
                stack.enter_context(open_socket(door, said))
            time.sleep(1)
            page = requests.post(f"{door.address}/en/verifica/", data=b"0" * 100, timeout=30)
            assert (page.status_code, page.headers["Retry-After"]) == (503, "30")
            assert "too many files are coming in" in page.text
            told = requests.post(f"{door.address}/api/v1/uploads/", data=b"0" * 100, timeout=30)
            assert (told.status_code, told.json()["code"]) == (503, "busy")
            assert get(door, "/verifica/").status_code == 200
        time.sleep(1)
        freed = requests.post(f"{door.address}/api/v1/uploads/", data=b"0" * 100, timeout=30)
        assert freed.status_code in (401, 403)
    finally:
        door.remove()


def test_files_from_everywhere_are_bounded_too(front):
    told = {"STTM2_FRONT_UPLOADS": "50", "STTM2_FRONT_UPLOADS_IN_ALL": "4"}
    door = Front(**told, STTM2_FRONT_RATE="10000", FRONT_APP=front.socket)
    try:
        door.start()
        with ExitStack() as stack:
            for _ in range(4):
                stack.enter_context(open_socket(door, FILES % b"/verifica/"))
            time.sleep(1)
            page = requests.post(f"{door.address}/verifica/", data=b"0" * 100, timeout=30)
            assert page.status_code == 503
            assert "arrivano troppi file" in page.text
    finally:
        door.remove()


@pytest.mark.parametrize(
    ("said", "status", "words"),
    [
        (b"GET /en/ HTTP/1.1\r\n\r\n", b"400", b"not made as the portal expects"),
        (b"GET /en/ HTTP/1.1\r\nHost: a\r\nX-Long: %s\r\n\r\n", b"431", b"delete the cookies"),
        (b"GET /%s HTTP/1.1\r\nHost: a\r\n\r\n", b"414", "è troppo lungo".encode()),
        (b"TRACE / HTTP/1.1\r\nHost: a\r\n\r\n", b"405", "si può solo leggere".encode()),
        (b"GET /api/v1/ HTTP/1.1\r\nAccept-Language: en\r\n\r\n", b"400", b'"bad-request"'),
    ],
)  # fmt: skip
def test_what_nginx_refuses_by_itself_it_refuses_in_our_words(front, said, status, words):
    with open_socket(front, said.replace(b"%s", b"x" * 40_000)) as caller:
        answer = b""
        while part := caller.recv(65536):
            answer += part
            if words in answer:
                break
    assert answer.split(b" ", 2)[1] == status
    assert words in answer
    assert b"<center>" not in answer


def test_who_is_counted_as_one():
    """A proxy may tell IPv4 as IPv6; of IPv6 a whole network is one customer's."""
    limits = {"STTM2_FRONT_RATE": "1", "STTM2_FRONT_BURST": "2"}
    door = Front(STTM2_FRONT_TRUSTED="127.0.0.1", **limits)

    def refused(asker: str) -> bool:
        told = [get(door, "/x", X_Forwarded_For=asker).status_code for _ in range(4)]
        return 429 in told

    try:
        door.start()
        assert refused("::ffff:203.0.113.1")
        assert get(door, "/x", X_Forwarded_For="203.0.113.1").status_code == 429
        assert get(door, "/x", X_Forwarded_For="::ffff:203.0.113.2").status_code != 429
        assert refused("2001:db8:1:2::1")
        assert get(door, "/x", X_Forwarded_For="2001:db8:1:2::2").status_code == 429
        assert get(door, "/x", X_Forwarded_For="2001:db8:1:3::1").status_code != 429
    finally:
        door.remove()


def test_nobody_gets_a_page_that_was_made_for_somebody(front):
    """Not with a session, a key, a message, nor with a form's token."""
    login = [get(front, "/accesso/login/") for _ in range(2)]
    tokens = [re.search(r'csrfmiddlewaretoken" value="([^"]+)', page.text)[1] for page in login]
    assert tokens[0] != tokens[1]
    assert all("csrftoken" in page.headers["Set-Cookie"] for page in login)
    marked = {"Cookie": "sessionid=nobodys"}
    for headers in (marked, {"Authorization": "Bearer sttm2_nobodys_key"}):
        get(front, "/?mine=1", **headers)
        assert get(front, "/?mine=1").headers.get("Set-Cookie") is None


def test_each_asks_in_a_language_a_form_and_a_packing_of_their_own(front):
    wrong = "/api/v1/services/?limit=no"
    words = {get(front, wrong, Accept_Language=one).text for one in ("it", "en")}
    assert len(words) == 2
    tile = "/tiles/comuni/8/134/91.mvt"
    packed = get(front, tile, Accept_Encoding="gzip")
    plain = get(front, tile, Accept_Encoding="identity")
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert packed.content == plain.content  # unpacked by the client


def test_what_is_kept_is_asked_anew_and_mostly_unchanged(front):
    tile = "/tiles/comuni/8/134/91.mvt"
    tag = get(front, tile).headers["ETag"]
    assert get(front, tile, If_None_Match=tag).status_code == 304
    time.sleep(1.5)
    again = get(front, tile)
    assert (again.status_code, again.headers["ETag"]) == (200, tag)


def test_a_part_of_a_file_can_be_asked_for(front):
    part = get(front, "/tiles/comuni/8/134/91.mvt", Range="bytes=0-9", Accept_Encoding="identity")
    assert (part.status_code, len(part.content)) == (206, 10)


def test_who_asks_too_often_is_told_so(front):
    """One address is counted out at a door with narrow limits; the words are ours."""
    door = Front(STTM2_FRONT_RATE="1", STTM2_FRONT_BURST="2")
    try:
        door.start()
        told = [get(door, "/en/servizi/") for _ in range(6)]
        assert {page.status_code for page in told} == {429, 502}
        refused = next(page for page in told if page.status_code == 429)
        assert re.fullmatch(r'"client";q=\d+;w=1', refused.headers["RateLimit-Policy"])
        assert "Too many requests" in refused.text
        assert refused.headers["Retry-After"] == "5"
        assert refused.headers["Cache-Control"] == "private, no-store"
        away = next(page for page in told if page.status_code == 502)
        assert "starting again" in away.text
        tile = get(door, "/tiles/comuni/8/134/91.mvt")
        assert (tile.status_code, tile.content) == (429, b"")
    finally:
        door.remove()


def test_readiness_is_counted_and_static_files_are_not():
    """The first looks at the database; the others are answered by the door, in words too."""
    door = Front(STTM2_FRONT_RATE="1", STTM2_FRONT_BURST="2")
    try:
        door.start()
        missing = [get(door, "/static/nothing.css") for _ in range(6)]
        assert {page.status_code for page in missing} == {404}
        assert "Pagina non trovata" in missing[0].text
        assert {get(door, "/healthz").status_code for _ in range(6)} == {502}
        assert 429 in {get(door, "/readyz").status_code for _ in range(6)}
    finally:
        door.remove()


def test_the_door_tells_no_address_that_is_a_secret():
    door = Front()
    try:
        door.start()
        assert get(door, "/invito/a-secret-of-somebody/").status_code == 502
        assert "a-secret-of-somebody" not in door.told_by_nginx.read_text()
    finally:
        door.remove()


@pytest.fixture
def collected(settings) -> Iterator[Path]:
    """Static files, made by somebody who gives others nothing."""
    folder = Folder()
    settings.STATIC_ROOT = folder.path / "static"
    usual = os.umask(0o077)
    try:
        call_command("collectstatic", interactive=False, verbosity=0)
        yield settings.STATIC_ROOT
    finally:
        os.umask(usual)
        folder.remove()


def test_static_files_are_read_by_the_door_whoever_it_works_as(collected):
    modes = {path.is_dir(): set() for path in collected.rglob("*")}
    for path in (collected, *collected.rglob("*")):
        modes[path.is_dir()].add(oct(path.stat().st_mode & 0o777))
    assert modes == {True: {"0o755"}, False: {"0o644"}}
    door = Front(FRONT_STATIC=str(collected))
    try:
        door.start()
        found = get(door, "/static/build/main.css")
        assert (found.status_code, found.headers["Content-Type"]) == (200, "text/css")
    finally:
        door.remove()


def test_uploaded_files_stay_private(settings):
    kept = (settings.FILE_UPLOAD_PERMISSIONS, settings.FILE_UPLOAD_DIRECTORY_PERMISSIONS)
    assert kept == (0o600, 0o700)


KEPT = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nCache-Control: no-store\r\n\r\nok"


@contextmanager
def application_of(door: Front) -> Iterator[socket.socket]:
    """Where the door knocks, to be answered by the test."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(door.socket)
        listener.listen()
        listener.settimeout(30)
        door.folder.path.joinpath("app/web.sock").chmod(0o777)
        yield listener


def hang_up_at_the_second(listener: socket.socket) -> None:
    """An application whose connections rest open, and which ends as the next request comes."""
    for _connection in range(3):
        caller, _address = listener.accept()
        with caller:
            caller.recv(65536)
            caller.sendall(KEPT)
            caller.recv(65536)


def test_a_read_survives_an_application_that_hangs_up():
    door = Front()
    try:
        door.start()
        with application_of(door) as listener:
            threading.Thread(target=hang_up_at_the_second, args=[listener], daemon=True).start()
            # One connection, so one process of nginx: each holds its own to the application.
            with requests.Session() as visitor:
                told = [
                    visitor.get(f"{door.address}/x{turn}", timeout=60).status_code
                    for turn in range(3)
                ]
        assert told == [200, 200, 200]
    finally:
        door.remove()


def test_the_application_holds_a_connection_that_rests(front):
    """Longer than the two seconds that gunicorn would by itself."""
    asked = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    with socket.socket(socket.AF_UNIX) as caller:
        caller.settimeout(30)
        caller.connect(front.socket)
        for pause in (4, 0):
            caller.sendall(asked)
            assert caller.recv(65536).startswith(b"HTTP/1.1 200")
            time.sleep(pause)


def test_the_door_alone_says_who_asks(front):
    """What a client writes of itself is not handed on; nothing of it reaches the application."""
    heard: list[bytes] = []
    door = Front()
    try:
        door.start()
        with (
            application_of(door) as listener,
            open_socket(
                door,
                b"GET /x HTTP/1.1\r\nHost: portale.example\r\nX-Forwarded-For: 8.8.8.8\r\n"
                b"X-Forwarded-Proto: https\r\nX-Forwarded-Host: evil.example\r\n"
                b"Forwarded: for=8.8.8.8\r\n\r\n",
            ),
        ):
            caller, _address = listener.accept()
            with caller:
                caller.settimeout(30)
                heard.append(caller.recv(65536))
    finally:
        door.remove()
    (request,) = heard
    assert b"X-Forwarded-For: 127.0.0.1\r\n" in request
    assert b"X-Forwarded-Proto: http\r\n" in request
    assert b"Host: portale.example\r\n" in request
    assert b"8.8.8.8" not in request
    assert b"evil" not in request
