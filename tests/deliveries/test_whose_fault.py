"""What a file is not to blame for costs nobody a file, and whoever is promised word gets it."""

import errno
import os
import time
import uuid
from dataclasses import replace

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.contrib.gis.db.models import Union
from django.contrib.gis.geos import GEOSGeometry
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from deliveries import precheck, tasks
from deliveries.actions import answers, intake
from deliveries.checks import examination
from deliveries.models import Delivery
from notices import letters
from notices.models import Event, Notice
from people.models import Mandate, Role, User
from tests import builders
from validator.reading.errors import ReaderDied, Unreadable
from validator.rules import registry
from zones.models import Municipality

pytestmark = pytest.mark.django_db


def browser(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def refused(cast, monkeypatch, error: Exception) -> Delivery:
    """A delivery whose reading ends so."""

    def reads(*_args, **_kwargs):
        raise error

    received = intake.receive(cast.operator, sender=cast.comune, file=builders.plan_file(3))
    with monkeypatch.context() as patch:
        patch.setattr(examination.client, "interpret", reads)
        tasks.check_delivery(str(received.delivery.pk))
    return Delivery.objects.get(pk=received.delivery.pk)


def is_stored(delivery: Delivery) -> bool:
    return bool(delivery.file) and delivery.file.storage.exists(delivery.file.name)


def test_a_broken_file_goes_and_one_that_broke_a_reader_stays(cast, monkeypatch):
    damaged = Unreadable("FIL-01", file="piano.csv", format="CSV", reason="damaged")
    gone = refused(cast, monkeypatch, damaged)
    assert (gone.status, is_stored(gone)) == ("unreadable", False)
    page = browser(cast.operator).get(reverse("deliveries:detail", args=[gone.pk]))
    assert "lo conserviamo" not in page.content.decode()
    assert reverse("deliveries:retry", args=[gone.pk]) not in page.content.decode()
    crashed = Unreadable("FIL-01", file="piano.csv", format="", reason="crashed-reader")
    kept = refused(cast, monkeypatch, crashed)
    assert (kept.status, is_stored(kept)) == ("unreadable", True)
    page = browser(cast.operator).get(reverse("deliveries:detail", args=[kept.pk]))
    assert "può essere colpa del file o nostra. Per questo lo conserviamo" in page.content.decode()


def test_a_kept_file_is_read_again_once_the_reader_is_mended(cast, monkeypatch):
    crashed = Unreadable("FIL-01", file="piano.csv", format="", reason="crashed-reader")
    kept = refused(cast, monkeypatch, crashed)
    browser(cast.operator).post(reverse("deliveries:retry", args=[kept.pk]))
    tasks.check_delivery(str(kept.pk))
    kept.refresh_from_db()
    assert (kept.status, kept.row_count) == ("checked", 3)


def test_a_refused_file_that_is_gone_is_not_read_again(cast, monkeypatch):
    damaged = Unreadable("FIL-01", file="piano.csv", format="CSV", reason="damaged")
    gone = refused(cast, monkeypatch, damaged)
    answer = browser(cast.operator).post(reverse("api-recheck", args=[gone.pk]))
    assert answer.status_code == 403
    tasks.check_delivery(str(gone.pk))
    gone.refresh_from_db()
    assert gone.status == "unreadable"


@pytest.mark.parametrize("error", [ReaderDied("killed"), OSError(errno.ENOSPC, "no space left")])
def test_a_failure_of_ours_keeps_the_file_and_says_so(cast, monkeypatch, error):
    failed = refused(cast, monkeypatch, error)
    assert (failed.status, is_stored(failed)) == ("failed", True)
    page = browser(cast.operator).get(reverse("deliveries:detail", args=[failed.pk]))
    assert "il file è al sicuro" in page.content.decode()
    assert failed.error_reference in page.content.decode()


def test_files_that_no_delivery_knows_are_swept_after_a_day(cast):
    delivery = builders.ready(cast)
    fresh, old = (f"deliveries/{uuid.uuid4()}/original" for _ in range(2))
    for name in (fresh, old):
        default_storage.save(name, ContentFile(b"ID"))
    beside = default_storage.save(f"deliveries/{delivery.pk}/original_x", ContentFile(b"ID"))
    for name in (old, beside, delivery.file.name):
        long_ago = time.time() - 25 * 3600
        os.utime(default_storage.path(name), (long_ago, long_ago))
    tasks.sweep_files()
    found = [name for name in (fresh, old, beside) if default_storage.exists(name)]
    assert found == [fresh]
    assert is_stored(delivery)


@pytest.fixture
def crashing(monkeypatch):
    """GEO-10 fails as many times as the test says."""
    left = [99]
    rule = registry.get("GEO-10")

    def check(*args):
        left[0] -= 1
        if left[0] >= 0:
            raise MemoryError
        return rule.check(*args)

    monkeypatch.setitem(registry._RULES, "GEO-10", replace(rule, check=check))
    return left


def test_a_rule_that_fails_once_is_tried_again(cast, crashing):
    crashing[0] = 1
    delivery = builders.checked(cast)
    assert not delivery.findings.filter(code="SYS-01").exists()
    assert "GEO-10" in delivery.outcome["ran"]


def test_a_check_whose_time_is_over_ends_in_words_and_is_no_rules_fault(cast, monkeypatch):
    tries = []

    def is_caught_by_it(*_args):
        tries.append(1)
        raise SoftTimeLimitExceeded

    slow = replace(registry.get("GEO-10"), check=is_caught_by_it)
    monkeypatch.setitem(registry._RULES, "GEO-10", slow)
    delivery = builders.checked(cast)
    assert (delivery.status, len(delivery.error_reference), len(tries)) == ("failed", 8, 1)
    ticket = precheck.receive(builders.plan_file(), municipality=cast.comune)
    precheck.run(ticket.token)
    assert (precheck.ticket_of(ticket.token).status, len(tries)) == ("failed", 2)
    assert not Event.objects.filter(verb="rule_failed").exists()


def test_a_rule_that_keeps_failing_is_told_to_the_office_once(cast, crashing):
    delivery = builders.checked(cast)
    assert delivery.findings.filter(code="SYS-01").count() == 1
    intake.recheck(delivery, user=cast.operator)
    tasks.check_delivery(str(delivery.pk))
    event = Event.objects.get(verb="rule_failed")
    assert len(event.note) == 8
    people = {notice.person for notice in event.notices.all()}
    assert people == {cast.reviewer, cast.manager}
    office = browser(cast.reviewer)
    page = office.get("/avvisi/").content.decode()
    assert f"Regole: GEO-10. Riferimento: {event.note}." in page
    assert delivery.file_name not in page, "the office does not see what was not sent"
    assert office.get(f"/avvisi/{event.notices.get(person=cast.reviewer).pk}/").url == (
        reverse("deliveries:rule", args=["GEO-10"])
    )
    letter = letters.letter(event.notices.get(person=cast.reviewer))
    assert delivery.file_name not in letter.body


def across(cast) -> Delivery:
    """A park from Sesto over the boundary into Cinisello, checked."""
    sesto, cinisello = cast.comune.geometry, cast.neighbour_comune.geometry
    place = sesto.intersection(cinisello.buffer(50)).centroid
    corners = ((-300, -300), (300, -300), (300, 300), (-300, 300), (-300, -300))
    ring = ", ".join(f"{place.x + east} {place.y + north}" for east, north in corners)
    return with_park(cast, f"POLYGON (({ring}))")


def with_park(cast, outline: str) -> Delivery:
    lines = f"ID;TIPOLOGIA;DENOMINAZIONE;STATO;WKT\nP1;Parco;Parco Nord;esistente;{outline}"
    return builders.checked(cast, builders.SimpleUploadedFile("piano.csv", lines.encode()))


def published_as_shared(cast, delivery: Delivery) -> None:
    answers.answer(delivery, user=cast.operator, code="GEO-08", kind="right", reason="Insieme")
    said = builders.statement(only_correct_rows=True)
    builders.review.submit(delivery, user=cast.operator, statement=said)
    builders.publish(delivery, cast)


def operator_of(name: str) -> User:
    comune = Municipality.objects.get(name=name)
    user = User.objects.create_user(f"{comune.pk}@comune.example", "una-frase-lunga")
    Mandate.objects.create(user=user, municipality=comune, role=Role.OPERATOR)
    return user


def told_of_shared() -> set[User]:
    return {notice.person for notice in Notice.objects.filter(event__verb="shared")}


def test_an_area_that_goes_mostly_out_of_the_city_tells_no_comune(cast):
    cologno = operator_of("Cologno Monzese")
    whole = Municipality.objects.current().aggregate(whole=Union("geometry"))["whole"]
    edge = cast.comune.geometry.difference(whole.buffer(-60)).centroid
    delivery = with_park(cast, edge.buffer(700).wkt)
    finding = delivery.findings.get(code="GEO-08")
    assert finding.params["other"] == ["outside_city"]
    circle = GEOSGeometry(edge.buffer(700).wkt, srid=32632)
    outside = circle.difference(cast.comune.geometry).area / circle.area
    assert finding.params["pct"] == pytest.approx(100 * outside, abs=0.06)
    group = reverse("deliveries:finding-group", args=[delivery.pk, "GEO-08"])
    page = browser(cast.operator).get(group)
    assert "(fuori dalla Città metropolitana)" in page.content.decode()
    assert "fuori da essa nessuno" in page.content.decode()
    published_as_shared(cast, delivery)
    assert told_of_shared().isdisjoint({cologno, cast.neighbour})


def test_every_comune_where_a_shared_area_goes_on_is_told(cast):
    cologno, lainate = operator_of("Cologno Monzese"), operator_of("Lainate")
    delivery = with_park(cast, cast.comune.geometry.centroid.buffer(4000).wkt)
    named = delivery.findings.get(code="GEO-08").params["other"]
    assert {"Cologno Monzese", "Cinisello Balsamo"} <= set(named)
    published_as_shared(cast, delivery)
    assert told_of_shared() == {cologno, cast.neighbour}
    assert lainate not in told_of_shared()


@pytest.mark.parametrize(("kind", "told"), [("right", True), ("will_fix", False)])
def test_the_neighbour_is_told_of_a_shared_service_when_it_is_published(cast, kind, told):
    delivery = across(cast)
    assert delivery.findings.get(code="GEO-08").params["other"] == ["Cinisello Balsamo"]
    said = {"code": "GEO-08", "kind": kind, "reason": "Lo gestiamo insieme"}
    answers.answer(delivery, user=cast.operator, until=timezone.localdate(), **said)
    news = Notice.objects.filter(person=cast.neighbour)
    builders.review.submit(
        delivery, user=cast.operator, statement=builders.statement(only_correct_rows=True)
    )
    assert not news.exists(), "only when it is published"
    builders.publish(delivery, cast)
    assert news.exists() is told
    if told:
        neighbour = browser(cast.neighbour)
        page = neighbour.get("/avvisi/").content.decode()
        assert "Sesto San Giovanni l&#x27;ha confermato come condiviso: Parco Nord" in page
        assert delivery.file_name not in page
        target = neighbour.get(f"/avvisi/{news.get().pk}/").url
        assert "Parco Nord" in neighbour.get(target).content.decode()
        assert neighbour.get(reverse("deliveries:detail", args=[delivery.pk])).status_code == 404
