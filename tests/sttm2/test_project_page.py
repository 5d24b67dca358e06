"""The page about the project: its act with how sure it is, and the way to it."""

import pytest

from validator import schema

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("address", "act", "certainty"),
    [
        ("/progetto/", "deliberazione n. 5 del 28 febbraio 2024", "non sono stati letti"),
        ("/en/progetto/", "resolution no. 5 of 28 February 2024", "were not read"),
    ],
)
def test_the_act_is_told_with_its_source_and_certainty(client, address, act, certainty):
    text = " ".join(client.get(address).content.decode().split())
    assert act in text and certainty in text
    assert "cittametropolitana.mi.it/PTM/STTM/variante2024/" in text


def test_every_page_leads_to_the_project(client):
    assert 'href="/progetto/"' in client.get("/contatti/").content.decode()
    assert 'href="/en/progetto/"' in client.get("/en/contatti/").content.decode()


def test_no_article_is_stated_for_the_lum_as_a_fact():
    norm = schema.BY_NAME["lum"].norm
    assert "articolo da verificare" in norm and "35" not in norm
