"""The fixed cast, the reference data and the way to
the real files; the world every test lives in."""

import datetime as dt
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test.utils import setup_databases, teardown_databases
from django.utils import timezone, translation
from pytest_django.live_server_helper import LiveServer

from people.models import Mandate, Role, User
from sttm2.celery import app
from tests.real_files import SHARED_DATA, pytest_addoption, shared_data
from zones.models import Municipality

__all__ = ["SHARED_DATA", "pytest_addoption", "shared_data"]


@pytest.fixture(scope="session")
def django_db_setup(
    request, django_test_environment, django_db_blocker, django_db_modify_db_settings
):
    """One database per test process, with territory and taxonomy: every test sees the 133 comuni.

    Ours rather than pytest-django's, which makes none when only tests with workers are asked for.
    """
    with django_db_blocker.unblock():
        made = setup_databases(
            verbosity=0,
            interactive=False,
            keepdb=request.config.getvalue("reuse_db"),
            aliases={"default"},
        )
        _load_reference()
    yield
    with django_db_blocker.unblock():
        teardown_databases(made, verbosity=0, keepdb=request.config.getvalue("reuse_db"))


@pytest.fixture(autouse=True)
def in_italian():
    """A request under /en/ leaves English behind in its thread; each test begins in Italian."""
    translation.activate("it")


def _load_reference() -> None:
    for command in ("load_territory", "load_taxonomy"):
        call_command(command, verbosity=0)


@dataclass(frozen=True)
class Cast:
    """Who acts: A is Sesto San Giovanni (015209), B its neighbour Cinisello Balsamo (015077)."""

    comune: Municipality
    neighbour_comune: Municipality
    operator: User
    colleague: User
    consultant: User
    neighbour: User
    reviewer: User
    manager: User


def _person(
    email: str, role: Role, comune: Municipality | None, until: dt.date | None = None
) -> User:
    user = User.objects.create_user(
        email, "una-frase-lunga", name=email.split("@")[0].title(), is_demonstration=True
    )
    Mandate.objects.create(user=user, municipality=comune, role=role, valid_to=until)
    return user


@pytest.fixture
def cast(db) -> Cast:
    """Operator, colleague, consultant (with expiry), neighbour, reviewer, manager."""
    return _cast()


def _cast() -> Cast:
    sesto = Municipality.objects.get(pk="015209")
    cinisello = Municipality.objects.get(pk="015077")
    soon = timezone.localdate() + dt.timedelta(days=90)
    return Cast(
        comune=sesto,
        neighbour_comune=cinisello,
        operator=_person("operatore@sesto.example", Role.OPERATOR, sesto),
        colleague=_person("collega@sesto.example", Role.OPERATOR, sesto),
        consultant=_person("consulente@studio.example", Role.CONSULTANT, sesto, soon),
        neighbour=_person("operatore@cinisello.example", Role.OPERATOR, cinisello),
        reviewer=_person("istruttore@cmm.example", Role.REVIEWER, None),
        manager=_person("responsabile@cmm.example", Role.MANAGER, None),
    )


#: What a test with a worker writes; the reference data stays.
WRITTEN = (
    "deliveries_delivery, services_edition, services_source, services_sourceitem, services_record,"
    " services_service, services_criteriaset, people_user"
)


@pytest.fixture
def committed_db(django_db_setup, django_db_blocker):
    """A database whose writes other processes see;
    what the test wrote is taken away afterwards."""
    with django_db_blocker.unblock():
        yield
        with connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {WRITTEN} CASCADE")
        connection.close()


@pytest.fixture
def live_site(committed_db) -> Iterator[LiveServer]:
    """A server on the test's database; pytest-django's own would empty the reference data."""
    server = LiveServer("127.0.0.1")
    yield server
    server.stop()


@pytest.fixture
def live_cast(committed_db) -> Cast:
    """The cast, visible to other processes."""
    return _cast()


class Worker:
    """A real Celery worker in a process group of its own, on the test's database and queue."""

    def __init__(self, **environment: str) -> None:
        self.environment = environment
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        database = connection.settings_dict
        url = f"postgis://{database['USER']}@/{database['NAME']}?host={database['HOST']}&port={database['PORT']}"
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "sttm2.settings",
            "STTM2_MODE": "test",
            "STTM2_READER_SOCKET": "",
            "DATABASE_URL": url,
            "STTM2_QUEUE": settings.CELERY_TASK_DEFAULT_QUEUE,
            "STTM2_MEDIA": str(settings.MEDIA_ROOT),
            "STTM2_MAIL_FOLDER": str(settings.MEDIA_ROOT / "mail"),
            "STTM2_LEASE_SECONDS": "3",
            **self.environment,
        }
        command = [
            sys.executable,
            "-m",
            "celery",
            "-A",
            "sttm2",
            "-q",
            "worker",
            "-c",
            "1",
            "-l",
            "WARNING",
        ]
        self.process = subprocess.Popen(
            [*command, "--without-gossip", "--without-mingle"],
            env=environment,
            start_new_session=True,
        )

    def kill(self, sign: int = signal.SIGKILL) -> None:
        """End the worker and its children at once, as a power cut would."""
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, sign)
            self.process.wait(20)
        self.process = None


@pytest.fixture
def worker(committed_db):
    """A running worker; the queue is empty before and the process gone afterwards."""
    app.control.purge()
    running = Worker()
    running.start()
    yield running
    running.kill()
    app.control.purge()


def wait_for(condition, seconds: float = 60):
    """Until the condition says something true, which is returned; or a failure in words."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError(f"waited {seconds} s in vain")
