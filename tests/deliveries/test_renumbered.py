"""A plan whose rows got other identifiers: what the portal's own key says wins."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from services.models import ServiceState
from tests import builders

pytestmark = pytest.mark.django_db
HEADER = "ID;Chiave STTM;TIPOLOGIA;DENOMINAZIONE;STATO;COORD_X;COORD_Y"


def plan(*rows: tuple[str, str, str]) -> SimpleUploadedFile:
    places = {"Uno": 0, "Due": 1, "Tre": 2}
    points = builders.places("015209", 3)
    lines = [HEADER]
    for identifier, key, name in rows:
        x, y = points[places[name]]
        lines.append(f"{identifier};{key};Biblioteca;Biblioteca {name};esistente;{x};{y}")
    return SimpleUploadedFile("piano.csv", "\n".join(lines).encode())


def shown() -> dict[str, str]:
    return dict(ServiceState.objects.at(None).values_list("name", "public_id"))


def test_a_new_row_may_take_the_identifier_that_another_row_had(cast):
    builders.published(cast, plan(("K1", "", "Uno"), ("K2", "", "Due")))
    before = shown()
    again = plan(("K9", "K1", "Uno"), ("K2", "K2", "Due"), ("K1", "", "Tre"))
    delivery = builders.published(cast, again)
    assert delivery.status == "published"
    after = shown()
    assert set(after) == {"Biblioteca Uno", "Biblioteca Due", "Biblioteca Tre"}
    assert (after["Biblioteca Uno"], after["Biblioteca Due"]) == tuple(before.values())
    assert after["Biblioteca Tre"] not in before.values()


def test_two_rows_may_change_identifiers_with_each_other(cast):
    builders.published(cast, plan(("K1", "", "Uno"), ("K2", "", "Due")))
    before = shown()
    builders.published(cast, plan(("K2", "K1", "Uno"), ("K1", "K2", "Due")))
    assert shown() == before
