"""The impact preview: what it says before is what the sheets say after acceptance."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from deliveries.actions import intake, review
from deliveries.models import Proposal
from deliveries.publishing import impact
from services.models import Edition, Record, ServiceState
from tests import builders
from tests.deliveries.pages import text


def next_file() -> SimpleUploadedFile:
    """Six libraries: one gone, one renamed, one become a museum, two new theatres."""
    lines = builders.plan_file(6).read().decode().splitlines()
    del lines[6]
    lines[1] = lines[1].replace("Biblioteca 1", "Biblioteca Uno")
    lines[2] = lines[2].replace(";Biblioteca;", ";Museo;")
    for n, (x, y) in enumerate(builders.places("015209", 2, seed=5)):
        lines.append(f"T{n};Teatro;Teatro comunale {n};via Po {n};esistente;900;{x};{y}")
    return SimpleUploadedFile("due.csv", "\n".join(lines).encode())


def after(delivery) -> dict:
    found = impact.figures_of(delivery)
    return {name: {one.label: one.after for one in f.values()} for name, f in found.items()}


def test_the_preview_equals_the_figures_after_acceptance(cast):
    builders.published(cast, rows=6)
    delivery = builders.checked(cast, next_file())
    before = after(delivery)
    said = impact.preview(delivery)
    assert said.kinds == {"unchanged": 3, "edited": 1, "reclassified": 1, "withdrawn": 1, "new": 2}
    assert (said.changes, said.confirmed) == (5, 3)
    assert len(said.sheets) == 2
    review.submit(delivery, user=cast.operator, statement=builders.statement())
    builders.publish(delivery, cast)
    now = after(delivery)
    for sheet in said.sheets:
        foretold = {one.label: one.after for one in sheet.figures}
        really = {k: v for k, v in now[sheet.name].items() if before[sheet.name].get(k) != v}
        assert foretold == really
        assert foretold


def test_looking_changes_nothing(cast):
    builders.published(cast, rows=4)
    delivery = builders.checked(cast, next_file())
    before = (
        list(ServiceState.objects.order_by("pk").values()),
        list(Record.objects.order_by("pk").values_list("pk", "to_edition")),
        Edition.objects.count(),
        delivery.status,
    )
    impact.preview(delivery)
    delivery.refresh_from_db()
    assert before == (
        list(ServiceState.objects.order_by("pk").values()),
        list(Record.objects.order_by("pk").values_list("pk", "to_edition")),
        Edition.objects.count(),
        delivery.status,
    )
    assert not Proposal.objects.filter(delivery=delivery).exists()


def test_nothing_changed_is_told_as_such(cast):
    builders.published(cast, rows=4)
    delivery = intake.confirm_unchanged(cast.operator, municipality=cast.comune)
    said = impact.preview(delivery)
    assert (said.changes, said.confirmed) == (0, 4)
    assert not any(sheet.figures for sheet in said.sheets)


@pytest.mark.parametrize("fragment", [True, False])
def test_the_sending_step_shows_it(cast, fragment):
    delivery = builders.checked(cast, rows=3)
    client = Client()
    client.force_login(cast.operator)
    url = reverse("deliveries:impact", args=[delivery.pk])
    assert url in client.get(reverse("deliveries:submit", args=[delivery.pk])).content.decode()
    headers = {"HX-Request": "true"} if fragment else {}
    shown = text(client.get(url, headers=headers))
    assert "3 modifiche, 0 confermati" in shown
    assert "Scheda di Sesto San Giovanni" in shown
    assert ("<html" in shown) is not fragment
    stranger = Client()
    stranger.force_login(cast.neighbour)
    assert stranger.get(url).status_code == 404
