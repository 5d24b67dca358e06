"""Former ISTAT codes: data with dates, told on the pages and in the API, known to every check."""

import datetime as dt
import re
import shutil

import pytest
from django.core.management import call_command

from deliveries.checks import surroundings
from tests.services.catalogue import SESTO, Thing, publish
from zones.management import reference
from zones.management.territory import load_territory
from zones.models import FormerCode, Municipality, Zone

pytestmark = pytest.mark.django_db

LONG_AGO = dt.datetime(2023, 3, 1, tzinfo=dt.UTC)
VERMEZZO, ZELO, TODAY = "015235", "015246", "015251"


def ended(code: str, successor: str, day: str = "2024-01-01") -> FormerCode:
    return FormerCode.objects.create(
        code=code,
        name=code,
        valid_to=dt.date.fromisoformat(day),
        successor_id=successor,
        source="x",
    )


def test_the_two_comuni_of_2019_lead_to_the_one_they_became(client):
    for code in (VERMEZZO, ZELO):
        page = client.get(f"/comuni/{code}/")
        assert (page.status_code, page["Location"]) == (301, f"/comuni/{TODAY}/")
        told = client.get(f"/api/v1/municipalities/{code}/")
        assert (told.status_code, told["Location"]) == (308, f"/api/v1/municipalities/{TODAY}/")
        found = client.get(f"/api/v1/services/?municipality={code}")
        assert found.status_code == 200


def test_the_comune_s_page_names_the_codes_of_before_with_day_and_source(client):
    text = client.get(f"/comuni/{TODAY}/").content.decode()
    facts = text[text.index("Codici ISTAT di prima") :].split("</dd>")[0]
    assert VERMEZZO in facts and "Zelo Surrigone" in facts
    assert "08/02/2019" in facts and "ISTAT" in facts


def test_a_filter_by_a_former_code_finds_the_services_of_the_comune(client):
    ended("015998", SESTO)
    publish([Thing("Biblioteca")])
    told = client.get("/api/v1/services/?municipality=015998").json()
    assert [one["properties"]["name"] for one in told["features"]] == ["Biblioteca"]
    assert client.get("/api/v1/services/?municipality=015997").status_code == 400


def test_a_line_of_the_fixture_is_all_that_a_merger_needs(client, tmp_path, monkeypatch):
    folder = shutil.copytree(reference.FIXTURES, tmp_path / "fixtures")
    with (folder / "territory/former_codes.csv").open("a", encoding="utf-8") as lines:
        lines.write("015005,Albairate,,2024-01-01,015002,prova\n")
    monkeypatch.setattr(reference, "FIXTURES", folder)
    publish([Thing("Biblioteca", municipality="015005")], at=LONG_AGO)
    load_territory()
    assert client.get("/comuni/015005/")["Location"] == "/comuni/015002/"
    assert not Municipality.objects.current().filter(pk="015005").exists()
    assert Municipality.objects.current(dt.date(2023, 12, 31)).filter(pk="015005").exists()
    assert "015005" not in surroundings.territory().codes
    one_answer_everywhere(client, {}, comuni=132)
    one_answer_everywhere(client, {"al": "2023-12-31"}, comuni=133)
    drawn = Zone.objects.get(pk="magentino-abbiatense").geometry
    assert drawn.contains(Municipality.objects.get(pk="015005").geometry.point_on_surface)


def one_answer_everywhere(client, day, comuni):
    """The comuni of the zones, and the services of the zone and the comune that a merger is in."""
    known = client.get("/api/v1/municipalities/", {**day, "limit": 200}).json()["features"]
    zones = client.get("/api/v1/zones/", day).json()["features"]
    assert len(known) == sum(one["properties"]["municipalities"] for one in zones) == comuni
    page = client.get("/comuni/015005/", day)
    moved = comuni == 132
    assert page.status_code == (301 if moved else 200)
    here = "015002" if moved else "015005"
    for query in ({"zone": "magentino-abbiatense"}, {"municipality": "015005"}):
        told = client.get("/api/v1/services/", {**day, **query}).json()
        assert told["numberMatched"] == 1, query
    for address in ("/zone/magentino-abbiatense/", f"/comuni/{here}/"):
        text = client.get(address, day).content.decode()
        assert re.search(r"Lettura 1, dai PGT.*?<dd[^>]*>\s*(?:<[^>]*>)*1\b", text, re.S), address
    listed = client.get("/servizi/", {**day, "municipality": here}).content.decode()
    assert re.search(rf'value="{here}" selected>[^<]*\(1\)', listed)


def test_a_merger_to_come_changes_nothing_yet(client):
    ended("015005", "015002", "2999-01-01")
    assert client.get("/comuni/015005/").status_code == 200
    assert "015005" not in FormerCode.objects.successors()
    assert "015005" in surroundings.territory().codes


def test_a_comune_merged_twice_leads_to_the_last():
    ended("015999", TODAY)
    ended(TODAY, "015002")
    successors = FormerCode.objects.successors()
    assert successors["015999"] == successors[VERMEZZO] == "015002"


def test_checking_a_file_for_a_former_code_checks_it_for_the_comune(tmp_path, capsys):
    sent = tmp_path / "consegna.csv"
    rows = [f"Liceo {n};Liceo;{code}" for n, code in enumerate((VERMEZZO, ZELO, TODAY, SESTO))]
    sent.write_text("\n".join(["DENOMINAZIONE;TIPOLOGIA;COD_ISTAT", *rows]), encoding="utf-8")
    with pytest.raises(SystemExit) as end:
        call_command("check_delivery", str(sent), municipality=VERMEZZO)
    assert end.value.code == 1
    said = capsys.readouterr().out
    assert "ATT-05" in said and "Riga 4: il codice ISTAT 015209" in said
    assert "2 codici ISTAT: Comune soppresso" in said
    assert "(015235 → 015251)" in said
