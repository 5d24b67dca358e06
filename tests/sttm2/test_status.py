"""The office's page of how the portal does: true, and for the metropolitan office alone."""

import datetime as dt
import json
import time
import uuid

import pytest
from django.conf import settings
from django.core.cache import cache
from django.utils import timezone

from core import beating
from core.queue import WORKERS
from deliveries.actions import intake
from notices.models import Event, Notice
from tests import builders

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(client, cast):
    client.force_login(cast.reviewer)
    return client


def shown(client, path: str = "/istruttoria/stato/") -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_it_is_the_offices_alone(client, cast):
    assert client.get("/istruttoria/stato/").status_code == 302
    client.force_login(cast.operator)
    assert client.get("/istruttoria/stato/").status_code == 403


def test_it_says_how_each_part_does_in_both_languages(office):
    page = shown(office)
    for title in ("Le parti", "Code dei lavori", "Lavoro sulle consegne", "Lettere", "Fonti"):
        assert f">{title}</h2>" in page
    assert "Working on deliveries" not in page
    assert "Work on deliveries" in shown(office, "/en/istruttoria/stato/")
    assert "/istruttoria/stato/" in office.get("/istruttoria/").content.decode()


def test_a_worker_that_was_not_heard_asks_for_somebody(office, settings):
    cache.delete_many([f"beat-of-worker:{worker}" for worker in WORKERS])
    assert "Nessun segno di lavoro" in shown(office)
    for worker in WORKERS:
        beating.beat(worker)
    beating.tell_confinement("Landlock 7, refused calls; without a user of its own")
    page = shown(office)
    assert "Ultimo segno" in page
    assert "non risponde" not in page.split(">Lavori di fondo</h2>")[1].split("</section>")[0]
    assert "Landlock 7, refused calls" in page
    assert "Su questa macchina manca: a user of its own." in page


def test_letters_that_failed_and_deliveries_that_wait_are_counted(office, cast):
    assert "da guardare" not in _section(shown(office), "Lettere")
    event = Event.objects.create(subject_kind="delivery", subject_id=uuid.uuid4())
    Notice.objects.create(person=cast.operator, event=event, mail=Notice.Mail.FAILED)
    letters = _section(shown(office), "Lettere")
    assert "da guardare" in letters
    assert "1 lettera" in letters


def test_the_last_backup_is_the_one_that_bin_backup_told_of(office):
    assert "da guardare" in _section(shown(office), "Copie di sicurezza")
    settings.MEDIA_ROOT.mkdir(parents=True, exist_ok=True)
    told = settings.MEDIA_ROOT / "last-backup.json"
    told.write_text(json.dumps({"made": "2026-01-02T03:04:05+00:00"}))
    try:
        backups = _section(shown(office), "Copie di sicurezza")
        assert "02/01/2026" in backups
        assert "Più vecchia di 2 giorni" in backups
    finally:
        told.unlink()


def _section(page: str, title: str) -> str:
    return page.split(f">{title}</h2>")[1].split("</section>")[0]


def test_machines_are_told_part_by_part(client, db):
    assert client.get("/healthz").content == b"ok\n"
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["parts"]["database"] == "ok"
    assert set(answer.json()["parts"]) == {"database", "migrations", "queue", "worker", "disk"}


def stands_still(monkeypatch, worker: str) -> None:
    """All were heard of just now, but for one: a minute and more ago."""
    cache.delete_many([f"beat-of-worker:{worker}" for worker in WORKERS])
    for one in WORKERS:
        beating.beat(one)
    then = time.time() - 90
    with monkeypatch.context() as earlier:
        earlier.setattr(beating.time, "time", lambda: then)
        beating.beat(worker)


@pytest.mark.parametrize(
    ("worker", "label"),
    [("checks", "Controlli delle consegne"), ("publications", "Pubblicazioni")],
)
def test_which_worker_stands_still_is_told_with_since_when(office, monkeypatch, worker, label):
    stands_still(monkeypatch, worker)
    section = shown(office).split(">Lavori di fondo</h2>")[1].split("</section>")[0]
    (line,) = [part for part in section.split("<dt>") if "da guardare" in part]
    assert line.startswith(f"{label}</dt>")
    assert "non risponde dal" in line
    told = office.get("/readyz").json()
    assert told["parts"]["worker"] == "old"
    states = {name: one["state"] for name, one in told["workers"].items()}
    assert states == {one: "old" if one == worker else "ok" for one in WORKERS}
    assert dt.datetime.fromisoformat(told["workers"][worker]["last"]) < timezone.now()


def test_whose_work_waits_for_it_is_told_too(client, cast, monkeypatch):
    plan = builders.plan_file(3)
    first = intake.receive(cast.operator, sender=cast.comune, file=plan).delivery
    client.force_login(cast.operator)
    stands_still(monkeypatch, "publications")
    assert "in ritardo" not in shown(client, f"/consegne/{first.pk}/")
    stands_still(monkeypatch, "checks")
    page = shown(client, f"/consegne/{first.pk}/")
    assert "Il lavoro è in ritardo: chi lo fa non risponde dal" in page
    assert "Di solito tocca" not in page
    queue = client.get(f"/api/v1/uploads/{first.pk}/").json()["progress"]["queue"]
    assert queue["late_since"]
    assert queue["minutes"] is None
