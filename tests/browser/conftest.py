"""A real browser in front of a real server with the
demonstration's data, in a database of its own."""

import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from playwright.sync_api import Browser, Page, sync_playwright

from tests import databases
from tests.portal_processes import Web
from tests.processes import PATIENCE_SECONDS, ROOT

CHROMIUM = "/usr/bin/chromium"
AXE = (ROOT / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")
WIDTHS = {"phone": (390, 844), "computer": (1280, 900)}
PATIENCE_MS = 1000 * PATIENCE_SECONDS


@pytest.fixture(scope="session")
def portal(django_db_setup) -> Iterator[str]:
    """The address of a portal with territory, taxonomy, LUM, funding and the demonstration's
    services."""
    name = f"browser_{uuid.uuid4().hex[:10]}"
    server = Web(DATABASE_URL=databases.url_of(name), BROWSER_CACHE=name)
    databases.copy(name, of="demonstration")
    try:
        server.ready()
        yield server.address
    finally:
        server.kill()
        databases.drop(name)


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


class Desk(Web):
    """The portal on the session's database, beside its worker."""

    def surroundings(self) -> dict[str, str]:
        queue = settings.CELERY_TASK_DEFAULT_QUEUE
        return {
            **super().surroundings(),
            "DATABASE_URL": databases.url_of(connection.settings_dict["NAME"]),
            "STTM2_QUEUE": queue,
            "STTM2_MEDIA": str(settings.MEDIA_ROOT),
            "BROWSER_CACHE": queue,
        }


@pytest.fixture(scope="session")
def standing_desk(django_db_setup) -> Iterator[Desk]:
    running = Desk()
    yield running
    running.kill()


@pytest.fixture
def served(live_cast, worker, standing_desk, browser) -> Iterator[str]:
    """A server on the test's own database, beside the worker."""
    standing_desk.ready()
    yield standing_desk.address
    # A page left open would go on asking, in the next test's world.
    for context in browser.contexts:
        context.close()


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
