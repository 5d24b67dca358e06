"""Parts `crowd` and `open`: comuni that send at once; readers while the office publishes."""

import statistics
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from django.contrib.gis.db.models.functions import Area

import bench.portal  # noqa: F401  # sets Django up: must come first
from bench.checking import decided, reader, sent
from bench.deliveries import geopackage
from bench.figures import Figure, Report
from bench.load import Connection, rate
from bench.servers import behind, environment, free_port, running, web
from people.models import Mandate, Role, User
from people.tokens import issue_token
from zones.models import Municipality

#: Deliveries of a crowd, and the rows of a small one.
CROWD, SMALL = 50, 300
#: What readers ask while an edition comes: pages, a list, a search, tiles; each asked anew, so
#: that the door has kept none of them.
READ = (
    *("/?n={n}", "/servizi/?n={n}", "/servizi/?zone=milano&n={n}", "/servizi/?q=scuola&n={n}"),
    *("/zone/milano/?n={n}", "/api/v1/services/?limit={limit}", "/comuni/015146/?n={n}"),
)
#: Who reads beside a publication waits at most so many times as long, at the 99th percentile.
TIMES = 2.0
CONNECTIONS = 24


def crowd(report: Report, rows: int) -> None:
    """Small deliveries of as many comuni alone, then with one that is as large as may be."""
    largest = Municipality.objects.annotate(size=Area("geometry")).order_by("-size")
    comuni = list(largest.values_list("pk", flat=True)[:CROWD])
    tokens = [_operator(comune) for comune in comuni]
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        env = environment(STTM2_READER_SOCKET=str(folder / "reader.sock"))
        workers = [sys.executable, "-m", "sttm2.workers"]
        with reader(folder), running(workers, env), web(port := free_port()):
            paths = [_file(folder, comune, SMALL, "a") for comune in comuni]
            sent(port, tokens[0], paths[0], comuni[0])
            alone = _all(port, tokens, paths, comuni)
            paths = [_file(folder, comune, SMALL, "b") for comune in comuni]
            paths[0] = _file(folder, comuni[0], rows, "c")
            beside = _all(port, tokens, paths, comuni)
    large, small = beside[0], beside[1:]
    for words, seconds in (("median", statistics.median(small)), ("last", max(small))):
        before = statistics.median(alone) if words == "median" else max(alone)
        say = f"{CROWD - 1} small deliveries beside one of {rows:,} rows: {words}"
        report.add(Figure("crowd", say, seconds, "s", reference=f"all small {before:.1f} s"))
    report.add(Figure("crowd", f"the one of {rows:,} rows among them", large, "s"))


def _operator(comune: str) -> str:
    """The key of one who may send for that comune."""
    user, _made = User.objects.get_or_create(
        email=f"{comune}@bench.example", defaults={"name": comune, "is_demonstration": True}
    )
    place = Municipality.objects.get(pk=comune)
    Mandate.objects.get_or_create(user=user, role=Role.OPERATOR, municipality=place)
    return issue_token(user, name="bench", scopes=["read", "upload"])


def _file(folder: Path, comune: str, rows: int, turn: str) -> Path:
    path = folder / f"{turn}{comune}.gpkg"
    return geopackage(path, rows, seed=int(comune) + ord(turn), comune=comune)


def _all(port: int, tokens: list[str], paths: list[Path], comuni: list[str]) -> list[float]:
    """All at once: seconds from sending to the report, of each."""
    with ThreadPoolExecutor(len(paths)) as pool:
        going = [
            pool.submit(sent, port, token, path, comune)
            for token, path, comune in zip(tokens, paths, comuni, strict=True)
        ]
        return [one.result() for one in going]


def beside_publication(report: Report, services: int, seconds: float) -> None:
    """Readers that come at half the rate that fills the portal, whether it answers or not."""
    rows = min(10_000, services)
    delivery = str(decided(rows, seed=77).pk)
    with behind(port := free_port()):
        full = rate(port, _addresses(2_000), connections=16, seconds=max(seconds, 5)).per_second
        wanted = full / 2
        alone = _Stream(port, wanted).read(20)
        with _publishing(delivery) as go:
            stream = _Stream(port, wanted)
            reading = threading.Thread(target=stream.read, args=(60,), kwargs={"until": go.over})
            reading.start()
            time.sleep(1)
            spent = go.publish()
            reading.join()
    said = f"alone {alone.p99:.0f} ms; {wanted:.0f} a second of at most {full:.0f}"
    say = f"p99 of {services:,} beside a publication of {rows:,} ({spent:.1f} s)"
    report.add(Figure("open", say, stream.p99, "ms", TIMES * alone.p99, reference=said))
    report.add(
        Figure("open", "median beside it", stream.median, "ms", reference=f"{alone.median:.0f} ms")
    )


def _addresses(number: int) -> list[str]:
    start = time.time_ns() // 1000
    return [
        READ[turn % len(READ)].format(n=start + turn, limit=1 + turn % 997)
        for turn in range(number)
    ]


@dataclass
class _Publisher:
    """A process that is ready to publish."""

    process: subprocess.Popen[str]

    def __post_init__(self) -> None:
        self.over = threading.Event()

    def publish(self) -> float:
        """Seconds that it took."""
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write("go\n")
        self.process.stdin.flush()
        said = self.process.stdout.readline()
        self.over.set()
        return float(said)

    def __enter__(self) -> "_Publisher":
        assert self.process.stdout is not None
        self.process.stdout.readline()
        return self

    def __exit__(self, *_why: object) -> None:
        self.over.set()
        self.process.kill()
        self.process.communicate()


def _publishing(delivery: str) -> _Publisher:
    command = [sys.executable, "-m", "bench.publishing", delivery]
    pipe = subprocess.PIPE
    return _Publisher(
        subprocess.Popen(command, env=environment(), stdin=pipe, stdout=pipe, text=True)
    )


class _Stream:
    """Requests that come by the clock: what waits is late from the moment it should have been
    asked, so a stall is seen by all who came in it."""

    def __init__(self, port: int, per_second: float) -> None:
        self.port, self.every = port, 1 / per_second
        self.times: list[float] = []
        self.lock, self.turn = threading.Lock(), 0

    def read(self, seconds: float, until: threading.Event | None = None) -> "_Stream":
        """For so long, or until that has happened."""
        self.begun, self.end, self.until = time.perf_counter(), seconds, until
        self.addresses = _addresses(int(seconds / self.every) + 1)
        threads = [threading.Thread(target=self._go) for _ in range(CONNECTIONS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return self

    def _next(self) -> int:
        with self.lock:
            self.turn += 1
            return self.turn - 1

    def _go(self) -> None:
        connection = Connection(self.port)
        while (turn := self._next()) < len(self.addresses):
            due = self.begun + turn * self.every
            time.sleep(max(0.0, due - time.perf_counter()))
            if self.until is not None and self.until.is_set():
                return
            answer = connection.get(self.addresses[turn])
            if answer.status != 200:
                raise RuntimeError(f"{self.addresses[turn]} answered {answer.status}")
            self.times.append(time.perf_counter() - due)

    @property
    def p99(self) -> float:
        """Milliseconds."""
        return 1000 * statistics.quantiles(self.times, n=100)[-1]

    @property
    def median(self) -> float:
        """Milliseconds."""
        return 1000 * statistics.median(self.times)
