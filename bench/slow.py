"""Part `slow`: the home page behind the front door, beside clients that take their time."""

import contextlib
import socket
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from bench.figures import Figure, Report
from bench.load import Connection
from bench.servers import behind, free_port

#: Above it a reader notices; the acceptance of the front door.
BAR_MS = 1000
PAGE = "/?n={n}"
DAY = "al=2026-11-01"


@dataclass(frozen=True)
class Slow:
    """Clients of a kind: how many, what they say at once, what each says or takes every second."""

    words: str
    number: int
    first: bytes = b""
    drip: bytes = b""
    takes: int = 0


_HEAD = b" HTTP/1.1\r\nHost: 127.0.0.1\r\n"
KINDS = (
    Slow("64 that send headers at a byte a second", 64, b"GET /" + _HEAD + b"X-Slow: ", b"x"),
    Slow("500 silent ones", 500),
    Slow(
        "64 that send a body at 1 kB/s",
        64,
        b"POST /verifica/" + _HEAD + b"Content-Length: 900000\r\n\r\n",
        b"x" * 1024,
    ),
    Slow(
        "64 that read an export at 1 kB/s",
        64,
        b"GET /api/v1/services/export.geojson" + _HEAD + b"\r\n",
        takes=1024,
    ),
    Slow(
        "16 that ask for a list on a past day and hang up",
        16,
        f"GET /servizi/?{DAY}&q=scuola".encode() + _HEAD + b"\r\n",
    ),
)


def beside(report: Report, services: int, seconds: float) -> None:
    """p95 of the home page alone and beside each kind."""
    with behind(port := free_port()):
        alone = _p95(port, seconds)
        say = f"home page of {services:,}, p95: alone"
        report.add(Figure("slow", say, alone, "ms", BAR_MS))
        for kind in KINDS:
            with _clients(port, kind):
                value = _p95(port, max(seconds, 3))
            report.add(Figure("slow", f"beside {kind.words}", value, "ms", BAR_MS))


def _p95(port: int, seconds: float) -> float:
    times: list[float] = []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or len(times) < 20:
        # A connection each, as a reader who comes; an address each, so that nothing is kept.
        answer = Connection(port).get(PAGE.format(n=time.time_ns()))
        if answer.status != 200:
            raise RuntimeError(f"the home page answered {answer.status}")
        times.append(answer.total)
    return 1000 * statistics.quantiles(times, n=20)[-1]


@contextmanager
def _clients(port: int, kind: Slow) -> Iterator[None]:
    over = threading.Event()
    with ExitStack() as stack:
        clients = [stack.enter_context(_client(port, kind)) for _ in range(kind.number)]
        dripping = threading.Thread(target=_drip, args=(clients, kind, over), daemon=True)
        dripping.start()
        time.sleep(1)
        try:
            yield
        finally:
            over.set()
            dripping.join()


def _client(port: int, kind: Slow) -> socket.socket:
    made = socket.socket()
    if kind.takes:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    made.connect(("127.0.0.1", port))
    made.sendall(kind.first)
    made.setblocking(False)
    return made


def _drip(clients: list[socket.socket], kind: Slow, over: threading.Event) -> None:
    while not over.wait(1):
        for one in clients:
            # Whoever was shown the door says nothing any more.
            with contextlib.suppress(OSError):
                if kind.drip:
                    one.send(kind.drip)
                if kind.takes:
                    one.recv(kind.takes)
