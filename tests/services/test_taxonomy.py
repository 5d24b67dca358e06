"""The taxonomy is the deck's, and its two ways in give the same thing."""

import json
from pathlib import Path

import pytest

from services.selectors import taxonomy as taxonomy_in_force
from validator.taxonomy import LOCAL_LABEL, Taxonomy

FILE = Path(__file__).resolve().parents[2] / "fixtures" / "taxonomy.json"
DECK = {
    "Verde pubblico": ["Aree a verde pubblico > 5.000 mq"],
    "Trasporti": ["Stazioni ferroviarie", "Capolinea TPL"],
    "Sanità": ["Ospedali", "RSA"],
    "Sicurezza": [
        "Tribunali", "Carceri", "Carabinieri", "Polizia", "Finanza", "Vigili del fuoco",
    ],
    "Sport e tempo libero": ["Centri sportivi", "Palazzetti", "Luoghi per eventi"],
    "Culturali": ["Biblioteche", "Teatri", "Musei", "Cinema"],
    "Istruzione": ["Scuole secondarie II grado", "Università"],
    "Impianti tecnologici": ["Centrali", "Depuratori", "Termovalorizzatori"],
}  # fmt: skip


@pytest.fixture(scope="module")
def taxonomy() -> Taxonomy:
    return Taxonomy.from_json(FILE)


def test_the_eight_categories_and_23_types_are_those_of_the_deck_in_its_order(taxonomy):
    names = {category.slug: category.name for category in taxonomy.categories}
    found: dict[str, list[str]] = {name: [] for name in names.values()}
    for kind in taxonomy.supra:
        found[names[kind.category]].append(kind.name)
    assert found == DECK
    assert list(found) == list(DECK)


def test_every_type_of_the_deck_has_synonyms_and_its_names_elsewhere(taxonomy):
    for kind in taxonomy.supra:
        assert len(kind.synonyms) >= 3, kind.slug
        assert kind.name_en, kind.slug
        assert kind.mappings["osm"], kind.slug
        assert kind.mappings["schema_org"], kind.slug
        assert kind.mappings.get("inspire") or kind.mappings.get("hilucs"), kind.slug
        assert kind.default_valence in ("intercomunale", "metropolitana"), kind.slug


def test_places_of_culture_carry_their_national_code(taxonomy):
    codes = {kind.slug: kind.mappings.get("culture") for kind in taxonomy.supra}
    assert codes["biblioteche"] == "D.4"
    assert codes["cinema"] == "D.5"
    assert codes["musei"] == "D.7"
    assert codes["teatri"] == "D.9"
    assert codes["universita"] == "D.13"


def test_every_type_of_the_deck_has_its_category_of_points_of_interest_or_says_why_not(taxonomy):
    """The eight of the national vocabulary of POI-AP_IT; nothing is guessed."""
    for kind in taxonomy.supra:
        category = kind.mappings["poi"]
        if category is None:
            assert kind.mappings["poi_note"].startswith("non attribuito: "), kind.slug
        else:
            assert category in {f"cat_{n}" for n in range(1, 9)}, kind.slug


def test_no_two_kinds_claim_the_same_word(taxonomy):
    claimed: dict[str, str] = {}
    for kind in taxonomy.kinds:
        for word in kind.synonyms:
            assert claimed.setdefault(word, kind.slug) == kind.slug, word


def test_local_kinds_are_told_as_local_and_supra_ones_by_name(taxonomy):
    assert taxonomy.kind("farmacia").label == LOCAL_LABEL
    assert taxonomy.kind("rsa").label == "RSA"
    assert taxonomy.kind("nessuno") is None
    assert taxonomy.kind(None) is None


def test_green_must_exceed_five_thousand_square_metres_or_is_of_the_neighbourhood(taxonomy):
    green = taxonomy.kind("aree-a-verde-pubblico")
    assert green.area_over == 5_000
    assert taxonomy.kind(green.below).supra is False


@pytest.mark.django_db
def test_the_taxonomy_in_force_is_the_loaded_one(taxonomy):
    stored = taxonomy_in_force()
    assert stored.by_slug == taxonomy.by_slug
    assert stored.categories_by_slug == taxonomy.categories_by_slug


def test_a_taxonomy_that_contradicts_itself_is_refused(tmp_path):
    text = json.loads(FILE.read_text(encoding="utf-8"))
    text["kinds"][0]["category"] = "inesistente"
    broken = tmp_path / "taxonomy.json"
    broken.write_text(json.dumps(text), encoding="utf-8")
    with pytest.raises(ValueError, match="inesistente"):
        Taxonomy.from_json(broken)
