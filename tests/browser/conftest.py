"""A real browser in front of a real server with the
demonstration's data, in a database of its own."""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from socket import socket

import psycopg
import pytest
from django.conf import settings
from django.db import connection, connections
from django.test import Client
from playwright.sync_api import Browser, Page, sync_playwright
from psycopg import sql

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = "/usr/bin/chromium"
AXE = (ROOT / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")
WIDTHS = {"phone": (390, 844), "computer": (1280, 900)}
PATIENCE_SECONDS = 60
PATIENCE_MS = 60_000
GUNICORN = ("--worker-class=gthread", "--threads=4", "--no-control-socket")


def _maintenance() -> psycopg.Connection:
    asked = connections["default"].get_connection_params()
    plain = {k: asked[k] for k in ("host", "port", "user", "password") if asked.get(k)}
    return psycopg.connect(**plain, dbname="postgres", autocommit=True)


def _free_port() -> int:
    with closing(socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def portal() -> Iterator[str]:
    """The address of a portal with territory, taxonomy,
    LUM, funding and the demonstration's services."""
    name = f"browser_{uuid.uuid4().hex[:10]}"
    params = connections["default"].settings_dict
    port = _free_port()
    host = params["OPTIONS"].get("host") or params["HOST"]
    where = f"host={host}&port={params['PORT'] or params['OPTIONS'].get('port', '')}"
    environment = {
        **os.environ,
        "DATABASE_URL": f"postgis://{params['USER']}@/{name}?{where}",
        "DJANGO_SETTINGS_MODULE": "tests.browser.settings",
        "BROWSER_CACHE": name,
        "STTM2_LOG_LEVEL": "ERROR",
        "PORT": str(port),
    }
    with _maintenance() as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    server = None
    try:
        for command in (["migrate", "-v0"], ["load_reference"]):
            subprocess.run(
                [sys.executable, "manage.py", *command],
                cwd=ROOT,
                env=environment,
                check=True,
                stdout=subprocess.DEVNULL,
            )
        server = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "gunicorn",
                "sttm2.wsgi",
                f"--bind=127.0.0.1:{port}",
                *GUNICORN,
            ],
            cwd=ROOT,
            env=environment,
        )
        address = f"http://127.0.0.1:{port}"
        _wait(address)
        yield address
    finally:
        if server:
            server.terminate()
            server.wait(timeout=20)
        with _maintenance() as connection:
            drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
            connection.execute(drop.format(sql.Identifier(name)))


def _wait(address: str) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"{address}/atlante/", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
    pytest.fail("the portal did not answer")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@dataclass
class Visit:
    """A page with what went wrong in it: console errors,
    failed and foreign requests, bytes over the wire."""

    page: Page
    portal: str
    problems: list[str]
    size: int = 0

    def go(self, path: str, until: str = "networkidle") -> "Visit":
        self.page.goto(self.portal + path, wait_until=until)
        return self

    def narrow(self, width: str) -> "Visit":
        """The same page on another screen, without asking for it again."""
        columns, rows = WIDTHS[width]
        self.page.set_viewport_size({"width": columns, "height": rows})
        return self

    def until(self, condition: str) -> None:
        """Wait until a condition of the page holds; its own waiting would need `unsafe-eval`."""
        patience = time.monotonic() + PATIENCE_SECONDS
        while not self.page.evaluate(condition):
            assert time.monotonic() < patience, f"never came true: {condition}"
            self.page.wait_for_timeout(50)

    def violations(self) -> list[str]:
        """What axe-core finds on the page, in words."""
        # Scripts of a page come from the portal alone; the test's own goes in beside the policy.
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE + "; null")
        found = self.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        return [
            f"{v['id']}: {v['help']} {[node['html'][:140] for node in v['nodes'][:3]]}"
            for v in found["violations"]
        ]


def _visit(browser: Browser, portal: str, width: str, **options: object) -> Iterator[Visit]:
    columns, rows = WIDTHS[width]
    context = browser.new_context(
        viewport={"width": columns, "height": rows}, reduced_motion="reduce", **options
    )
    page = context.new_page()
    visit = Visit(page, portal, [])
    page.on("console", lambda m: m.type == "error" and visit.problems.append(m.text))
    page.on("pageerror", lambda error: visit.problems.append(str(error)))
    page.on(
        "request",
        lambda r: (
            r.url.startswith((portal, "data:", "blob:"))
            or visit.problems.append(f"third party: {r.url}")
        ),
    )
    session = context.new_cdp_session(page)
    session.send("Network.enable")

    def weigh(event: dict[str, float]) -> None:
        visit.size += int(event["encodedDataLength"])

    session.on("Network.loadingFinished", weigh)
    yield visit
    context.close()


@pytest.fixture
def desk(browser: Browser, portal: str) -> Iterator[Visit]:
    yield from _visit(browser, portal, "computer")


@pytest.fixture
def plain(browser: Browser, portal: str) -> Iterator[Visit]:
    """A browser without JavaScript."""
    yield from _visit(browser, portal, "computer", java_script_enabled=False)


@pytest.fixture
def served(live_cast, worker) -> Iterator[str]:
    """A server on the test's own database, beside the worker."""
    database, port = connection.settings_dict, _free_port()
    where = f"host={database['HOST']}&port={database['PORT']}"
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.browser.settings",
        "DATABASE_URL": f"postgis://{database['USER']}@/{database['NAME']}?{where}",
        "STTM2_QUEUE": settings.CELERY_TASK_DEFAULT_QUEUE,
        "STTM2_MEDIA": str(settings.MEDIA_ROOT),
        "STTM2_LOG_LEVEL": "ERROR",
        "BROWSER_CACHE": settings.CELERY_TASK_DEFAULT_QUEUE,
        "PORT": str(port),
    }
    command = [
        "gunicorn",
        "sttm2.wsgi",
        "--bind",
        f"127.0.0.1:{port}",
        "--worker-class",
        "gthread",
    ]
    server = subprocess.Popen(
        [sys.executable, "-m", *command, "--threads", "4", "--no-control-socket"],
        cwd=ROOT,
        env=environment,
    )
    try:
        _wait(f"http://127.0.0.1:{port}")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=20)


def signed_in(
    browser: Browser, address: str, user, width: str = "computer", **options: object
) -> Page:
    """A page of a browser in which the person is signed in."""
    columns, rows = WIDTHS[width]
    context = browser.new_context(
        viewport={"width": columns, "height": rows}, reduced_motion="reduce", **options
    )
    client = Client()
    client.force_login(user)
    key = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": address}])
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.problems = []
    page.on("console", lambda m: m.type == "error" and page.problems.append(m.text))
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    return page


def clean(page: Page) -> None:
    """Nothing for axe-core to find, nothing said in the console."""
    page.evaluate(AXE + "; null")
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    said = [
        f"{v['id']}: {[node['html'][:120] for node in v['nodes'][:2]]}"
        for v in found["violations"]
    ]
    assert said + page.problems == []
