"""People with a role set a second factor up before they act; the demonstration is not asked."""

import pytest
from django.test import Client


@pytest.fixture
def real_operator(cast):
    cast.operator.is_demonstration = False
    cast.operator.save()
    client = Client()
    client.force_login(cast.operator)
    return client


@pytest.mark.parametrize("path", ["/consegne/", "/en/consegne/", "/profilo/"])
def test_an_operator_without_second_factor_is_sent_to_set_one_up(real_operator, path):
    answer = real_operator.get(path)
    assert answer.status_code == 302
    assert "/2fa/totp/activate/" in answer["Location"]


@pytest.mark.parametrize("path", ["/consegne/", "/en/consegne/", "/profilo/"])
def test_a_consultant_is_asked_for_it_as_an_operator(cast, path):
    cast.consultant.is_demonstration = False
    cast.consultant.save()
    client = Client()
    client.force_login(cast.consultant)
    assert "/2fa/totp/activate/" in client.get(path)["Location"]
    assert client.post("/api/v1/uploads/", {"municipality": "015209"}).status_code == 302


def test_nothing_is_written_before_the_second_factor(real_operator):
    answer = real_operator.post("/api/v1/uploads/", {"municipality": "015209"})
    assert answer.status_code == 302


def test_public_pages_stay_open(real_operator):
    assert real_operator.get("/").status_code == 200


def test_the_demonstration_is_not_asked(cast):
    client = Client()
    client.force_login(cast.operator)
    assert client.get("/consegne/").status_code == 200
