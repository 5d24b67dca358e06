"""Part `pages`: how long a report takes to open, and what its files cost the web worker."""

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import requests
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

import bench.portal  # noqa: F401  # sets Django up: must come first
from bench.checking import person, receive
from bench.deliveries import geopackage
from bench.figures import Figure, Report
from bench.load import Connection
from bench.servers import children, environment, free_port, peak_mib, web
from deliveries import returns, tasks
from deliveries.actions import review
from deliveries.checks.submission import SubmissionStatement
from deliveries.models import Delivery, Proposal
from people.models import Role, User

#: What a person waits for a page, seconds, and what a download may add to the web worker, MiB.
OPENS, GROWS = 2.0, 48.0
PATHS = {
    "json": "deliveries:report-json",
    "xlsx": "deliveries:report-xlsx",
    "gpkg": "deliveries:report-gpkg",
    "pdf": "deliveries:report-pdf",
}
KINDS = {"same": "few findings of many rows", "each": "a finding per row, each its own"}


def opened(report: Report, sizes: tuple[int, ...], runs: int) -> None:
    """The report and its files of deliveries of so many rows; then the desk."""
    peaks: dict[str, dict[int, float]] = {}
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        for rows in sizes:
            for wrong, kind in KINDS.items():
                path = geopackage(Path(name) / f"{rows}{wrong}.gpkg", rows, wrong=wrong, seed=rows)
                delivery = _checked(path)
                if rows == max(sizes):
                    _report_opens(report, delivery, f"{rows:,} rows, {kind}", runs)
            for sort in PATHS:
                peaks.setdefault(sort, {})[rows] = _file(report, delivery, sort)
        for sort, by_rows in peaks.items():
            _constant(report, sort, by_rows)
        for rows in (300, 5_000):
            path = geopackage(Path(name) / f"desk{rows}.gpkg", rows, seed=rows + 5)
            _desk_opens(report, _checked(path), runs)


def _checked(path: Path) -> Delivery:
    delivery = receive(path)
    tasks.check_delivery(str(delivery.pk))
    delivery.refresh_from_db()
    if delivery.status != "checked":
        raise RuntimeError(f"the check of {path.name} ended as {delivery.status}")
    return delivery


def cookie(user: User) -> str:
    """The header of a browser in which a person has signed in."""
    browser = Client()
    browser.force_login(user)
    name = settings.SESSION_COOKIE_NAME
    return f"Cookie: {name}={browser.cookies[name].value}"


def _seconds(port: int, path: str, *headers: str, runs: int) -> float:
    """Median of the single requests after a first one; each must succeed."""
    spent = []
    for turn in range(max(3, runs) + 1):
        answer = Connection(port).get(path, *headers)
        if answer.status != 200:
            raise RuntimeError(f"{path} answered {answer.status}")
        if turn:
            spent.append(answer.total)
    return statistics.median(spent)


def _report_opens(report: Report, delivery: Delivery, say: str, runs: int) -> None:
    signed = cookie(person(Role.OPERATOR))
    first = delivery.findings.order_by("pk").values_list("code", flat=True)[0]
    one = reverse("deliveries:finding-group", args=[delivery.pk, first])
    waits = {
        "report page": (reverse("deliveries:checks", args=[delivery.pk]), signed),
        "one mistake opened": (one, signed, "HX-Request: true"),
        "its places": (
            reverse("deliveries:places", args=[delivery.pk]) + f"?code={first}",
            signed,
        ),
        "rows to mend": (reverse("deliveries:mend", args=[delivery.pk]), signed),
        "findings by API, 100": (reverse("api-findings", args=[delivery.pk]), signed),
    }
    with web(port := free_port()):
        for what, (path, *headers) in waits.items():
            spent = _seconds(port, path, *headers, runs=runs)
            report.add(Figure("pages", f"{say}: {what}", spent, "s", OPENS))
        shown = in_browser(f"http://127.0.0.1:{port}{waits['report page'][0]}", signed)
        report.add(Figure("pages", f"{say}: in Chromium, loaded", shown, "s", OPENS))


def in_browser(url: str, signed: str) -> float:
    """Median seconds from the click to the load event of a page, scripts and fonts included."""
    command = [sys.executable, "-m", "bench.screen", url, signed.removeprefix("Cookie: ")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr[-1500:])
    return float(done.stdout)


def _file(report: Report, delivery: Delivery, sort: str) -> float:
    """Download one file from a fresh web worker; its peak, or that of the process that made it."""
    rows = delivery.row_count
    maker = ""
    peak = 0.0
    if sort in returns.FORMATS:
        peak, spent = _made(delivery, sort)
        maker = f"; made in {spent:.1f} s"
    with web(port := free_port(), workers=1) as server:
        signed = cookie(person(Role.OPERATOR))
        _download(port, reverse("deliveries:new"), signed)
        worker = children(server.pid)[0]
        before = peak_mib(worker)
        size, spent = _download(port, reverse(PATHS[sort], args=[delivery.pk]), signed)
        grown = peak_mib(worker) - before
    said = f"{size / 1e6:.1f} MB in {spent:.1f} s{maker}"
    bar = GROWS if rows > returns.AT_ONCE else None
    what = f"{sort} of {rows:,} rows: web worker grows by"
    report.add(Figure("pages", what, grown, "MiB", bar, reference=said))
    return peak or grown


def _made(delivery: Delivery, sort: str) -> tuple[float, float]:
    """Peak of memory and seconds of the process that makes a return file into the storage."""
    command = [sys.executable, "-m", "bench.filing", str(delivery.pk), sort]
    done = subprocess.run(command, env=environment(), capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr[-1500:])
    told = json.loads(done.stdout.splitlines()[-1])
    return float(told["grown"]), float(told["seconds"])


def _download(port: int, path: str, signed: str) -> tuple[int, float]:
    name, _colon, value = signed.partition(": ")
    begun, size = time.perf_counter(), 0
    with requests.get(
        f"http://127.0.0.1:{port}{path}", headers={name: value}, stream=True, timeout=600
    ) as answer:
        if answer.status_code != 200:
            raise RuntimeError(f"{path} answered {answer.status_code}")
        for block in answer.iter_content(1 << 20):
            size += len(block)
    return size, time.perf_counter() - begun


def _constant(report: Report, sort: str, peaks: dict[int, float]) -> None:
    """The sizes beside each other: memory that grows with the rows would show."""
    told = ", ".join(f"{rows:,}: {peak:.0f}" for rows, peak in peaks.items())
    who = "process that makes it" if sort in returns.FORMATS else "web worker"
    what = f"{sort}, {who}: most added by any size"
    report.add(Figure("pages", what, max(peaks.values()), "MiB", reference=f"MiB at {told}"))


def _desk_opens(report: Report, delivery: Delivery, runs: int) -> None:
    reviewer, today = person(Role.REVIEWER), timezone.localdate()
    statement = SubmissionStatement(
        act="Delibera C.C. n. 1", act_date=today, reference_date=today,
        contact_name="Ufficio di piano", contact_email="piano@bench.example",
    )  # fmt: skip
    review.submit(delivery, user=person(Role.OPERATOR), statement=statement)
    review.take(delivery, user=reviewer)
    signed, base = cookie(reviewer), reverse("deliveries:review", args=[delivery.pk])
    n = Proposal.objects.filter(delivery=delivery).count()
    last = f"{base}?pagina={-(-n // 50)}"
    pages: dict[str, str] = {"first page": base, "last page": last, "search": f"{base}?q=numero"}
    pages["places"] = reverse("deliveries:proposal-places", args=[delivery.pk])
    pages["queue"] = reverse("deliveries:reviews")
    with web(port := free_port()):
        for what, path in pages.items():
            spent = _seconds(port, path, signed, runs=runs)
            report.add(Figure("pages", f"desk, {n:,} proposals: {what}", spent, "s", OPENS))
    review.send_back(delivery, user=reviewer, note="bench")
