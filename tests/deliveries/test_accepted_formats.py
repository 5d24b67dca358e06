"""Every accepted format is said wherever files are sent, out of the one registry of formats."""

import pytest
from django.urls import reverse
from django.utils import translation
from django.utils.html import escape

from deliveries.reports import rulebook
from validator.reading.registry import accepted_formats

LANGUAGES = pytest.mark.parametrize("language", ["it", "en"])


def lists_all(html: str, language: str) -> bool:
    return all(f"<li>{escape(one)}</li>" in html for one in accepted_formats(language))


@LANGUAGES
def test_the_pages_that_take_a_file_list_the_formats(cast, client, language):
    client.force_login(cast.operator)
    for page in ("deliveries:precheck", "deliveries:new"):
        with translation.override(language):
            address = reverse(page)
        assert lists_all(client.get(address).content.decode(), language)


@LANGUAGES
def test_the_api_lists_the_formats_with_its_limits(db, client, language):
    answer = client.get(reverse("api-checks"), headers={"Accept-Language": language}).json()
    assert [one["title"] for one in answer["formats"]] == accepted_formats(language)
    assert all(one["suffixes"] and one["name"] for one in answer["formats"])


def test_the_help_of_the_api_lists_the_formats(db, client):
    shapes = client.get(reverse("api-schema")).json()["components"]["schemas"]
    for name in ("NewCheck", "NewDelivery"):
        said = shapes[name]["properties"]["file"]["description"]
        assert all(one in said for one in accepted_formats("it"))


@LANGUAGES
def test_the_rule_on_files_that_do_not_open_lists_the_formats(language):
    with translation.override(language):
        assert all(one in rulebook.page("FIL-01").why for one in accepted_formats(language))
