"""The queues of tasks: the Celery application with which every app declares and sends its own, and
what is kept apart from what.

Here, below all apps, because a task must know its queue in whatever process it is sent from; and
not in `sttm2/__init__.py`, because a command that sends nothing need not load Celery.

Letters and sweeps wait in the queue without a kind, so behind no check. The truth is in the
database: a broker that is away or empty loses nothing, the sweeps find what is due.
"""

import hashlib
import json
from dataclasses import dataclass
from typing import Any, Final

from celery import Celery
from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.db import transaction
from kombu.entity import Exchange, Queue

app = Celery("sttm2")
app.config_from_object("django.conf:settings", namespace="CELERY")

#: Each has processes of its own (`sttm2.workers`), so that none waits behind another.
ORDINARY: Final = ""
CHECKS, PUBLICATIONS, FILES, PRECHECKS = "checks", "publications", "files", "prechecks"
KINDS: Final = (ORDINARY, CHECKS, PUBLICATIONS, FILES, PRECHECKS)
#: The kinds of worker, and what each takes (`sttm2.workers`).
WORKERS: Final = {
    "checks": (CHECKS,),
    "publications": (PUBLICATIONS,),
    "ordinary": (ORDINARY,),
    "patient": (FILES, PRECHECKS),
}
#: Seconds after its soft limit, which ends a task in words, when its process is killed.
GRACE: Final = 60
#: How the soft limit ends a task. Whoever goes on after a failure does not after this one.
OutOfTime: Final = SoftTimeLimitExceeded


def queue_of(kind: str) -> str:
    """What the broker calls the queue of a kind."""
    base: str = settings.CELERY_TASK_DEFAULT_QUEUE
    return f"{base}.{kind}" if kind else base


def worker_of(queue: str) -> str | None:
    """The kind of worker that takes from a queue, as the broker calls that."""
    served = {queue_of(kind): name for name, kinds in WORKERS.items() for kind in kinds}
    return served.get(queue)


def within(seconds: int) -> dict[str, int]:
    """The limits of time of a task, as Celery takes them."""
    return {"soft_time_limit": seconds, "time_limit": seconds + GRACE}


def waiting(kind: str) -> set[str]:
    """Identifiers of the messages that lie in a queue and that no worker has taken out yet."""
    with app.connection_for_read() as broker:
        # As kombu's transport for Redis writes them.
        listed = broker.default_channel.client.lrange(queue_of(kind), 0, -1)
    return {json.loads(message)["headers"]["id"] for message in listed}


@dataclass(frozen=True)
class Work:
    """A kind of work that a lease is taken for: its task, its queue, its limit of time.

    A message names what is to be done and the turn in which it was enqueued: a message of another
    turn than the one that is due does nothing.
    """

    name: str
    kind: str
    seconds: int
    #: Whether its key opens something: workers log what a message is called.
    secret: bool = False

    @property
    def options(self) -> dict[str, Any]:
        """How its task is declared; its queue is named by `send`, which alone enqueues it."""
        return {"name": self.name, **within(self.seconds)}

    def message_id(self, key: Any, turn: int) -> str:
        """What the message of one turn is called in the queue."""
        told = hashlib.sha256(str(key).encode()).hexdigest()[:32] if self.secret else key
        return f"{self.name}:{told}:{turn}"

    def send(self, key: Any, turn: int) -> None:
        """Enqueue one turn now. Raises kombu's OperationalError while the broker is away."""
        app.send_task(
            self.name,
            args=[str(key), turn],
            queue=queue_of(self.kind),
            task_id=self.message_id(key, turn),
        )

    def send_after_commit(self, key: Any, turn: int) -> None:
        """Enqueue one turn once what it is about is stored. A broker that is away changes nothing
        of what is answered: a sweep enqueues it again."""
        # Not a partial: Django names what failed, and partials have no name.
        transaction.on_commit(lambda: self.send(key, turn), robust=True)


app.conf.task_queues = [
    Queue(name, Exchange(name), routing_key=name)  # type: ignore[no-untyped-call]
    for name in map(queue_of, KINDS)
]
