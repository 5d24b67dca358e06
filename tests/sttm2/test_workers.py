"""The workers of an installation: one process loads, several work, none outlives the others."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.cache import cache

from core import beating
from core.queue import KINDS, WORKERS, worker_of
from deliveries.actions import intake
from deliveries.models import Delivery
from sttm2 import beat, workers
from sttm2.celery import app
from tests import builders
from tests.portal_processes import Worker
from tests.processes import Process, wait_for

pytestmark = [pytest.mark.worker, pytest.mark.slow]


class Workers(Worker):
    """All of them, as `bin/run` starts them."""

    def command(self) -> list[str]:
        return ["sttm2.workers"]


@pytest.fixture
def running(committed_db, reader) -> Iterator[Workers]:
    started = Workers()
    Process.ready(started)
    yield started
    started.kill()


def family(pid: int) -> list[int]:
    """The process and all below it."""
    found = [pid]
    for one in found:
        try:
            told = Path(f"/proc/{one}/task/{one}/children").read_text()
        except FileNotFoundError:
            continue
        found += [int(child) for child in told.split()]
    return found


def test_every_queue_has_a_worker_and_letters_share_theirs_with_nobody():
    slots = workers.slots()
    served = [kind for slot in slots for kind in slot.kinds]
    assert sorted(served) == sorted(KINDS)
    by_kind = {kind: slot for slot in slots for kind in slot.kinds}
    assert by_kind[""].kinds == ("",)
    assert by_kind["publications"].kinds == ("publications",)
    assert by_kind["checks"].kinds == ("checks",)
    assert by_kind["prechecks"].niceness > by_kind["checks"].niceness == 0


def test_they_check_a_delivery_and_end_together(live_cast, running):
    delivery = intake.receive(
        live_cast.operator, sender=live_cast.comune, file=builders.plan_file(3)
    ).delivery
    wait_for(Delivery.objects.filter(pk=delivery.pk, status="checked").exists, 120)
    expected = 1 + len(workers.slots()) + sum(slot.processes for slot in workers.slots())
    wait_for(lambda: len(family(running.process.pid)) == expected, 120)
    everybody = family(running.process.pid)
    os.kill(everybody[1], signal.SIGKILL)  # one of the workers
    assert running.process.wait(30) == 1
    wait_for(lambda: not any(Path(f"/proc/{pid}").exists() for pid in everybody), 30)


def asked_of_each() -> None:
    """What the clock asks of each, by the clock's own table."""
    for entry in beat.BEATS.values():
        app.send_task(entry["task"], args=entry["args"], queue=entry["options"]["queue"])


def heard() -> dict[str, float]:
    return {name: one.at for name, one in beating.last().items() if one}


def test_the_clock_asks_every_worker_through_a_queue_of_its_own():
    queues = {one: entry["options"]["queue"] for one, entry in beat.BEATS.items()}
    assert {f"beat-of-{name}" for name in WORKERS} == set(queues)
    assert all(worker_of(queue) == one.removeprefix("beat-of-") for one, queue in queues.items())


def test_one_that_is_stopped_is_told_from_the_others(live_cast, running, monkeypatch, client):
    cache.delete_many([f"beat-of-worker:{worker}" for worker in WORKERS])
    asked_of_each()
    wait_for(lambda: set(heard()) == set(WORKERS), 120)
    stopped = family(running.process.pid)[1 + list(WORKERS).index("checks")]
    os.kill(stopped, signal.SIGSTOP)
    try:
        before = heard()
        asked_of_each()
        others = set(WORKERS) - {"checks"}
        wait_for(lambda: all(heard()[name] > before[name] for name in others), 60)
        assert heard()["checks"] == before["checks"]
        monkeypatch.setattr(beating, "LATE_SECONDS", 0.5)
        wait_for(lambda: client.get("/readyz").json()["workers"]["checks"]["state"] == "old")
    finally:
        os.kill(stopped, signal.SIGCONT)


def test_one_at_long_work_goes_on_beating(monkeypatch):
    monkeypatch.setattr(beating, "EVERY_SECONDS", 0.1)
    cache.delete_many([f"beat-of-worker:{worker}" for worker in WORKERS])
    at_work = beating.AtWork("publications")
    at_work.start()
    wait_for(lambda: "publications" in heard())
    at_work.end()
    at_work.join(10)
    assert not at_work.is_alive()
