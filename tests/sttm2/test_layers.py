"""Every layer of `sttm2.layers` is wherever layers are: tiles, API, page of data, maps."""

import json
import re

import pytest
from django.conf import settings
from django.core.management import call_command
from django.urls import reverse

from core.maps import PageMap
from lum.models import Lum
from services.models import Service
from sttm2.layers import LAYERS, on_map
from tests import builders

pytestmark = pytest.mark.django_db
SHAPES = (settings.BASE_DIR / "static/src/js/map/vector.js").read_text(encoding="utf-8")
EACH = pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: layer.id)
#: A page of the portal with each map.
PAGES = {
    PageMap.HOME: "/",
    PageMap.TERRITORY: "/zone/nord-milano/",
    PageMap.ZONES: "/zone/",
    PageMap.ALL_LUM: "/lum/",
}


def text(client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def drawn_on(page: str) -> list[dict]:
    told = re.search(r'<script id="map-settings"[^>]*>(.*?)</script>', page, re.S).group(1)
    return json.loads(told)["layers"]


@EACH
def test_it_has_tiles_with_an_etag(client, layer):
    answer = client.get(layer.tiles.format(z=8, x=134, y=91))
    assert answer.status_code in (200, 204)
    assert answer["ETag"]


@EACH
def test_the_api_and_the_page_of_data_list_it_with_its_downloads(client, layer):
    [listed] = [
        one for one in client.get("/api/v1/layers/").json()["items"] if one["id"] == layer.id
    ]
    page = text(client, reverse("data"))
    assert listed["tiles"] == layer.tiles and f"<code>{layer.tiles}</code>" in page
    assert [one["name"] for one in listed["attributes"]] == list(layer.columns)
    assert [one["path"] for one in listed["downloads"]] == [one.path for one in layer.downloads]
    for way in layer.downloads:
        assert f'href="{way.path}"' in page
        assert client.get(way.path).status_code == 200


@pytest.fixture
def addresses(cast) -> dict[PageMap, str]:
    """A page with each kind of map, with something behind those of one thing."""
    call_command("load_lum", verbosity=0)
    builders.published(cast)
    service = Service.objects.published().first()
    lum = Lum.objects.public().filter(point__isnull=False).first()
    own = {
        PageMap.SERVICE: reverse("services:detail", args=[service.public_id]),
        PageMap.LUM: reverse("lum:detail", args=[lum.code]),
    }
    return {**PAGES, **own}


@pytest.mark.parametrize("page_map", PageMap)
def test_each_map_draws_its_layers_and_has_a_switch_for_those_over_its_base(
    client, addresses, page_map
):
    page = text(client, addresses[page_map])
    assert drawn_on(page) == json.loads(json.dumps(on_map(page_map, None)))
    over = [layer for layer in LAYERS if layer.is_on(page_map) and not layer.base]
    switch = re.findall(r'id="map-layer-([^"]+)"', page)
    assert switch == ([layer.id for layer in over] if len(over) > 1 else [])


@pytest.mark.parametrize("page_map", [PageMap.HOME, PageMap.TERRITORY])
def test_the_legend_says_the_signs_of_the_layers_that_are_drawn(client, page_map):
    page = text(client, PAGES[page_map])
    for layer in LAYERS:
        for entry in layer.legend:
            assert (f"{entry.words} </li>" in page) is layer.is_on(page_map)


@EACH
def test_what_its_features_are_called_by_leads_to_their_page(client, layer):
    [drawn] = [one for one in on_map(layer.maps[0], None) if one["id"] == layer.id]
    assert drawn["key"] == layer.columns[0]
    assert bool(layer.page) is ("KEY" in drawn["page"])


@EACH
def test_the_map_knows_how_to_draw_it(layer):
    assert f"\n  {layer.drawing.shape}: (" in SHAPES
