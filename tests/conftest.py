"""The fixed cast, the reference data and the way to
the real files; the world every test lives in."""

import datetime as dt
import gc
from collections.abc import Iterator
from dataclasses import dataclass

import hypothesis
import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings
from django.db import connection
from django.utils import timezone, translation
from pytest_django.live_server_helper import LiveServer

from core.queue import app
from people.models import Mandate, Role, User
from tests import databases
from tests.portal_processes import Worker
from tests.processes import Reader
from tests.real_files import SHARED_DATA, pytest_addoption, shared_data
from zones.models import Municipality

__all__ = ["SHARED_DATA", "pytest_addoption", "shared_data"]

#: How long a drawn example takes on a busy machine says nothing of the product.
hypothesis.settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("any machine")

#: Fixtures that take long to start. Tests with them come first and together, then the slow ones:
#: one test process starts them, and the others take over from the end of what is left.
COSTLY_FIRST = ("served", "portal", "standing_worker")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def place(item: pytest.Item) -> int:
        for turn, fixture in enumerate(COSTLY_FIRST):
            if fixture in getattr(item, "fixturenames", ()):
                return turn
        return len(COSTLY_FIRST) + (item.get_closest_marker("slow") is None)

    items.sort(key=place)


def pytest_collection_finish() -> None:
    """What is loaded by now stays: without this it is looked through again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def django_db_setup(
    request, django_test_environment, django_db_blocker, django_db_modify_db_settings
):
    """One database per test process, with territory and taxonomy: every test sees the 133 comuni.

    Ours rather than pytest-django's, which makes none when only tests with workers are asked for,
    and migrates each.
    """
    name = connection.settings_dict["TEST"]["NAME"]
    with django_db_blocker.unblock():
        databases.copy(name, of="reference")
        connection.close()
        connection.settings_dict["NAME"] = name
    yield
    with django_db_blocker.unblock():
        connection.close()
        databases.drop(name)


@pytest.fixture
def administrator(db) -> User:
    """Who may do all in the administration, the second factor set up."""
    user = User.objects.create_superuser("capo@cmm.example", "una-frase-lunga-davvero")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    TOTP.activate(user, generate_totp_secret())
    return user


@pytest.fixture
def empty_queues():
    """Nothing lies in the queues of this test process, before and after."""
    app.control.purge()
    yield
    app.control.purge()


@pytest.fixture(autouse=True)
def in_italian():
    """A request under /en/ leaves English behind in its thread; each test begins in Italian."""
    translation.activate("it")


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


@pytest.fixture(scope="session")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    """A warm reader server for the whole session, as beside a worker: a check without one starts
    a process that imports everything anew. Nothing of what it read stays."""
    running = Reader(tmp_path_factory.mktemp("reader"))
    running.start()
    settings.READER_SOCKET = str(running.socket)
    yield running
    settings.READER_SOCKET = ""
    assert running.settle() == []
    assert running.stop() == 0


@pytest.fixture
def cast(db, reader) -> Cast:
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
    "deliveries_delivery, deliveries_errand, services_edition, services_source,"
    " services_sourceitem, services_record, services_service, services_servicestate, people_user,"
    " services_statecount, services_cellcount, services_searchword,"
    " django_session"
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
def live_cast(committed_db, reader) -> Cast:
    """The cast, visible to other processes."""
    return _cast()


@pytest.fixture(scope="session")
def standing_worker(django_db_setup, reader) -> Iterator[Worker]:
    """The session's one worker: starting it costs more than most tests that want one."""
    running = Worker()
    yield running
    running.kill()


@pytest.fixture
def worker(committed_db, standing_worker) -> Iterator[Worker]:
    """A running worker without work; afterwards it has none again, or is gone."""
    standing_worker.ready()
    yield standing_worker
    standing_worker.settle()
