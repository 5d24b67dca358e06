"""Zones and comuni as a reader gets them: official and computed figures, contradictions, gaps."""

import pytest

from zones.models import IndicatorValue
from zones.selectors import zone_summaries

pytestmark = pytest.mark.django_db


def test_the_deck_s_contradiction_is_shown_and_explained(client):
    text = client.get("/zone/").content.decode()
    assert "ZO 9" in text
    assert "<strong>8</strong>" in text
    comparison = client.get("/zone/confronto/").content.decode()
    assert "1.576,55" in comparison
    assert "Alto Milanese" in comparison


def test_official_figures_stand_beside_computed_ones_and_are_not_overwritten():
    whole = {figure.figure: figure for figure in zone_summaries()[-1].figures}
    assert (whole["zone"].official, whole["zone"].computed) == (9, 8)
    assert (whole["comuni"].official, whole["comuni"].computed) == (133, 133)
    assert whole["superficie"].differs


def test_a_zone_lists_its_comuni_and_its_sections(client):
    text = client.get("/zone/sud-ovest/").content.decode()
    for words in ("Rozzano", "Servizi sovracomunali", "Finanziamenti", "LUM"):
        assert words in text


@pytest.mark.parametrize(
    ("istat", "role"),
    [
        ("015182", "polo attrattore di rilevanza metropolitana"),
        ("015175", "polo attrattore di rilevanza sovracomunale"),
        ("015070", "città centrale"),
        ("015108", "né polo attrattore né città centrale"),
    ],
)
def test_a_comune_says_its_role_in_the_ptm_and_who_says_so(client, istat, role):
    text = client.get(f"/comuni/{istat}/").content.decode()
    facts = text[text.index("Ruolo nel PTM") :].split("</dd>")[0]
    assert role in facts
    assert "Ricognizione immobili 2023" in facts and "RicognizioneImmobili2023" in facts
    assert "da verificare" not in text[: text.index("<section")]


def test_missing_residents_are_drawn_as_missing_never_as_zero(client):
    IndicatorValue.objects.all().delete()
    text = client.get("/comuni/015209/").content.decode()
    assert "dato mancante" in text
    assert "Mancano gli abitanti" in text
    assert "0,00" not in text


def test_english_pages_name_figures_in_english(client):
    text = client.get("/en/zone/sud-ovest/").content.decode()
    assert "Official and computed figures" in text
    assert "Dati ufficiali" not in text


def test_unknown_places_are_not_found(client):
    for path in ("/zone/atlantide/", "/comuni/999999/", "/comuni/abc/", "/lum/niente/"):
        assert client.get(path).status_code == 404
