"""Large reports: streamed at constant memory, made by a worker, never stale, swept."""

import datetime as dt
import gc
import json
import os
import tracemalloc
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from deliveries import errands, leases, returns
from deliveries.models import Delivery, Errand, Finding, StagedRow
from deliveries.reports import document, geopackage, jsontext
from notices.models import Notice
from tests import builders
from tests.processes import wait_for
from validator import findings


@pytest.fixture
def large(monkeypatch):
    """Every file is a large one; what a test leaves in the storage is taken away."""
    monkeypatch.setattr(returns, "AT_ONCE", 0)
    yield
    if default_storage.exists(returns.FOLDER):
        for name in default_storage.listdir(returns.FOLDER)[1]:
            default_storage.delete(f"{returns.FOLDER}/{name}")


def build(delivery: Delivery, sort: str = "gpkg") -> None:
    """The file asked for and made, as a worker makes it."""
    returns.ask(delivery, sort, "it")
    returns.build(returns.stored_as(delivery, sort, "it"))


def page(name: str, delivery: Delivery) -> str:
    return reverse(f"deliveries:{name}", args=[delivery.pk])


AWKWARD = [
    {},
    {"a": None, "b": [], "c": {}, "d": 'qu"ote\n\t\\ è\u2028\x7f', "e": 0.1, "f": True},
    {"rows": [1, 2, 30], "nested": {"lon": 9.1, "lat": 45.0, "more": [1.5, "x", {"y": []}]}},
    {"big": 10**20, "small": 1e-9, "huge": 1e300, "whole": 1e16, "no": False},
]


@pytest.mark.parametrize("items", [[], AWKWARD[1:], AWKWARD[1:] * 900], ids=len)
def test_the_streamed_text_is_that_of_the_whole_document(items):
    before, after = {"file": 'a": [', "findings?": []}, {"z": [{"q": 1}], "version": "1.0"}
    told = b"".join(jsontext.stream(before, "findings", items, after)).decode()
    assert told == jsontext.whole({**before, "findings": items, **after})
    assert json.loads(told)["findings"] == items


def many(delivery: Delivery, count: int) -> None:
    """So many findings more, each on a row of its own that says something else."""
    rows = StagedRow.objects.filter(delivery=delivery).order_by("row")
    numbers = list(rows.values_list("row", flat=True))
    Finding.objects.bulk_create(
        Finding(
            delivery=delivery, code="ATT-07", severity="error", layer="piano",
            rows=[numbers[n % len(numbers)]], column="STATO",
            params={"value": f"chissà {n}", "expected": "esistente"},
        )
        for n in range(count)
    )  # fmt: skip


def peak_of(delivery: Delivery) -> int:
    # Beside all that a session of tests holds, what goes in circles would be collected rarely,
    # and when is chance; set aside, it is collected as in a small process.
    gc.freeze()
    gc.collect()
    tracemalloc.start()
    for _block in document.stored_blocks(delivery):
        pass
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    gc.unfreeze()
    return peak


def test_the_json_of_a_large_report_takes_no_more_memory_than_that_of_a_small_one(
    cast, monkeypatch
):
    monkeypatch.setattr(findings, "MOST_FINDINGS", 200)
    delivery = builders.ready(cast, rows=20)
    many(delivery, 600)
    peak_of(delivery)
    few = peak_of(delivery)
    many(delivery, 3_000)
    assert peak_of(delivery) < few * 1.3


def test_a_large_file_is_asked_for_made_and_then_given(cast, operator, large):
    delivery = builders.ready(cast, rows=4)
    for sort, name in (("gpkg", "report-gpkg"), ("xlsx", "report-xlsx")):
        waiting = operator.get(page(name, delivery))
        assert waiting.status_code == 202
        assert "stiamo preparando" in waiting.content.decode()
        operator.get(page(name, delivery))
        asked = Errand.objects.get(key=returns.stored_as(delivery, sort, "it"))
        assert asked.turn == 1, "asked for once, whoever looks again"
        fragment = reverse("deliveries:report-progress", args=[delivery.pk, sort])
        assert "hx-get" in operator.get(fragment).content.decode()
        build(delivery, sort)
        told = operator.get(fragment).content.decode()
        assert page(name, delivery) in told
        assert "hx-get" not in told
        got = operator.get(page(name, delivery))
        assert got.status_code == 200
        with returns.made(delivery, sort) as now:
            assert len(got.getvalue()) == pytest.approx(len(now.read()), rel=0.05)


def test_the_api_says_preparing_and_where_to_ask_again(cast, operator, large):
    delivery = builders.ready(cast, rows=4)
    url = reverse("api-report-gpkg", args=[delivery.pk])
    answer = operator.get(url)
    assert (answer.status_code, answer.json()) == (202, {"status": "preparing"})
    assert (answer["Location"], answer["Retry-After"]) == (url, "2")
    build(delivery)
    assert operator.get(url).getvalue()[:6] == b"SQLite"


def test_another_state_never_finds_the_file_of_an_earlier_one(cast, large):
    delivery = builders.ready(cast, rows=4)
    build(delivery)
    before = returns.ready(delivery, "gpkg", "it")
    assert before is not None
    before.close()
    assert returns.ready(delivery, "gpkg", "en") is None
    delivery.checked_at += dt.timedelta(seconds=1)
    assert returns.ready(delivery, "gpkg", "it") is None


def test_a_file_of_a_delivery_that_changed_meanwhile_is_not_kept(cast, large, monkeypatch):
    delivery = builders.ready(cast, rows=4)
    write = geopackage.write

    def written_while_checked(found: Delivery, path: Path) -> None:
        write(found, path)
        later = found.checked_at + dt.timedelta(seconds=9)
        Delivery.objects.filter(pk=found.pk).update(checked_at=later)

    monkeypatch.setattr(geopackage, "write", written_while_checked)
    build(delivery)
    delivery.refresh_from_db()
    assert returns.ready(delivery, "gpkg", "it") is None


def test_half_a_file_is_never_given(cast, large):
    delivery = builders.ready(cast, rows=4)
    default_storage.save(returns.stored_as(delivery, "gpkg", "it"), ContentFile(b"SQLite for"))
    assert returns.ready(delivery, "gpkg", "it") is None
    build(delivery)
    whole = returns.ready(delivery, "gpkg", "it")
    assert whole is not None
    with whole:
        assert whole.size > 10_000


def test_a_failure_of_ours_is_told_with_a_reference(cast, operator, large, monkeypatch):
    def fails(*_args) -> None:
        raise OSError("no space left")

    delivery = builders.ready(cast, rows=4)
    monkeypatch.setattr(geopackage, "write", fails)
    build(delivery)
    answer = operator.get(page("report-gpkg", delivery))
    reference = returns.ask(delivery, "gpkg", "it")
    assert reference
    assert reference in answer.content.decode()
    told = operator.get(reverse("api-report-gpkg", args=[delivery.pk]))
    assert told.status_code == 500
    assert reference in told.content.decode()


def test_a_file_that_kills_its_worker_is_given_up(cast, operator, large):
    delivery = builders.ready(cast, rows=4)
    returns.ask(delivery, "gpkg", "it")
    for _death in range(leases.MAX_DEATHS):
        assert leases.take(errands.open_errands("return_file"))
        assert returns.ask(delivery, "gpkg", "it") == "", "it is tried again before anybody hears"
        Errand.objects.update(lease_until=timezone.now())
    returns.build(returns.stored_as(delivery, "gpkg", "it"))
    Errand.objects.update(ended_at=timezone.now() - 2 * returns.PENANCE)
    reference = returns.ask(delivery, "gpkg", "it")
    assert len(reference) == 8
    assert reference in operator.get(page("report-gpkg", delivery)).content.decode()
    assert Notice.objects.filter(event__verb="worker_died", person=cast.reviewer).exists()


def test_files_of_yesterday_are_swept(cast, large):
    old, new = builders.ready(cast, rows=3), builders.ready(cast, rows=3, status="withdrawn")
    for delivery in (old, new):
        build(delivery)
    day_before = dt.datetime.now().timestamp() - 25 * 3600
    for name in default_storage.listdir(returns.FOLDER)[1]:
        if str(old.pk) in name:
            path = default_storage.path(f"{returns.FOLDER}/{name}")
            os.utime(path, (day_before, day_before))
    returns.sweep()
    assert returns.ready(old, "gpkg", "it") is None
    kept = returns.ready(new, "gpkg", "it")
    assert kept is not None
    kept.close()


def test_only_its_people_get_a_large_file(cast, large):
    delivery = builders.ready(cast, rows=3)
    build(delivery)
    stranger = Client()
    stranger.force_login(cast.neighbour)
    assert stranger.get(page("report-gpkg", delivery)).status_code == 404
    fragment = reverse("deliveries:report-progress", args=[delivery.pk, "gpkg"])
    assert stranger.get(fragment).status_code == 404
    assert Client().get(fragment).status_code == 302


def test_a_real_worker_makes_the_file(live_cast, worker, large):
    delivery = builders.ready(live_cast, rows=4)
    client = Client()
    client.force_login(live_cast.operator)
    assert client.get(page("report-gpkg", delivery)).status_code == 202
    url = page("report-gpkg", delivery)
    got = wait_for(lambda: (a := client.get(url)).status_code == 200 and a, seconds=180)
    assert got.getvalue()[:6] == b"SQLite"
