"""What depends on the day and on what stands beside the services: sheets of zones and comuni, the
footer, ETags and kept counts."""

import datetime as dt
from collections.abc import Callable
from functools import partial

import pytest
from django.core.cache import cache
from django.utils import timezone

from services import states
from services.models import CellCount, ServiceType, StateCount
from tests.queries import cost
from tests.services.catalogue import (
    DAY,
    FIRST,
    LEGNANO,
    SESTO,
    Thing,
    grid,
    on,
    publish,
)
from zones.models import FormerCode, ZoneMembership

pytestmark = pytest.mark.django_db
URL = "/api/v1/services/"


def moved_to(zone: str, since: dt.date) -> None:
    """Sesto leaves its zone for another on that day."""
    ZoneMembership.objects.filter(municipality=SESTO).update(valid_to=since)
    ZoneMembership.objects.create(municipality_id=SESTO, zone_id=zone, valid_from=since)


def test_the_sheet_of_a_comune_and_of_a_zone_is_that_day_s(client):
    publish([Thing("Biblioteca")], at=FIRST)
    publish([Thing("Altra", lon=9.24)], at=FIRST + 10 * DAY)
    publish([Thing("Terza", lon=9.25)], reading=2, at=FIRST + 20 * DAY)
    moved_to("adda-martesana", dt.date(2026, 3, 10))

    def total(path: str, **query: str) -> list[str]:
        text = client.get(path, query).content.decode()
        section = text.partition('id="servizi')[2].partition("</table>")[0]
        row = section.partition(">Culturali<")[2].partition("</tr>")[0]
        return [cell.partition("<")[0].strip() for cell in row.split('class="num">')[1:]]

    comune = f"/comuni/{SESTO}/"
    assert total(comune)[:4] == ["2", "1", "0", "3"]
    assert total(comune, al="2026-03-05")[:4] == ["1", "0", "0", "1"]
    assert total("/zone/nord-milano/", al="2026-03-05")[:4] == ["1", "0", "0", "1"]
    assert total("/zone/nord-milano/")[:4] == ["0", "0", "0", "0"]
    assert total("/zone/adda-martesana/", al="2026-03-15")[:4] == ["2", "0", "0", "2"]
    past = client.get("/zone/nord-milano/", {"al": "2026-03-05"}).content.decode()
    assert "05/03/2026" in past
    in_zone = f'href="/comuni/{SESTO}/?al=2026-03-05"'
    assert in_zone in past
    assert "zone=nord-milano&amp;al=2026-03-05" in past
    assert f'href="/comuni/{SESTO}/' not in client.get("/zone/nord-milano/").content.decode()
    for path in (comune, "/zone/", "/zone/nord-milano/", "/comuni/", "/zone/confronto/"):
        assert client.get(path, {"al": "ieri"}).status_code == 400, path
        assert client.get(path, {"al": "2026-03-05"}).status_code == 200, path


def footer(client, path: str, **query: str) -> str:
    text = client.get(path, query).content.decode()
    return text.partition("<footer")[2].partition("</footer>")[0]


@pytest.mark.parametrize("path", ["/", "/servizi/", "/zone/", f"/comuni/{SESTO}/"])
def test_the_footer_dates_the_data_of_the_day(client, path):
    publish([Thing("Biblioteca")], at=FIRST)
    publish([Thing("Altra")], at=FIRST + 10 * DAY)
    cache.delete_many(f"portal-freshness:{day}" for day in ("", "2026-03-05", "2026-02-01"))
    assert "Dati al 12/03/2026" in footer(client, path)
    assert "Dati al 02/03/2026" in footer(client, path, al="2026-03-05")
    assert "Nessuna edizione" in footer(client, path, al="2026-02-01")


def new_member() -> None:
    moved_to("adda-martesana", timezone.localdate() - DAY)


def other_name() -> None:
    ServiceType.objects.filter(pk="biblioteche").update(name="Biblioteche civiche")


TILE = "/tiles/servizi/14/8611/5858.mvt"


@pytest.mark.parametrize(
    "address", [URL, f"{URL}?zone=nord-milano", TILE, f"{TILE}?zone=nord-milano"]
)
@pytest.mark.parametrize("change", [new_member, other_name])
def test_etags_change_with_memberships_and_taxonomy(client, address, change: Callable[[], None]):
    publish([Thing("Biblioteca")])
    tag = client.get(address)["ETag"]
    assert client.get(address, headers={"If-None-Match": tag}).status_code == 304
    change()
    again = client.get(address, headers={"If-None-Match": tag})
    assert again.status_code != 304
    assert again["ETag"] != tag


def test_a_count_kept_for_a_zone_is_dropped_when_its_comuni_change(client):
    publish([Thing("Biblioteca")])
    assert client.get(URL, {"zone": "nord-milano"}).json()["numberMatched"] == 1
    new_member()
    assert client.get(URL, {"zone": "nord-milano"}).json()["numberMatched"] == 0


@pytest.mark.parametrize(
    ("address", "by_day"),
    [
        (f"{TILE}?zone=nord-milano", True),
        ("/tiles/comuni/9/269/183.mvt", True),
        (URL, True),
        (TILE, False),
        (f"{TILE}?zone=nord-milano&al=2026-03-02", False),
        ("/tiles/zone/9/269/183.mvt", False),
    ],
)
def test_an_etag_changes_with_the_day_where_the_answer_depends_on_it(client, address, by_day):
    publish([Thing("Biblioteca")], at=FIRST)
    today, tomorrow = FIRST + 30 * DAY, FIRST + 31 * DAY
    with on(today):
        tag = client.get(address)["ETag"]
    with on(tomorrow):
        assert (client.get(address)["ETag"] != tag) is by_day


def merged() -> None:
    FormerCode.objects.create(
        code=LEGNANO, name="Legnano", valid_to="2024-01-01", successor_id=SESTO, source="prova"
    )


def test_a_merger_takes_the_comune_off_the_map_at_once(client):
    address = "/tiles/comuni/9/269/183.mvt"
    tag = client.get(address)["ETag"]
    assert "Legnano" in client.get("/").content.decode().partition("map-settings")[2]
    merged()
    assert client.get(address, headers={"If-None-Match": tag}).status_code != 304
    settings = client.get("/").content.decode().partition("map-settings")[2]
    assert '"Legnano"' not in settings


def test_an_empty_day_is_no_day(client):
    publish([Thing("Biblioteca")], at=FIRST)
    tags = set()
    for later in (30, 31):
        with on(FIRST + later * DAY):
            tags.add(client.get(f"{TILE}?zone=nord-milano&al=%20")["ETag"])
    assert len(tags) == 2


def test_readers_see_what_was_counted_anew(client):
    publish([Thing("Biblioteca")])
    for count in (StateCount, CellCount):
        count.objects.update(n=7)
    tag = client.get(TILE)["ETag"]
    assert client.get(URL).json()["numberMatched"] == 7
    states.recount()
    assert client.get(URL).json()["numberMatched"] == 1
    assert client.get(TILE, headers={"If-None-Match": tag})["ETag"] != tag


def test_the_layer_of_comuni_changes_with_memberships(client):
    address = "/tiles/comuni/9/269/183.mvt"
    tag = client.get(address)["ETag"]
    new_member()
    assert client.get(address, headers={"If-None-Match": tag}).status_code != 304


def test_the_past_costs_as_many_queries_as_today(client):
    counts = set()
    for hour, number in enumerate((1, 30)):
        at = FIRST + dt.timedelta(hours=hour)
        publish(grid(number, Thing(f"Biblioteca {number}")), at=at)
        for day in ({}, {"al": "2026-03-05"}):
            query = {"q": f"biblioteca {number}", "limit": 40, **day}
            assert len(client.get(URL, query).json()["features"]) >= number
            counts.add(cost(partial(client.get, URL, query)))
    assert len(counts) == 1, counts
