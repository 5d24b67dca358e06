"""The map of the home page: tiles, picking, and legend, list, selection and address in step."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

PICK = """([lng, lat]) => {
  const view = window.portalMap;
  const point = view.map.latLngToContainerPoint([lat, lng]);
  const box = view.map.getContainer().getBoundingClientRect();
  return [box.left + point.x, box.top + point.y];
}"""


@pytest.fixture
def home(desk):
    desk.go("/")
    desk.page.wait_for_function("window.portalMap?.layer")
    return desk


def entries(home):
    return home.page.locator(".in-view-list li[data-id]")


def test_the_legend_filters_map_list_and_address(home):
    before = home.page.locator(".in-view-count").get_attribute("data-matched")
    home.page.locator("#m-c-sanita").check()
    expect(home.page.locator(".in-view-count")).not_to_have_attribute("data-matched", before)
    assert "category=sanita" in home.page.url
    marks = home.page.locator(".in-view-list .mark")
    assert set(marks.evaluate_all("marks => marks.map(m => m.dataset.category)")) == {"sanita"}
    assert home.problems == []


def test_a_reload_shows_what_the_address_says(home):
    home.page.locator("#m-c-sanita").check()
    home.page.wait_for_url("**category=sanita*")
    home.page.reload(wait_until="networkidle")
    assert home.page.locator("#m-c-sanita").is_checked()


def test_enter_on_an_entry_selects_it_on_the_map_and_is_announced(home):
    entry = entries(home).first
    chosen = entry.get_attribute("data-id")
    name = entry.locator(".name").inner_text()
    entry.locator(".entry").focus()
    home.page.keyboard.press("Enter")
    expect(home.page.locator(".leaflet-popup .service-card")).to_have_attribute("data-id", chosen)
    expect(home.page.locator("#map-status")).to_contain_text(name)
    assert f"servizio={chosen}" in home.page.url
    assert home.page.locator(".selected-pin").count() == 1
    assert home.violations() == []


def test_a_click_on_the_map_selects_the_service_under_it(home):
    entry = entries(home).first
    entry.locator(".entry").click()
    card = home.page.locator(".leaflet-popup .service-card")
    expect(card).to_be_visible()
    chosen = card.get_attribute("data-id")
    place = [float(card.get_attribute("data-lng")), float(card.get_attribute("data-lat"))]
    home.page.goto(home.portal + "/", wait_until="networkidle")
    home.page.evaluate("([lng, lat]) => portalMap.map.setView([lat, lng], 16)", place)
    home.page.wait_for_load_state("networkidle")
    home.page.wait_for_timeout(500)
    x, y = home.page.evaluate(PICK, place)
    home.page.mouse.click(x, y)
    expect(home.page.locator(".leaflet-popup .service-card")).to_have_attribute("data-id", chosen)
    expect(entries(home).locator(f"xpath=self::*[@data-id='{chosen}']")).to_have_class("selected")


def test_the_list_follows_the_view(home):
    home.page.evaluate("portalMap.map.setView([45.4642, 9.19], 14)")
    expect(home.page.locator(".in-view-count")).not_to_have_attribute("data-matched", "203")


def test_the_map_moves_with_the_keyboard(home):
    home.page.locator("#map").focus()
    before = home.page.evaluate("portalMap.map.getCenter().lng")
    home.page.keyboard.press("ArrowRight")
    home.page.wait_for_function(f"portalMap.map.getCenter().lng > {before}")
