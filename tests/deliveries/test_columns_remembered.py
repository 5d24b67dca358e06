"""Columns confirmed once are not asked again: for that comune, and for layers of that shape."""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from deliveries import tasks
from deliveries.actions import answers, intake
from deliveries.models import Delivery
from tests import builders

pytestmark = pytest.mark.django_db


def table(*, extra: str = "", comune: str = "015209") -> bytes:
    """A plan whose names stand under «Insegna», with one column more if asked."""
    lines = builders.plan_file(3, comune=comune).read().decode().splitlines()
    lines[0] = lines[0].replace("DENOMINAZIONE", "Insegna")
    if extra:
        lines = [f"{line};{extra if number == 0 else 'x'}" for number, line in enumerate(lines)]
    return "\n".join(lines).encode()


def plan(content: bytes, name: str = "piano.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def taken_for(
    delivery: Delivery, layer: str = "piano", column: str = "Insegna"
) -> tuple[str, str]:
    """The field a column was taken for, and on whose word."""
    columns = {match["column"]: match for match in delivery.mapping[layer]["columns"]}
    return columns[column]["field"] or "", columns[column]["origin"]


def test_confirmed_columns_return_for_the_same_comune_and_shape_only(cast):
    delivery = builders.checked(cast, plan(table()))
    assert taken_for(delivery) == ("", "")
    answers.confirm_columns(delivery, user=cast.operator, mapping={"piano": {"Insegna": "name"}})
    tasks.check_delivery(str(delivery.pk))
    same_shape = builders.checked(cast, plan(table() + b"\n"))
    assert taken_for(same_shape) == ("name", "remembered")
    other_shape = builders.checked(cast, plan(table(extra="Ancora")))
    assert taken_for(other_shape) == ("", "")
    file = plan(table(comune="015077"))
    received = intake.receive(cast.neighbour, sender=cast.neighbour_comune, file=file)
    tasks.check_delivery(str(received.delivery.pk))
    assert taken_for(Delivery.objects.get(pk=received.delivery.pk)) == ("", "")


def test_two_layers_of_one_file_keep_their_own_columns(cast):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("nord.csv", table())
        archive.writestr("sud.csv", table(extra="Ancora"))
    delivery = builders.checked(cast, plan(packed.getvalue(), "piano.zip"))
    chosen = {"nord": {"Insegna": "name"}, "sud": {"Insegna": None, "Ancora": "name"}}
    answers.confirm_columns(delivery, user=cast.operator, mapping=chosen)
    tasks.check_delivery(str(delivery.pk))
    delivery.refresh_from_db()
    assert taken_for(delivery, "nord") == ("name", "chosen")
    assert taken_for(delivery, "sud") == ("", "")
    assert taken_for(delivery, "sud", "Ancora") == ("name", "chosen")


def test_a_chosen_system_is_shown_and_can_be_taken_back(cast):
    delivery = builders.checked(cast, rows=3)
    browser = Client()
    browser.force_login(cast.operator)
    (layer,) = delivery.mapping
    before = delivery.facts["layers"][0]["crs"]
    used = before["used"]
    for code, why in (("25832", "overridden"), ("", before["why"]["code"])):
        chosen = {"crs_layer": layer, "crs": code}
        browser.post(reverse("deliveries:choices", args=[delivery.pk]), chosen)
        tasks.check_delivery(str(delivery.pk))
        delivery.refresh_from_db()
        crs = delivery.facts["layers"][0]["crs"]
        assert (crs["used"], crs["why"]["code"]) == (int(code or used), why)
        page = browser.get(reverse("deliveries:columns", args=[delivery.pk])).content.decode()
        assert ('<option value="25832" selected>' in page) is bool(code)
