"""Public pages in a real browser: accessible in both
languages and widths, no foreign host, light, one h1."""

import re

import brotli
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import WIDTHS

pytestmark = pytest.mark.browser

PAGES = [
    "/",
    "/servizi/",
    "/servizi/?category=sanita&zone=milano&locali=1",
    "/zone/",
    "/zone/confronto/",
    "/zone/sud-ovest/",
    "/comuni/",
    "/comuni/015209/",
    "/comuni/015251/",
    "/lum/",
    "/lum/cologno-nord/",
    "/lum/gaggiano/",
    "/finanziamenti/",
    "/finanziamenti/pinqua-co4regeneration/",
    "/dati/",
    "/atlante/",
    "/progetto/",
    "/accessibilita/",
    "/privacy/",
    "/contatti/",
    "/accesso/login/",
    "/accesso/password/reset/",
]
FIRST_VIEW_BYTES = 300_000
BELOW_FOOTER = """() => document.documentElement.scrollHeight - Math.max(innerHeight,
    document.querySelector("footer").getBoundingClientRect().bottom + scrollY)"""


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", ["", "/en"])
def test_page_is_accessible_fits_and_asks_no_one_else(desk, language, path):
    desk.go(language + path, until="load")
    for width in ("computer", "phone"):
        assert desk.narrow(width).violations() == [], width
        assert desk.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        assert desk.page.evaluate(BELOW_FOOTER) <= 1, "the page goes on below its footer"
    assert desk.problems == []
    assert desk.page.locator("h1").count() == 1


def first_service(desk):
    desk.go("/servizi/")
    return desk.page.locator("tbody th a").first.get_attribute("href")


@pytest.mark.parametrize("language", ["", "/en"])
def test_a_service_s_page_is_accessible_and_says_where_each_attribute_comes_from(desk, language):
    desk.go(language + first_service(desk))
    for width in ("computer", "phone"):
        assert desk.narrow(width).violations() == [], width
    assert desk.problems == []
    assert desk.page.locator(".origin", has_text="Insieme dimostrativo").count() >= 1


def test_an_unknown_page_says_so_and_is_accessible(desk):
    answer = desk.page.goto(desk.portal + "/zone/atlantide/")
    assert answer.status == 404
    assert desk.violations() == []


@pytest.mark.parametrize("path", ["/", "/servizi/", "/zone/sud-ovest/", "/comuni/015209/", None])
def test_first_view_of_a_page_is_light(desk, path):
    """Counted as it goes out: text packed as whitenoise packs it, fonts and images as they are.
    The page of a service is the last; each is seen by a browser that has nothing yet."""
    path = path or first_service(desk)
    desk.page.context.clear_cookies()
    sizes = {}

    def weigh(response):
        body = response.body() if response.ok else b""
        packed = response.url.endswith((".woff2", ".png"))
        sizes[response.url] = len(body) if packed else len(brotli.compress(body, quality=9))

    fresh = desk.page.context.new_page()
    fresh.context.new_cdp_session(fresh).send("Network.setCacheDisabled", {"cacheDisabled": True})
    fresh.on("response", weigh)
    fresh.goto(desk.portal + path, wait_until="networkidle")
    print(f"{path}: {sum(sizes.values()):,} bytes in {len(sizes)} answers")
    assert len(sizes) > 3
    assert sum(sizes.values()) <= FIRST_VIEW_BYTES, sizes


#: Every shift that nobody asked for, with what moved.
SHIFTS = """window.shifted = [];
new PerformanceObserver((list) => list.getEntries().forEach((e) =>
    e.hadRecentInput || shifted.push([e.value, ...e.sources.map((s) =>
        s.node?.id || s.node?.className || s.node?.nodeName)])))
    .observe({type: "layout-shift", buffered: true});"""


def hold(page, asked):
    """The requests for it, waiting until somebody lets them go."""
    held = []
    page.route(asked, lambda route: held.append(route))
    return held


@pytest.mark.parametrize("path", ["/", "/servizi/", "/lum/", "/comuni/015209/", "/regole/"])
def test_nothing_moves_when_the_letters_come_last(desk, path):
    for columns, rows in WIDTHS.values():
        fresh = desk.page.context.browser.new_context(viewport={"width": columns, "height": rows})
        page = fresh.new_page()
        page.add_init_script(SHIFTS)
        held = hold(page, re.compile(r"\.woff2"))
        page.goto(desk.portal + path, wait_until="commit")
        page.locator("footer").wait_for()
        page.wait_for_timeout(500)
        for letters in held:
            letters.continue_()
        page.wait_for_load_state("networkidle")
        shifted = page.evaluate("shifted")
        assert held
        assert sum(one[0] for one in shifted) < 0.01, (columns, shifted)
        fresh.close()


def test_pages_work_at_320_pixels(desk):
    desk.page.set_viewport_size({"width": 320, "height": 700})
    for path in ("/", "/servizi/", "/zone/sud-ovest/", "/comuni/015209/"):
        desk.go(path)
        assert desk.page.evaluate("document.documentElement.scrollWidth") <= 320, path


def test_everything_can_be_read_without_javascript(plain):
    plain.go("/?category=sanita")
    assert plain.page.locator(".in-view-list li").count() > 3
    plain.page.locator(".in-view-list .entry").first.click()
    expect(plain.page.locator(".selected-panel .service-card")).to_have_count(1)
    plain.page.locator(".selected-panel a").first.click()
    plain.page.wait_for_url(re.compile("/servizi/s-"))


def test_the_language_switch_keeps_page_and_filters(desk):
    desk.go("/servizi/?category=sanita")
    desk.page.locator(".slim-actions a[hreflang=en]").click()
    assert desk.page.url.endswith("/en/servizi/?category=sanita")
    assert desk.page.locator("html").get_attribute("lang") == "en"
