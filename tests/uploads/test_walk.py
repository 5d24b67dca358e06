"""From a planner's file to the public map through a worker in another process, also when it is
killed."""

import random

import pytest
import shapely
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from services.models import Edition, Record, Service
from services.uploads import tasks
from services.uploads.acts import intake, review
from services.uploads.acts.review import Statement
from services.uploads.models import Finding, Proposal, StagedRow, Upload
from tests.conftest import wait_for
from zones.models import Municipality

pytestmark = [pytest.mark.worker, pytest.mark.slow]

STATEMENT = Statement(
    act="Delibera C.C. n. 12 del 03/02/2025",
    act_date=timezone.localdate().replace(month=1, day=1),
    reference_date=timezone.localdate(),
    contact_name="Ufficio di piano",
    contact_email="piano@comune.example",
)


def delivery_file(rows: int, *, comune: str = "015209", seed: int = 1) -> SimpleUploadedFile:
    """A CSV of libraries inside the comune, EPSG:32632, with identifiers."""
    outline = shapely.from_wkb(bytes(Municipality.objects.get(pk=comune).geometry.wkb))
    west, south, east, north = shapely.buffer(outline, -400).bounds
    draw, lines = random.Random(seed), []
    core = shapely.buffer(outline, -400)
    while len(lines) < rows:
        x, y = draw.uniform(west, east), draw.uniform(south, north)
        if core.contains(shapely.Point(x, y)):
            n = len(lines) + 1
            what = f"Biblioteca;Biblioteca di quartiere {n};via Roma {n};esistente"
            lines.append(f"B{n:05d};{what};{x:.2f};{y:.2f}")
    text = "ID;TIPOLOGIA;DENOMINAZIONE;INDIRIZZO;STATO;COORD_X;COORD_Y\n" + "\n".join(lines) + "\n"
    return SimpleUploadedFile(f"piano_{rows}.csv", text.encode(), content_type="text/csv")


def state(upload: Upload) -> str:
    return Upload.objects.values_list("status", flat=True).get(pk=upload.pk)


def arrives(upload: Upload, wanted: str) -> None:
    """Until the delivery is in that state; a check that failed through our fault is said at
    once."""

    def there() -> bool:
        now = state(upload)
        assert now != "failed" or wanted == "failed", "the check failed: see the worker's log"
        return now == wanted

    try:
        wait_for(there)
    except AssertionError as error:
        # What a stuck delivery looks like, for whoever reads the log of a machine that is gone.
        shown = Upload.objects.filter(pk=upload.pk).values(
            "status", "attempts", "lease_until", "progress_stage", "progress_done", "updated_at"
        )
        raise AssertionError(f"{error}, wanted {wanted!r}: {shown.get()}") from None


def sent_and_taken(upload: Upload, cast) -> None:
    """Submitted by the operator, taken and accepted whole by the reviewer, closed."""
    upload.refresh_from_db()
    review.submit(upload, user=cast.operator, statement=STATEMENT)
    review.take(upload, user=cast.reviewer)
    review.decide_in_bulk(upload, user=cast.reviewer, rule="all_pending", decision="accepted")
    review.close(upload, user=cast.reviewer)


def checked(cast, file) -> Upload:
    upload = intake.receive(cast.operator, municipality=cast.comune, file=file).upload
    arrives(upload, "checked")
    upload.refresh_from_db()
    return upload


def test_a_file_becomes_services_and_twice_the_same_changes_nothing(live_cast, worker):
    upload = checked(live_cast, delivery_file(30))
    assert upload.is_valid, upload.outcome
    assert upload.row_count == 30
    assert StagedRow.objects.filter(upload=upload, kind="biblioteche").count() == 30
    sent_and_taken(upload, live_cast)
    arrives(upload, "published")
    assert Service.objects.published().filter(kind="biblioteche").count() == 30
    service = Service.objects.published().first()
    record = Record.objects.get(item__service=service)
    assert record.raw["DENOMINAZIONE"] == service.name
    assert record.from_edition.sha256 == upload.sha256

    again = intake.receive(
        live_cast.operator, municipality=live_cast.comune, file=delivery_file(30)
    )
    assert again.duplicate
    assert again.upload == upload
    assert Edition.objects.count() == 1


def test_the_next_file_is_compared_row_by_row(live_cast, worker):
    upload = checked(live_cast, delivery_file(20))
    sent_and_taken(upload, live_cast)
    arrives(upload, "published")
    text = delivery_file(20).read().decode().splitlines()
    changed = [
        line.replace("Biblioteca di quartiere 3;", "Biblioteca Tre;")
        for line in text
        if "B00007" not in line
    ]
    changed.append(changed[1].replace("B00001", "B00099").replace("quartiere 1;", "quartiere 99;"))
    second = SimpleUploadedFile("due.csv", "\n".join(changed).encode())
    upload = checked(live_cast, second)
    review.submit(upload, user=live_cast.operator, statement=STATEMENT)
    kinds = list(upload.proposals.values_list("kind", flat=True))
    assert {kind: kinds.count(kind) for kind in set(kinds)} == {
        "unchanged": 18,
        "edited": 1,
        "withdrawn": 1,
        "new": 1,
    }
    edited = upload.proposals.get(kind="edited")
    assert edited.changes["name"] == ["Biblioteca di quartiere 3", "Biblioteca Tre"]
    review.take(upload, user=live_cast.reviewer)
    review.decide(
        upload,
        user=live_cast.reviewer,
        decisions=[review.Decision(edited.pk, "refused", "not_enough")],
    )
    review.decide_in_bulk(upload, user=live_cast.reviewer, rule="all_pending", decision="accepted")
    review.close(upload, user=live_cast.reviewer)
    arrives(upload, "published")
    names = set(Service.objects.published().values_list("name", flat=True))
    assert "Biblioteca di quartiere 3" in names, "a refused row leaves what was in force"
    assert "Biblioteca di quartiere 7" not in names
    assert "Biblioteca di quartiere 99" in names


def test_a_worker_killed_in_the_middle_of_a_check_leaves_it_to_another(live_cast, worker):
    calm = checked(live_cast, delivery_file(400))
    expected = (calm.outcome, calm.row_count, Finding.objects.filter(upload=calm).count())
    intake.withdraw(calm, user=live_cast.operator)
    upload = intake.receive(
        live_cast.operator, municipality=live_cast.comune, file=delivery_file(400)
    ).upload
    arrives(upload, "checking")
    worker.kill()
    assert state(upload) == "checking"
    assert not StagedRow.objects.filter(upload=upload).exists()
    worker.start()
    wait_for(lambda: _swept(upload, "checked"), 90)
    upload.refresh_from_db()
    assert (
        upload.outcome,
        upload.row_count,
        Finding.objects.filter(upload=upload).count(),
    ) == expected
    assert StagedRow.objects.filter(upload=upload).count() == 400


def test_a_worker_killed_in_the_middle_of_a_publication_publishes_all_once(live_cast, worker):
    upload = checked(live_cast, delivery_file(4000))
    sent_and_taken(upload, live_cast)
    arrives(upload, "publishing")
    worker.kill()
    assert Edition.objects.count() in (0, 1)
    assert Service.objects.count() in (0, 4000)
    worker.start()
    wait_for(lambda: _swept(upload, "published"), 90)
    assert Edition.objects.count() == 1
    assert Record.objects.current().count() == Service.objects.published().count() == 4000
    assert not Proposal.objects.filter(published_in__isnull=True).exists()


def _swept(upload: Upload, wanted: str) -> bool:
    tasks.sweep()
    return state(upload) == wanted


def test_a_file_that_cannot_be_read_leaves_only_its_name_size_and_hash(live_cast, worker):
    broken = SimpleUploadedFile(
        "rotto.zip", b"PK\x03\x04 not a zip at all", content_type="application/zip"
    )
    upload = intake.receive(live_cast.operator, municipality=live_cast.comune, file=broken).upload
    arrives(upload, "unreadable")
    upload.refresh_from_db()
    assert (upload.file_name, upload.file_size) == ("rotto.zip", 21)
    assert len(upload.sha256) == 64
    assert not upload.file
    assert Finding.objects.get(upload=upload).code == "FIL-01"
