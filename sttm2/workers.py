"""All workers of an installation (`python -m sttm2.workers`), each with queues of its own.

The portal is loaded once, before the fork, so that a worker more costs little memory. Checks,
publications, letters with sweeps, and what may wait (checks without account, return files; at a
lower priority) never take each other's places. Whichever ends by itself ends all: whoever started
them starts them again.
"""

import ctypes
import os
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from types import FrameType
from typing import Any, Final

from sttm2.env import PROCESS, WORKER

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sttm2.settings")
os.environ[PROCESS] = WORKER  # its connections are made with the settings
# The system checks would bring every page into the workers; they ran with the migrations.
os.environ.setdefault("CELERY_SKIP_CHECKS", "1")

import django
from celery.utils.nodenames import nodename
from django.conf import settings

from core.queue import WORKERS, app, queue_of
from sttm2.celery import OF_A_CHECK
from sttm2.memory import settle

_ENDING: Final = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
_PR_SET_PDEATHSIG: Final = 1
#: Where a worker would load the rest of itself.
_OF_A_WORKER: Final = (
    *("celery.app.amqp", "celery.app.control", "celery.app.events", "celery.app.log"),
    *("celery.apps.worker", "celery.backends.base", "celery.concurrency.prefork"),
    *("celery.contrib.django.task", "celery.events.receiver", "celery.worker.autoscale"),
    *("celery.worker.components", "celery.worker.consumer", "kombu.pidbox"),
    *("celery.worker.consumer.delayed_delivery", "kombu.transport.redis"),
)


@dataclass(frozen=True)
class Slot:
    """A worker: what it takes, how much at once, and how far it stands back (as `nice` has it)."""

    name: str
    kinds: tuple[str, ...]
    processes: int = 1
    niceness: int = 0

    def work(self) -> int:
        """Take and do tasks until told to end; the exit status. Celery's command line would load
        every command that it has."""
        worker: Any = app.Worker(
            hostname=nodename(self.name, socket.gethostname()),
            queues=list(map(queue_of, self.kinds)),
            pool="prefork",
            concurrency=self.processes,
            optimization="fair",
            without_gossip=True,
            without_mingle=True,
            loglevel=settings.LOG_LEVEL,
            quiet=True,
        )
        worker.start()
        return worker.exitcode or 0


def slots() -> tuple[Slot, ...]:
    """The workers of this installation."""
    processes, niceness = {"checks": settings.CHECK_SLOTS}, {"patient": 10}
    return tuple(
        Slot(name, kinds, processes.get(name, 1), niceness.get(name, 0))
        for name, kinds in WORKERS.items()
    )


def load() -> None:
    """What every worker has, before there are several."""
    django.setup()
    app.loader.init_worker()
    app.finalize()
    for name in (*OF_A_CHECK, *_OF_A_WORKER):
        import_module(name)
    settle()


def _begin(slot: Slot) -> int:
    """A worker as a process of its own; its pid."""
    parent = os.getpid()
    if pid := os.fork():
        return pid
    for sign in _ENDING:
        signal.signal(sign, signal.SIG_DFL)
    # None outlives the one that started it, however that ends.
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        os._exit(1)
    os.nice(slot.niceness)
    code = 1
    try:
        code = slot.work()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


@contextmanager
def _told_to_end(pids: set[int]) -> Iterator[list[int]]:
    """Signals to end are handed on; which came."""
    told: list[int] = []

    def hand_on(sign: int, _frame: FrameType | None) -> None:
        told.append(sign)
        for pid in pids:
            os.kill(pid, signal.SIGTERM)

    before = {sign: signal.signal(sign, hand_on) for sign in _ENDING}
    yield told
    for sign, handler in before.items():
        signal.signal(sign, handler)


def main() -> int:
    """Start them and wait; 0 when they were told to end."""
    load()
    pids: set[int] = set()
    with _told_to_end(pids) as told:
        for slot in slots():
            pids.add(_begin(slot))
        while pids:
            pid, status = os.wait()
            pids.discard(pid)
            if not told:
                print(f"a worker ended by itself ({status}): the others end too", file=sys.stderr)
                told.append(0)
                for other in pids:
                    os.kill(other, signal.SIGTERM)
        return 0 if told != [0] else 1


if __name__ == "__main__":
    sys.exit(main())
