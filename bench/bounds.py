"""Parts `limit` and `queues`: a delivery of as many rows as one may have; who waits for whom."""

import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import requests

import bench.portal  # noqa: F401  # sets Django up: must come first
from bench.checking import accept, person, reader, receive, send, sent
from bench.deliveries import COMUNE, geopackage
from bench.figures import Figure, Report
from bench.servers import children, environment, free_port, running, share_mib, web
from deliveries import tasks
from deliveries.actions import review
from people.models import Role
from people.tokens import issue_token

#: Checks without account that are sent at once.
CROWD = 10
#: Seconds that each step may take at the limit of rows.
BARS = {"sending": 2.0, "deciding in bulk": 3.0, "publication": 60.0}


def limit(report: Report, rows: int) -> None:
    """Half of the rows as a first edition, then all of them over it: half changed, half new."""
    half, whole = _steps(rows // 2, seed=21), _steps(rows, seed=22)
    for name, seconds in whole.items():
        bar = BARS.get(name)
        smaller = f"{rows // 2:,} rows {half[name]:.2f} s"
        say = f"{rows:,} rows: {name}"
        report.add(Figure("limit", say, seconds, "s", bar, reference=smaller))
    growth = whole["publication"] / half["publication"]
    say = "publication: twice the rows take so many times as long"
    report.add(Figure("limit", say, growth, "times", 3.0))


def _steps(rows: int, *, seed: int) -> dict[str, float]:
    """Step -> its seconds, from the check to the edition."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        delivery = receive(geopackage(Path(name) / "limit.gpkg", rows, seed=seed))
        key = str(delivery.pk)
        spent = {"check": _timed(lambda: tasks.check_delivery(key))}
    spent["comparing, beside"] = _timed(lambda: tasks.compare_delivery(key, 0))
    spent["sending"] = _timed(lambda: send(delivery))
    spent["deciding in bulk"] = _timed(lambda: accept(delivery))
    review.close(delivery, user=person(Role.REVIEWER))
    spent["publication"] = _timed(lambda: tasks.publish_delivery(key))
    delivery.refresh_from_db()
    if delivery.status != "published":
        raise RuntimeError(f"the delivery ended as {delivery.status}")
    return spent


def _timed(step: Callable[[], object]) -> float:
    begun = time.perf_counter()
    step()
    return time.perf_counter() - begun


def queues(report: Report, rows: int) -> None:
    """A small delivery alone, and while ten checks without account of so many rows wait."""
    token = issue_token(person(Role.OPERATOR), name="bench", scopes=["read", "upload"])
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        env = environment(STTM2_READER_SOCKET=str(folder / "reader.sock"))
        workers = [sys.executable, "-m", "sttm2.workers"]
        with reader(folder), running(workers, env) as started, web(port := free_port()):
            small = [geopackage(folder / f"s{n}.gpkg", 200, seed=n + 41) for n in range(9)]
            large = geopackage(folder / "large.gpkg", rows, seed=40)
            sent(port, token, small[0])
            _idle(report, started.pid)
            alone = [sent(port, token, path) for path in small[1:4]]
            with _Crowd(port, large) as crowd:
                beside = [sent(port, token, path) for path in small[4:]]
            if crowd.refused:
                raise RuntimeError(f"checks were refused: {crowd.refused}")
    later = max(beside) - statistics.median(alone)
    say = f"a small delivery beside {CROWD} checks of {rows:,} rows: later by"
    median = f"alone {statistics.median(alone):.2f} s, beside {statistics.median(beside):.2f} s"
    report.add(Figure("queues", say, later, "s", 3.0, reference=median))


def _idle(report: Report, pid: int) -> None:
    """Memory of the workers after one small delivery, pages that they share counted once."""
    family = [pid]
    for one in family:
        family += children(one)
    held = sum(map(share_mib, family))
    say = f"the {len(family)} processes of the workers, idle"
    report.add(Figure("queues", say, held, "MiB"))


class _Crowd:
    """Checks without account, sent at once, each from an address of its own."""

    def __init__(self, port: int, path: Path) -> None:
        self.site, self.path = f"http://127.0.0.1:{port}", path
        self.refused: list[int] = []
        self.threads = [threading.Thread(target=self._send, args=(n,)) for n in range(CROWD)]

    def __enter__(self) -> "_Crowd":
        for thread in self.threads:
            thread.start()
        for thread in self.threads:
            thread.join()
        return self

    def __exit__(self, *_why: object) -> None:
        """What still waits ends with the workers."""

    def _send(self, number: int) -> None:
        files = {"file": (f"{number}.gpkg", self.path.read_bytes())}
        answer = requests.post(
            f"{self.site}/api/v1/checks/", data={"municipality": COMUNE}, files=files, timeout=120
        )
        if answer.status_code != 202:
            self.refused.append(answer.status_code)
