"""Parts `check`, `publish` and `delivery`: what a comune and the office wait for."""

import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pyogrio
import requests
from django.core.files.base import File
from django.db import connection, transaction
from django.utils import timezone

import bench.portal  # noqa: F401  # sets Django up: must come first
from bench.deliveries import COMUNE, geopackage
from bench.figures import Figure, Report
from bench.servers import children, environment, free_port, running, share_mib, web
from deliveries import tasks
from deliveries.actions import intake, review
from deliveries.checks.submission import SubmissionStatement
from deliveries.models import Delivery
from people.models import Mandate, Role, User
from people.tokens import issue_token
from services.models import Edition
from zones.models import Municipality

BARS = {False: (12.0, 500.0), True: (25.0, 700.0)}


def person(role: Role) -> User:
    """A person of the bench with that role for the comune (or metropolitan)."""
    user, made = User.objects.get_or_create(email=f"{role}@bench.example", defaults={"name": role})
    if made:
        user.is_demonstration = True
        user.save(update_fields=["is_demonstration"])
        comune = Municipality.objects.get(pk=COMUNE) if role == Role.OPERATOR else None
        Mandate.objects.create(user=user, role=role, municipality=comune)
    return user


def receive(path: Path) -> Delivery:
    """The file as a delivery that waits for its check."""
    comune = Municipality.objects.get(pk=COMUNE)
    with path.open("rb") as stream:
        file = File(stream, name=path.name)
        return intake.receive(person(Role.OPERATOR), sender=comune, file=file).delivery


class MemoryWatch:
    """The highest sum, at one moment, of a worker's memory and of the reader's children.

    Pages that forked processes share are counted by their share: twice would be a fiction.
    """

    def __init__(self, reader: int) -> None:
        self.reader, self.worker, self.peak, self.going = reader, 0, 0.0, True
        self.thread = threading.Thread(target=self._watch, daemon=True)
        self.thread.start()

    def begin(self, worker: int) -> None:
        """Watch this worker from now on."""
        self.worker, self.peak = worker, 0.0

    def _watch(self) -> None:
        while self.going:
            if self.worker:
                forked = [
                    child
                    for warden in children(self.reader)
                    for child in (warden, *children(warden))
                ]
                self.peak = max(self.peak, sum(map(share_mib, [self.worker, *forked])))
            time.sleep(0.05)


@contextmanager
def reader(folder: Path) -> Iterator[MemoryWatch]:
    socket = folder / "reader.sock"
    command = [sys.executable, "-m", "validator.confined.server", "--socket", str(socket)]
    with running([*command, "--spool", str(folder / "spool")], environment()) as process:
        while not socket.exists():
            time.sleep(0.05)
        watch = MemoryWatch(process.pid)
        try:
            yield watch
        finally:
            watch.going = False
            watch.thread.join()


@dataclass(frozen=True)
class Checked:
    """What the probe found out."""

    seconds: float
    parts: dict[str, float]
    peak: float
    findings: int


def check(path: Path, folder: Path, watch: MemoryWatch) -> Checked:
    """One whole check in a fresh worker process, warmed up by a small delivery."""
    small = receive(geopackage(folder / f"warm_{path.name}", 200, seed=hash(path.name) % 10**6))
    socket = str(folder / "reader.sock")
    env = environment(STTM2_READER_SOCKET=socket)
    warm = str(small.pk)
    # The second delivery supersedes the first, so the first is checked before the second arrives.
    tasks.check_delivery(warm)
    delivery = receive(path)
    command = [sys.executable, "-m", "bench.probe", str(delivery.pk), warm]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env=env, stdout=pipe, stderr=pipe, text=True) as probe:
        watch.begin(probe.pid)
        assert probe.stdout is not None
        probe.stdout.readline()
        watch.worker = 0
        said, complaint = probe.communicate()
    if probe.returncode:
        raise RuntimeError(complaint[-2000:])
    answer: dict[str, Any] = json.loads(said.splitlines()[-1])
    if answer["status"] != "checked":
        raise RuntimeError(f"the check of {path.name} ended as {answer['status']}")
    return Checked(answer["seconds"], answer["parts"], watch.peak, answer["findings"])


def raw(path: Path) -> float:
    """Seconds to read the file and copy its columns to the database, and nothing else."""
    begun = time.perf_counter()
    with pyogrio.open_arrow(path, use_pyarrow=False) as (_meta, stream):
        frame = pl.DataFrame(stream).drop("fid", strict=False)
    with transaction.atomic(), connection.cursor() as cursor:
        names = ", ".join(f'"{name}" text' for name in frame.columns)
        cursor.execute(f"CREATE TEMPORARY TABLE raw ({names}) ON COMMIT DROP")
        with cursor.copy("COPY raw FROM STDIN") as copy:
            for row in frame.with_columns(pl.col(pl.Binary).bin.encode("hex")).iter_rows():
                copy.write_row(row)
    return time.perf_counter() - begun


CASES = (("", False), ("same", False), ("each", False), ("three", False), ("", True))
WORDS = {
    "": "",
    "same": ", every row wrong in one way",
    "each": ", a finding on every row",
    "three": ", three on every row",
}


def checks(report: Report, sizes: tuple[int, ...]) -> None:
    """The whole check and its parts; clean; at the largest size also wrong, and areas."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        with reader(folder) as watch:
            for rows in sizes:
                cases = CASES if rows == max(sizes) else CASES[:1]
                for wrong, areas in cases:
                    _one(report, folder, watch, rows=rows, wrong=wrong, areas=areas)


def _one(
    report: Report, folder: Path, watch: MemoryWatch, *, rows: int, wrong: str, areas: bool
) -> None:
    kind = "areas of 12 vertices" if areas else "points"
    how = WORDS[wrong]
    path = folder / f"{rows}_{wrong}{areas:d}.gpkg"
    geopackage(path, rows, wrong=wrong, areas=areas)
    reference = f"read + COPY alone {raw(path):.2f} s"
    found = check(path, folder, watch)
    seconds, memory = BARS[areas]
    big = rows >= 100_000
    say = f"{rows:,} {kind}{how}"
    report.add(
        Figure("check", say, found.seconds, "s", seconds if big else None, reference=reference)
    )
    detail = f"{found.findings:,} findings stored"
    report.add(Figure("check", f"{say}: speed", rows / found.seconds, "rows/s", reference=detail))
    for part, spent in found.parts.items():
        report.add(Figure("check", f"{say}: {part}", rows / max(spent, 1e-6), "rows/s",
                          reference=f"{spent:.2f} s"))  # fmt: skip
    report.add(
        Figure("check", f"{say}: worker + reader", found.peak, "MiB", memory if big else None)
    )


def send(delivery: Delivery) -> None:
    """To the office, by the operator of the bench."""
    delivery.refresh_from_db()
    today = timezone.localdate()
    statement = SubmissionStatement(
        act="Delibera C.C. n. 1",
        act_date=today,
        reference_date=today,
        contact_name="Ufficio di piano",
        contact_email="piano@bench.example",
    )
    review.submit(delivery, user=person(Role.OPERATOR), statement=statement)


def accept(delivery: Delivery) -> None:
    """All of it, by the reviewer of the bench."""
    reviewer = person(Role.REVIEWER)
    review.take(delivery, user=reviewer)
    review.decide_in_bulk(delivery, user=reviewer, rule="all_pending", decision="accepted")


def decided(rows: int, *, seed: int) -> Delivery:
    """A delivery of so many rows that only waits for its publication."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        delivery = receive(geopackage(Path(name) / "decided.gpkg", rows, seed=seed))
        tasks.check_delivery(str(delivery.pk))
    send(delivery)
    accept(delivery)
    review.close(delivery, user=person(Role.REVIEWER))
    return delivery


def publication(report: Report, rows: int) -> None:
    """One accepted delivery from "decided" to an edition in force."""
    delivery = decided(rows, seed=3)
    before = Edition.objects.count()
    begun = time.perf_counter()
    tasks.publish_delivery(str(delivery.pk))
    seconds = time.perf_counter() - begun
    if Edition.objects.count() != before + 1:
        raise RuntimeError("nothing was published")
    bar = 5.0 if rows >= 10_000 else None
    speed = f"{rows / seconds:,.0f} rows/s"
    report.add(
        Figure("publish", f"{rows:,} rows, one transaction", seconds, "s", bar, reference=speed)
    )


def delivery(report: Report, rows: int, *, runs: int) -> None:
    """From sending the file to its report, through web, reader and worker as they run."""
    token = issue_token(person(Role.OPERATOR), name="bench", scopes=["read", "upload"])
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        env = environment(STTM2_READER_SOCKET=str(folder / "reader.sock"))
        worker = [sys.executable, "-m", "sttm2.workers"]
        with reader(folder), running(worker, env), web(port := free_port()):
            paths = [geopackage(folder / f"d{n}.gpkg", rows, seed=n + 11) for n in range(runs + 1)]
            times = [sent(port, token, path) for path in paths]
    seconds = statistics.median(times[1:])
    first = f"the first, cold {times[0]:.2f} s"
    report.add(
        Figure("delivery", f"{rows:,} rows, upload to report", seconds, "s", 3, reference=first)
    )


def sent(port: int, token: str, path: Path, comune: str = COMUNE) -> float:
    """Seconds from sending the file to its report."""
    with requests.Session() as client:
        client.headers.update({"Authorization": f"Bearer {token}"})
        site = f"http://127.0.0.1:{port}"
        begun = time.perf_counter()
        files = {"file": (path.name, path.read_bytes())}
        answer = client.post(f"{site}/api/v1/uploads/", data={"municipality": comune}, files=files)
        answer.raise_for_status()
        where = site + answer.headers["Location"].removeprefix(site)
        while (status := client.get(where).json()["status"]) in ("received", "checking"):
            time.sleep(0.05)
        if status != "checked":
            raise RuntimeError(f"the delivery ended as {status}")
        client.get(f"{where}findings/").raise_for_status()
        return time.perf_counter() - begun
