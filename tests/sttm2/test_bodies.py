"""What is too long is refused before any of it is stored, in words, by page and API."""

import http.client
import json
import re
import subprocess
from functools import cache

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import resolve
from django.views.generic import RedirectView

from core import bodies
from people.tokens import issue_token
from tests.house.tree import ROOT
from tests.routes import PLACE, routes

LONG = str(300 * 1024 * 1024)


def asked(site, path: str, headers: dict[str, str]) -> tuple[int, str, str]:
    """What answers to headers alone: nothing of the body is ever sent."""
    there = http.client.HTTPConnection(site.thread.host, site.thread.port, timeout=20)
    there.putrequest("POST", path)
    for name, value in headers.items():
        there.putheader(name, value)
    there.endheaders()
    answer = there.getresponse()
    told = answer.status, answer.getheader("Content-Type"), answer.read().decode()
    there.close()
    return told


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/accesso/login/", "supera il limite di 16 kB"),
        ("/en/accesso/login/", "over the limit of 16 kB"),
        ("/accesso/password/reset/", "supera il limite di 16 kB"),
        ("/verifica/", "supera il limite di 101 MB"),
        ("/consegne/nuova/", "supera il limite di 101 MB"),
        ("/i18n/setlang/", "supera il limite di 128 kB"),
    ],
)
def test_a_page_says_so_before_a_byte_of_it_has_come(live_site, path, words):
    kind = "multipart/form-data; boundary=x"
    status, _type, text = asked(live_site, path, {"Content-Length": LONG, "Content-Type": kind})
    assert status == 413
    assert words in text


@pytest.mark.parametrize("path", ["/api/v1/uploads/", "/api/v1/checks/", "/api/v1/notices/read/"])
def test_the_api_says_so_too(live_site, path):
    headers = {"Content-Length": LONG, "Content-Type": "application/json"}
    status, kind, text = asked(live_site, path, headers)
    assert (status, kind) == (413, "application/problem+json")
    assert json.loads(text)["code"] == "too-large"
    english = asked(live_site, path, {**headers, "Accept-Language": "en"})[2]
    assert "over the limit" in english


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/accesso/login/", "/api/v1/checks/"])
def test_a_body_that_does_not_say_its_length_is_refused(path):
    answer = Client().post(path, headers={"Transfer-Encoding": "chunked"}, CONTENT_LENGTH="")
    assert answer.status_code == 411
    assert "Content-Length" in answer.content.decode()


@pytest.mark.django_db
def test_a_file_within_the_limit_passes(cast, settings):
    settings.UPLOAD_MAX_BYTES = 200_000
    key = issue_token(cast.operator, name="x", scopes=["upload"])
    client = Client(headers={"authorization": f"Bearer {key}"})

    def sent(size: int) -> int:
        file = SimpleUploadedFile("piano.csv", b"x" * size)
        asked = {"municipality": cast.comune.pk, "file": file}
        return client.post("/api/v1/uploads/", asked).status_code

    assert sent(190_000) == 202
    assert sent(2_000_000) == 413


def test_every_address_that_takes_a_file_is_marked_and_no_other():
    """Whoever adds one finds out here what it may take."""
    takes_files = {
        route.template for route in routes() if bodies.limit_of(route.callback) >= bodies.MIB * 10
    }
    assert takes_files == {
        "/consegne/nuova/",
        "/verifica/",
        "/api/v1/uploads/",
        "/api/v1/checks/",
    }


@pytest.mark.parametrize(
    ("path", "limit"),
    [
        ("/accesso/login/", bodies.SIGN_IN),
        ("/invito/x/", bodies.SIGN_IN),
        ("/consegne/", bodies.FORM),
        ("/consegne/00000000-0000-0000-0000-000000000000/correggi/riga/", bodies.ROWS),
    ],
)
def test_what_single_addresses_take(path, limit):
    assert bodies.limit_of(resolve(path).func) == limit


LOCATION = re.compile(r"\n    location ~ (\S+) \{(.*?)\n    \}", re.DOTALL)
SIZE = re.compile(r"client_max_body_size (\d+)(k?);")


@cache
def at_the_door() -> tuple[int, list[tuple[re.Pattern[str], int | None]]]:
    """What nginx takes: where nothing else is said, and by location, in their order."""
    parts = "; ".join(f". bin/lib/{name}.sh" for name in ("base", "steps", "front"))
    told = subprocess.run(
        ["bash", "-euc", f"{parts}; front_configuration"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    usual, *_others = sizes(told)
    found = LOCATION.findall(told)
    return usual, [(re.compile(where), next(iter(sizes(body)), None)) for where, body in found]


def sizes(text: str) -> list[int]:
    return [int(number) * (bodies.KIB if unit else 1) for number, unit in SIZE.findall(text)]


def taken_by_nginx(path: str) -> int:
    usual, locations = at_the_door()
    said = next((size for where, size in locations if where.search(path)), None)
    return usual if said is None else said


def test_the_door_and_the_application_say_the_same_of_every_address():
    """A new address that takes a file, or many rows, is not forgotten in the one or the other."""
    other = []
    for route in routes():
        if getattr(route.callback, "view_class", None) is RedirectView:
            continue  # takes nothing
        path = PLACE.sub("00000000-0000-0000-0000-000000000000", route.template)
        pages = () if path.startswith(("/api/", "/tiles/", "/admin/")) else (f"/en{path}",)
        for address in (path, *pages):
            said = taken_by_nginx(address), bodies.limit_of(route.callback)
            if said[0] != said[1]:
                other.append((address, *said))
    assert other == []
