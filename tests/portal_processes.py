"""Worker and web server of a test run."""

import time
import urllib.error
import urllib.request

from django.conf import settings
from django.db import connection

from core.queue import KINDS, queue_of
from sttm2.celery import app
from tests.databases import url_of
from tests.processes import STARTING_SECONDS, Process, free_port, wait_for


class Worker(Process):
    """A real Celery worker on the session's database and queue."""

    resting = False

    def surroundings(self) -> dict[str, str]:
        return {
            **super().surroundings(),
            "DJANGO_SETTINGS_MODULE": "sttm2.settings",
            "STTM2_MODE": "test",
            "STTM2_READER_SOCKET": settings.READER_SOCKET,
            "DATABASE_URL": url_of(connection.settings_dict["NAME"]),
            "STTM2_QUEUE": settings.CELERY_TASK_DEFAULT_QUEUE,
            "STTM2_MEDIA": str(settings.MEDIA_ROOT),
            "STTM2_MAIL_FOLDER": str(settings.MEDIA_ROOT / "mail"),
            "STTM2_LEASE_SECONDS": "3",
            "STTM2_END_SECONDS": "1",
            **self.told,
        }

    def command(self) -> list[str]:
        quiet = ["--without-gossip", "--without-mingle", "-l", "WARNING", "-n", self.name]
        every = ",".join(map(queue_of, KINDS))
        return ["celery", "-A", "sttm2", "-q", "worker", "-c", "1", "-Q", every, *quiet]

    @property
    def name(self) -> str:
        """What it is called by those who ask it something."""
        return f"{settings.CELERY_TASK_DEFAULT_QUEUE}-{id(self)}@tests"

    def ready(self, **told: str) -> None:
        """Running, told this much more than usual; what was left in the queue is gone."""
        self.told = told
        app.control.purge()
        if self.resting and not self._tell("add_consumer"):
            self.kill()
        self.resting = False
        super().ready()

    def settle(self) -> None:
        """Without work, and taking none: tests without it run their tasks themselves, and what it
        still did would be written into their world."""
        app.control.purge()
        if self.runs():
            self.resting = self._comes_to_rest() and self._tell("cancel_consumer")
            if not self.resting:
                self.kill()
        app.control.purge()

    def _tell(self, verb: str) -> bool:
        """Whether it heard that it is to take, or no longer to take, tasks from its queues."""
        tell = getattr(app.control, verb)
        asked = {"destination": [self.name], "reply": True, "timeout": 5, "limit": 1}
        return all(tell(queue_of(kind), **asked) for kind in KINDS)

    def _comes_to_rest(self) -> bool:
        ask = app.control.inspect(destination=[self.name], timeout=5, limit=1)
        end = time.monotonic() + 5
        while time.monotonic() < end:
            held = (ask.active(), ask.reserved(), ask.scheduled())
            if all(told is not None and not told[self.name] for told in held):
                return True
            if None in held:
                return False
            time.sleep(0.05)
        return False


class Web(Process):
    """gunicorn in front of the database that it is told of, with the demonstration's settings."""

    def __init__(self, **environment: str) -> None:
        super().__init__(**environment)
        self.port = free_port()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def surroundings(self) -> dict[str, str]:
        return {
            "STTM2_PAGE_SECONDS": "60",  # what a busy machine takes says nothing of the product
            **super().surroundings(),
            "DJANGO_SETTINGS_MODULE": "tests.browser.settings",
            "STTM2_LOG_LEVEL": "ERROR",
            "PORT": str(self.port),
        }

    def command(self) -> list[str]:
        bind = f"--bind=127.0.0.1:{self.port}"
        how = ("--worker-class=gthread", "--threads=4", "--no-control-socket")
        return ["gunicorn", "sttm2.wsgi", bind, *how]

    def ready(self) -> None:
        """Running, and it answers."""
        super().ready()
        wait_for(self._answers, STARTING_SECONDS)

    def _answers(self) -> bool:
        assert self.runs(), "the web server ended by itself"
        try:
            with urllib.request.urlopen(f"{self.address}/atlante/", timeout=5):
                return True
        except (urllib.error.URLError, OSError):
            return False
