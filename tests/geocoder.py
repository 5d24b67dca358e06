"""A geocoder for tests: a real HTTP server on loopback that answers as it is told."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import redis
from django.conf import settings
from django.contrib.gis.geos import Point

from tests import builders


def forget() -> None:
    """Forget what was asked in earlier tests; never the whole store (`cache.clear`), where the
    other processes of the run keep what they remember."""
    prefix = settings.CACHES["default"]["KEY_PREFIX"]
    with redis.Redis.from_url(settings.REDIS_CACHE_URL) as store:
        for key in store.scan_iter(match=f"{prefix}:*:geocoder:*"):
            store.delete(key)


@dataclass
class Geocoder:
    """What was asked (`questions`: path and parameters) and what is answered.

    `answer`: a JSON value for all, or a callable of the question's text; `body`: bytes instead;
    `status`, `headers`; `pause`: seconds before the answer; `drip`: seconds between its bytes.
    """

    url: str = ""
    answer: object = ()
    body: bytes | None = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    pause: float = 0
    drip: float = 0
    questions: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    agents: list[str] = field(default_factory=list)

    def settings(self, **changed: object) -> dict[str, object]:
        """The portal's setting for it, without a pause between questions."""
        known = {"kind": "nominatim", "url": self.url, "hosts": ["127.0.0.1"], "seconds": 0}
        return {**known, **changed}

    def said(self, text: str) -> bytes:
        if self.body is not None:
            return self.body
        answer = self.answer(text) if callable(self.answer) else self.answer
        return json.dumps(answer).encode()


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        told: Geocoder = self.server.told
        parts = urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        told.questions.append((parts.path, asked))
        told.agents.append(self.headers["User-Agent"])
        time.sleep(told.pause)
        body = told.said(asked.get("q", ""))
        with suppress(OSError):  # the portal had enough
            self._send(told, body)

    def _send(self, told: Geocoder, body: bytes) -> None:
        self.send_response(told.status)
        for name, value in told.headers.items():
            self.send_header(name, value)
        self.end_headers()
        if not told.drip:
            self.wfile.write(body)
            return
        for byte in body:
            self.wfile.write(bytes([byte]))
            self.wfile.flush()
            time.sleep(told.drip)

    def log_message(self, *_args: object) -> None:
        """Nobody reads it."""


@contextmanager
def serving() -> Iterator[Geocoder]:
    """A geocoder that listens until the block ends."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    server.told = told = Geocoder(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield told
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def inside(number: int = 0, comune: str = "015209") -> tuple[float, float]:
    """Longitude and latitude of a place well inside the comune."""
    x, y = builders.places(comune, number + 1, seed=7)[number]
    there = Point(x, y, srid=32632).transform(4326, clone=True)
    return round(there.x, 6), round(there.y, 6)


def house(lon: float, lat: float, label: str = "3, Via Roma, Sesto San Giovanni", **more) -> dict:
    """An answer of a Nominatim about a house."""
    known = {"lon": str(lon), "lat": str(lat), "display_name": label, "place_rank": 30}
    return {**known, "address": {"house_number": "3", "road": "Via Roma"}, **more}


def street(lon: float, lat: float, label: str = "Via Roma, Sesto San Giovanni") -> dict:
    known = {"lon": str(lon), "lat": str(lat), "display_name": label, "place_rank": 26}
    return {**known, "address": {"road": "Via Roma"}}


def feature(lon: float, lat: float, **properties: object) -> dict:
    """An answer of a Photon."""
    geometry = {"type": "Point", "coordinates": [lon, lat]}
    return {"type": "Feature", "geometry": geometry, "properties": properties}
