"""The map of the home page: tiles, picking, and legend, list, selection and address in step."""

import re

import pytest
from django.contrib.gis.geos import Point
from playwright.sync_api import expect

from services.cells import HALF_WORLD
from services.filters import ServiceFilter
from services.tilesets import TileAddress, live_cells
from sttm2.tiles import MVT
from tests.services.catalogue import Thing, publish

pytestmark = pytest.mark.browser

TILE = re.compile(r"/tiles/servizi/(\d+)/(\d+)/(\d+)\.mvt")
LONELY = [9.2350, 45.5350]
PICK = """([lng, lat]) => {
  const view = window.portalMap;
  const point = view.map.latLngToContainerPoint([lat, lng]);
  const box = view.map.getContainer().getBoundingClientRect();
  return [box.left + point.x, box.top + point.y];
}"""


@pytest.fixture
def home(desk):
    desk.go("/")
    desk.until("Boolean(window.portalMap?.layer)")
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


def lone_cells() -> dict[tuple[int, ...], bytes]:
    """Tiles of cells in which one library stands, as where there are thousands of services."""
    publish([Thing("Biblioteca", lon=LONELY[0], lat=LONELY[1])])
    x, y = Point(*LONELY, srid=4326).transform(3857, clone=True).coords
    found = {}
    for zoom in range(6, 12):
        width = 2 * HALF_WORLD / 2**zoom
        tile = TileAddress(zoom, int((x + HALF_WORLD) / width), int((HALF_WORLD - y) / width))
        cells = live_cells(tile, ServiceFilter().hits(web_box=tile.box()))
        found[tile.z, tile.x, tile.y] = cells or b""
    return found


def test_a_click_on_the_only_service_of_a_cell_comes_nearer(desk, db):
    """Where there are many, a cell is a number, also of one: it has no card to open."""
    tiles = lone_cells()

    def answer(route):
        place = tuple(map(int, TILE.search(route.request.url).groups()))
        route.fulfill(status=200, content_type=MVT, body=tiles.get(place, b""))

    desk.page.route("**/tiles/servizi/**", answer)
    desk.go("/")
    desk.until("Boolean(window.portalMap?.layer)")
    desk.page.evaluate("([lng, lat]) => portalMap.map.setView([lat, lng], 10)", LONELY)
    desk.page.wait_for_load_state("networkidle")
    desk.page.wait_for_timeout(500)
    desk.page.mouse.click(*desk.page.evaluate(PICK, LONELY))
    desk.until("portalMap.map.getZoom() === 12")
    assert desk.page.locator(".leaflet-popup").count() == 0
    assert desk.problems == []


def seen(home):
    """West, south, east, north of what the map shows."""
    home.until("Boolean(window.portalMap?.layer)")
    return home.page.evaluate(
        "(b => [b.getWest(), b.getSouth(), b.getEast(), b.getNorth()])(portalMap.map.getBounds())"
    )


def holds(outer, inner):
    return (
        outer[0] <= inner[0]
        and outer[1] <= inner[1]
        and outer[2] >= inner[2]
        and outer[3] >= inner[3]
    )


def test_the_map_goes_where_the_filter_of_place_says(home):
    everywhere = seen(home)
    with home.page.expect_navigation():
        home.page.locator("#m-zone").select_option("nord-milano")
    zone = seen(home)
    assert holds(everywhere, zone)
    with home.page.expect_navigation():
        home.page.locator("#m-municipality").select_option("015209")
    comune = seen(home)
    assert (
        holds(comune, [9.21, 45.525, 9.265, 45.55]) and comune[2] - comune[0] < zone[2] - zone[0]
    )
    home.go("/?municipality=015209&bbox=9.60,45.40,9.70,45.50")
    box = seen(home)
    assert holds(box, [9.60, 45.40, 9.70, 45.50]) and not holds(box, [9.21, 45.525, 9.265, 45.55])


def test_the_list_follows_the_view(home):
    home.page.evaluate("portalMap.map.setView([45.4642, 9.19], 14)")
    expect(home.page.locator(".in-view-count")).not_to_have_attribute("data-matched", "203")


def test_the_map_moves_with_the_keyboard(home):
    home.page.locator("#map").focus()
    before = home.page.evaluate("portalMap.map.getCenter().lng")
    home.page.keyboard.press("ArrowRight")
    home.until(f"portalMap.map.getCenter().lng > {before}")


def test_the_switch_takes_a_layer_away_and_gives_it_back(home):
    asked = []
    home.page.on("request", lambda request: asked.append(request.url))
    home.page.locator("#map-layer-servizi").uncheck()
    home.page.evaluate("portalMap.map.setView([45.4642, 9.19], 13)")
    home.page.wait_for_load_state("networkidle")
    assert any("/tiles/lum/" in url for url in asked)
    assert not any("/tiles/servizi/" in url for url in asked)
    with home.page.expect_request("**/tiles/servizi/**"):
        home.page.locator("#map-layer-servizi").check()
    home.page.locator("#map-layer-lum").uncheck()
    home.page.locator("#map-layer-servizi").uncheck()
    home.until("portalMap.layer === null")
    assert home.problems == []


def test_a_click_on_a_lum_names_it_and_leads_to_its_page(desk):
    desk.go("/lum/")
    desk.until("Boolean(window.portalMap?.layer)")
    lum = desk.page.evaluate(
        """async () => {
          const found = (await (await fetch("/api/v1/lum/")).json()).features;
          const { id, geometry, properties } = found.find((one) => one.geometry);
          portalMap.map.setView([...geometry.coordinates].reverse(), 15);
          return { id, place: geometry.coordinates, name: properties.name };
        }"""
    )
    desk.page.wait_for_load_state("networkidle")
    desk.page.wait_for_timeout(500)
    x, y = desk.page.evaluate(PICK, lum["place"])
    desk.page.mouse.click(x, y)
    link = desk.page.locator(".leaflet-popup a[href^='/lum/']")
    expect(link).to_have_text(f"LUM: {lum['name']}")
    assert link.get_attribute("href") == f"/lum/{lum['id']}/"
