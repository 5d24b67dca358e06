"""The workers of an installation: one process loads, several work, none outlives the others."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.queue import KINDS
from deliveries.actions import intake
from deliveries.models import Delivery
from sttm2 import workers
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
