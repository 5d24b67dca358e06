"""The impact preview: what it says before is what the sheets say after acceptance."""

import random

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from deliveries.actions import intake, review
from deliveries.models import Proposal
from deliveries.publishing import impact
from services import corrections
from services.models import Edition, Record, Service, ServiceState
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
    found = impact.figures_of(impact.places_of(delivery, ())[0])
    return {
        place.name: {one.text: n for one, n in sheet.items()} for place, sheet in found.items()
    }


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


KINDS = ("Biblioteca", "Museo", "Teatro", "Asilo nido", "Area a verde pubblico", "Parco")


def some_plan(draw: random.Random, rows: dict[str, tuple[str, str, str]]) -> SimpleUploadedFile:
    """The plan as it goes on: some rows leave, some come, some change type, name or area."""
    x, y = builders.places("015209", 1)[0]
    for key in draw.sample(sorted(rows), len(rows) // 3):
        del rows[key]
    for _turn in range(6):
        number = draw.randrange(40)
        east, north = x + 20 * number, y + 15 * number
        side = draw.choice([0, 40, 70, 71, 90])
        corners = ((0, 0), (side, 0), (side, side), (0, side), (0, 0))
        ring = ", ".join(f"{east + dx} {north + dy}" for dx, dy in corners)
        shape = f"POLYGON (({ring}))" if side else f"POINT ({east} {north})"
        name = draw.choice(["Nuova", "Vecchia"])
        rows[f"K{number}"] = (draw.choice(KINDS), f"{name} struttura {number}", shape)
    lines = ["ID;TIPOLOGIA;DENOMINAZIONE;STATO;WKT"]
    lines += [f"{k};{kind};{name};esistente;{shape}" for k, (kind, name, shape) in rows.items()]
    return SimpleUploadedFile("piano.csv", "\n".join(lines).encode())


@pytest.mark.parametrize("seed", range(3))
def test_whatever_changes_the_preview_says_it(cast, seed):
    """Types that count and types that do not, green areas on both sides of 5,000 m², a valence
    that the office gave: each time the sheets say afterwards what the preview had said."""
    draw, rows, sheets = random.Random(seed), {}, 0
    for _turn in range(4):
        delivery = builders.checked(cast, some_plan(draw, rows))
        before = after(delivery)
        said = impact.preview(delivery)
        review.submit(
            delivery, user=cast.operator, statement=builders.statement(only_correct_rows=True)
        )
        builders.publish(delivery, cast)
        now = after(delivery)
        sheets += len(said.sheets)
        for sheet in said.sheets:
            foretold = {one.label: one.after for one in sheet.figures}
            was = before[sheet.name]
            assert foretold == {k: v for k, v in now[sheet.name].items() if was[k] != v}, seed
        service = draw.choice(list(Service.objects.published().order_by("pk")))
        valence = draw.choice(["comunale", "intercomunale", "metropolitana"])
        given = corrections.NewCorrection("Visto sul posto", {"valence": valence})
        corrections.correct(service, user=cast.reviewer, correction=given)
    assert sheets, "nothing was foretold that could be compared"


def test_a_preview_is_computed_where_nothing_can_be_written(cast):
    builders.published(cast, rows=4)
    delivery = builders.checked(cast, next_file())
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION READ ONLY")
        said = impact.preview(delivery)
        transaction.set_rollback(True)
    assert said.changes


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
    delivery = intake.confirm_unchanged(cast.operator, sender=cast.comune)
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
