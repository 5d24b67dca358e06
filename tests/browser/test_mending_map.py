"""The small map of a row to mend, and the list while a check runs, in a real browser."""

import datetime as dt
import re

import pytest
from django.contrib.gis.geos import GEOSGeometry
from django.utils import timezone
from playwright.sync_api import Page, expect

from deliveries.models import Delivery, StagedRow
from tests import builders
from tests.browser.conftest import PATIENCE_MS, WIDTHS, clean, signed_in

pytestmark = [pytest.mark.browser, pytest.mark.worker, pytest.mark.slow]
MOVED = 0.00005


def bow_tie(live_cast) -> Delivery:
    file = builders.area_file(live_cast.comune.pk, builders.BOW_TIE)
    return builders.checked(live_cast, file)


@pytest.mark.parametrize("width", list(WIDTHS))
def test_a_broken_outline_is_drawn_beside_its_repair_and_the_signs_are_told(
    served, live_cast, browser, width
):
    delivery = bow_tie(live_cast)
    page = signed_in(browser, served, live_cast.operator, width)
    page.goto(f"{served}/consegne/{delivery.pk}/correggi/")
    lines = page.locator(".place path.leaflet-interactive, .place path[stroke-dasharray='8 6']")
    dashed = page.locator(".place path[stroke-dasharray='8 6']")
    expect(dashed).to_have_count(1, timeout=PATIENCE_MS)
    assert dashed.get_attribute("fill") == "none"
    assert dashed.bounding_box()["width"] > 100  # 90 m are seen, not a speck
    assert lines.count() > 1  # the repair, filled, is another path
    expect(page.get_by_text("linea tratteggiata: il contorno come l'hai mandato")).to_be_visible()
    expect(page.get_by_text("area piena: la riparazione proposta")).to_be_visible()
    clean(page)


def test_a_stray_click_takes_no_outline_away(served, live_cast, browser):
    delivery = bow_tie(live_cast)
    page = signed_in(browser, served, live_cast.operator)
    page.goto(f"{served}/consegne/{delivery.pk}/correggi/?strato=piano&riga=1")
    small = page.locator(".place .findings-map")
    expect(page.locator(".place path[stroke-dasharray='8 6']")).to_have_count(
        1, timeout=PATIENCE_MS
    )
    before = degrees(page)
    small.click(position={"x": 120, "y": 60})
    assert degrees(page) == before
    page.get_by_label("Metti un punto al posto del contorno").check()
    small.click(position={"x": 120, "y": 60})
    assert degrees(page) != before
    clean(page)


def degrees(page: Page) -> list[float]:
    return [float(page.get_by_label(name).input_value()) for name in ("Longitudine", "Latitudine")]


def saved(page: Page, delivery: str) -> GEOSGeometry:
    page.get_by_role("button", name="Salva e ricontrolla").press("Enter")
    page.wait_for_url(re.compile(r"/(correggi/|controlli/#esito)$"), timeout=PATIENCE_MS)
    point = StagedRow.objects.get(delivery=delivery, row=1).point
    point.transform(4326)
    return point


@pytest.mark.parametrize("by", ["mouse", "keyboard"])
def test_a_row_is_moved_on_its_map(served, live_cast, browser, by):
    delivery = builders.checked(live_cast, builders.plan_file(3))
    page = signed_in(browser, served, live_cast.operator)
    page.goto(f"{served}/consegne/{delivery.pk}/correggi/?strato=piano&riga=1")
    page.get_by_text("Altri campi della riga").click()
    small = page.locator(".place .findings-map")
    expect(small.locator("path").first).to_be_visible()
    page.wait_for_load_state("networkidle")  # the row's surroundings frame the map once
    small.scroll_into_view_if_needed()
    before = degrees(page)
    if by == "mouse":
        small.click(position={"x": 120, "y": 60})
    else:
        small.focus()
        for arrow in ("ArrowRight", "ArrowDown"):
            page.keyboard.press(arrow)
            page.wait_for_timeout(500)  # the map glides, and waits for no other key meanwhile
        page.keyboard.press("Enter")
    lon, lat = degrees(page)
    assert abs(lon - before[0]) > MOVED
    assert abs(lat - before[1]) > MOVED
    clean(page)
    point = saved(page, str(delivery.pk))
    assert abs(point.x - lon) < MOVED / 10
    assert abs(point.y - lat) < MOVED / 10


def test_the_list_follows_a_running_check_without_a_reload(served, live_cast, browser):
    delivery = builders.ready(
        live_cast, status="checking", progress_stage="GEO", progress_done=5,
        progress_total=8, lease_until=timezone.now() + dt.timedelta(hours=1),
    )  # fmt: skip
    page = signed_in(browser, served, live_cast.operator)
    page.goto(f"{served}/consegne/")
    page.evaluate("window.sameview = true")
    status = page.locator(".delivery-status")
    expect(status).to_contain_text("passo 6 di 8")
    Delivery.objects.filter(pk=delivery.pk).update(progress_done=7)
    expect(status).to_contain_text("passo 8 di 8", timeout=PATIENCE_MS)
    clean(page)
    Delivery.objects.filter(pk=delivery.pk).update(status="checked", lease_until=None)
    expect(status).to_contain_text("1 riga da correggere.", timeout=PATIENCE_MS)
    expect(status.get_by_role("link")).to_be_visible()
    expect(page.locator("#said")).to_contain_text("Sesto San Giovanni")
    assert page.evaluate("window.sameview")
    clean(page)
