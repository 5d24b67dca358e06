"""A disk that is full or closed, an original that is gone, a queue that is away: told as what it
is, by page and API alike, and nothing is left half."""

import json
import os
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse

from core import storage
from core.errors import WrongState
from deliveries import tasks
from deliveries.actions import intake
from deliveries.models import Delivery, Errand
from notices.models import Notice
from tests import builders
from tests.databases import url_of
from tests.processes import ROOT, wait_for


@contextmanager
def no_room() -> Iterator[None]:
    """No file of this process grows over some bytes, as on a disk that is full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def stored() -> set[str]:
    """Every file in the storage."""
    return {
        f"{folder}/{name}"
        for folder, _folders, names in os.walk(default_storage.location)
        for name in names
    }


def large_file() -> SimpleUploadedFile:
    """So large that the server writes it to a file of its own before anybody looks at it."""
    return SimpleUploadedFile("piano.csv", builders.plan_file(3).read() + b" " * 3_000_000)


@pytest.mark.django_db
@pytest.mark.parametrize("file", [builders.plan_file, large_file], ids=["small", "large"])
def test_a_full_disk_is_told_by_page_and_api_and_leaves_nothing(cast, operator, file):
    before = stored()
    sent = {"sender": cast.comune.pk, "file": file()}
    with no_room():
        page = operator.post(reverse("deliveries:new"), sent)
    assert page.status_code == 507
    assert "Lo spazio del portale per i file è finito" in page.content.decode()
    with no_room():
        answer = operator.post("/api/v1/uploads/", {"municipality": "015209", "file": file()})
    assert (answer.status_code, answer.json()["code"]) == (507, "storage-full")
    assert answer["Content-Type"] == "application/problem+json"
    asked = {"municipality": "015209", "file": file()}
    with no_room():
        check = Client().post(reverse("deliveries:precheck"), asked)
    assert check.status_code == 507
    with no_room():
        check = Client().post("/api/v1/checks/", {"municipality": "015209", "file": file()})
    assert (check.status_code, check.json()["code"]) == (507, "storage-full")
    assert stored() == before
    assert not Delivery.objects.exists()
    assert not Errand.objects.exists()


class SlowlyStored(SimpleUploadedFile):
    """A plan that is read twice: to know it, then by a store that is slower than the database
    waits in a transaction (half a second); something is done meanwhile."""

    def __init__(self, meanwhile: Callable[[], object]) -> None:
        super().__init__("piano.csv", builders.plan_file(3).read())
        self.meanwhile, self.readings = meanwhile, 0

    def chunks(self, chunk_size=None):
        self.readings += 1
        if self.readings == 2:
            other = threading.Thread(target=self.meanwhile)
            other.start()
            other.join(30)
            time.sleep(1)
        yield from super().chunks(chunk_size)


@pytest.mark.slow
@pytest.mark.parametrize("meanwhile", ["another, checked", "another, waiting", "the same"])
def test_a_slow_store_takes_files_and_holds_nobody_up(live_cast, meanwhile):
    """Whoever sends for the same comune meanwhile is taken first; the slow file comes after it."""
    before = stored()

    def send() -> None:
        name = "Biblioteca 1" if meanwhile == "the same" else "Biblioteca nuova"
        file = builders.plan_file(3, first_name=name)
        try:
            intake.receive(live_cast.operator, sender=live_cast.comune, file=file)
            if meanwhile == "another, checked":
                Delivery.objects.update(status="checked", lease_until=None)
        finally:
            connection.close()

    with connection.cursor() as cursor:
        cursor.execute("SET idle_in_transaction_session_timeout = '500ms'")
    if meanwhile == "another, waiting":
        with pytest.raises(WrongState):
            intake.receive(live_cast.operator, sender=live_cast.comune, file=SlowlyStored(send))
        assert Delivery.objects.count() == 1
    else:
        file = SlowlyStored(send)
        slow = intake.receive(live_cast.operator, sender=live_cast.comune, file=file)
        quick = Delivery.objects.earliest("created_at")
        assert slow.duplicate == (meanwhile == "the same")
        assert (slow.delivery if slow.duplicate else slow.delivery.supersedes) == quick
    kept = Delivery.objects.values_list("file", flat=True)
    assert stored() - before == {default_storage.path(name) for name in kept}


@pytest.mark.django_db
def test_a_disk_that_is_full_before_any_page_has_a_say(cast):
    """The check of the form's token is the first that reads what was sent."""
    careful = Client(enforce_csrf_checks=True, raise_request_exception=False)
    careful.force_login(cast.operator)
    careful.cookies["csrftoken"] = "a" * 32
    sent = {"sender": cast.comune.pk, "file": large_file()}
    with no_room():
        page = careful.post(reverse("deliveries:new"), sent)
    assert page.status_code == 507
    assert "Lo spazio del portale per i file è finito" in page.content.decode()


@pytest.mark.django_db
def test_a_storage_that_takes_nothing_is_told(cast, operator, monkeypatch):
    """A folder of root's own cannot be closed to root; the system's own answer is the same."""

    def closed(*_args, **_kwargs):
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(storage.tempfile, "mkstemp", closed)
    answer = operator.post(
        "/api/v1/uploads/", {"municipality": "015209", "file": builders.plan_file()}
    )
    assert (answer.status_code, answer.json()["code"]) == (507, "storage-closed")
    assert "adesso non accetta file" in answer.json()["detail"]


def test_two_files_of_one_name_are_both_whole():
    names = [default_storage.save("prova/uno", ContentFile(text)) for text in (b"1", b"22")]
    paths = [Path(default_storage.path(name)) for name in names]
    assert [path.read_bytes() for path in paths] == [b"1", b"22"]
    assert oct(paths[0].stat().st_mode)[-3:] == "600"
    assert not list(Path(default_storage.path("prova")).glob(f"{storage.PART}*"))
    for name in names:
        default_storage.delete(name)


@pytest.mark.django_db
def test_a_request_that_dies_between_file_and_row_leaves_a_file_that_is_swept(
    cast, operator, monkeypatch
):
    before = stored()

    def dies(*_args, **_kwargs):
        raise RuntimeError("killed")

    with monkeypatch.context() as patch, pytest.raises(RuntimeError):
        patch.setattr(Delivery, "save", dies)
        operator.post(
            reverse("deliveries:new"), {"sender": cast.comune.pk, "file": builders.plan_file()}
        )
    assert stored() == before, "an error takes its file with it"
    kept = builders.ready(cast)
    lost = default_storage.save(f"deliveries/{Errand().pk}/original", ContentFile(b"x"))
    half = Path(default_storage.path(f"deliveries/{kept.pk}/{storage.PART}x"))
    half.write_bytes(b"half")
    tasks.sweep_files()
    assert default_storage.exists(lost), "its row may be on its way"
    for path in (default_storage.path(lost), half, default_storage.path(kept.file.name)):
        os.utime(path, (0, 0))
    tasks.sweep_files()
    assert not default_storage.exists(lost)
    assert not half.exists()
    assert default_storage.exists(kept.file.name)
    emptied = Path(default_storage.path(lost)).parent
    assert emptied.exists(), "a file may be on its way into an empty folder"
    os.utime(emptied, (0, 0))
    tasks.sweep_files()
    assert not emptied.exists()
    assert default_storage.exists(kept.file.name)


@pytest.mark.django_db
def test_an_original_that_is_gone_or_missing_is_said_to_be(cast, operator):
    delivery = builders.ready(cast)
    page = reverse("deliveries:original", args=[delivery.pk])
    api = reverse("api-original", args=[delivery.pk])
    default_storage.delete(delivery.file.name)
    told = operator.get(page)
    assert told.status_code == 404
    assert "non lo troviamo" in told.content.decode()
    missing = operator.get(api)
    assert (missing.status_code, missing.json()["code"]) == (404, "file-missing")
    assert missing.json()["reference"] in missing.json()["detail"]
    Delivery.objects.update(file="")
    assert operator.get(page).status_code == 410
    assert (operator.get(api).status_code, operator.get(api).json()["code"]) == (410, "file-gone")


@pytest.mark.django_db
def test_a_check_whose_original_is_missing_asks_for_it_again(cast, operator):
    delivery = builders.ready(cast, status="received")
    default_storage.delete(delivery.file.name)
    tasks.check_delivery(str(delivery.pk))
    delivery.refresh_from_db()
    assert delivery.status == "failed"
    page = operator.get(reverse("deliveries:detail", args=[delivery.pk])).content.decode()
    assert "Mandalo di nuovo" in page
    assert delivery.error_reference in page
    assert "il file è al sicuro" not in page
    assert reverse("deliveries:retry", args=[delivery.pk]) not in page
    again = operator.post(reverse("api-recheck", args=[delivery.pk]))
    assert (again.status_code, again.json()["code"]) == (409, "file-missing")
    assert Notice.objects.filter(event__verb="file_missing", person=cast.reviewer).exists()
    assert builders.checked(cast).status == "checked"


#: Sends a file by page and one by API, and says what was answered.
SENDER = """
import json, sys
import django
django.setup()
from django.test import Client
from people.models import User
from tests import builders
def browser_of(email):
    browser = Client(headers={"host": "localhost"})
    browser.force_login(User.objects.get(email=email))
    return browser
browser, other = browser_of("operatore@sesto.example"), browser_of("operatore@cinisello.example")
page = browser.post("/consegne/nuova/", {"sender": "015209", "file": builders.plan_file(3)})
theirs = builders.plan_file(4, comune="015077")
api = other.post("/api/v1/uploads/", {"municipality": "015077", "file": theirs})
check = browser.post("/api/v1/checks/", {"municipality": "015209", "file": builders.plan_file(2)})
place = page.headers.get("Location")
print("SAID", json.dumps([page.status_code, place, api.status_code, check.status_code]))
"""


@pytest.mark.worker
@pytest.mark.slow
def test_what_is_stored_while_the_queue_is_away_is_taken_and_begun_later(live_cast, worker):
    environment = {
        **worker.surroundings(),
        "DATABASE_URL": url_of(connection.settings_dict["NAME"]),
        "REDIS_URL": "unix:///nowhere/redis.sock?db=0",
        "REDIS_CACHE_URL": os.environ["REDIS_URL"].replace("db=2", "db=3"),
    }
    told = subprocess.run(
        [sys.executable, "-c", SENDER], cwd=ROOT, env=environment, capture_output=True, text=True,
        timeout=120, check=False,
    )  # fmt: skip
    assert told.returncode == 0, told.stderr[-3000:]
    line = next(one for one in told.stdout.splitlines() if one.startswith("SAID"))
    page, place, api, check = json.loads(line.removeprefix("SAID "))
    assert (page, api, check) == (302, 202, 202)
    assert place == f"/consegne/{Delivery.objects.get(source__municipality='015209').pk}/"

    def checked() -> bool:
        tasks.sweep()
        done = Errand.objects.filter(ended_at__isnull=False, error_reference="")
        return Delivery.objects.filter(status="checked").count() == 2 and done.exists()

    wait_for(checked)
