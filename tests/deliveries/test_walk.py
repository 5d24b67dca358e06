"""From a planner's file to the public map through a
worker in another process, also when it is killed."""

import random

import pytest
import shapely
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from deliveries import tasks
from deliveries.actions import intake, review
from deliveries.actions.review import SubmissionStatement
from deliveries.models import Delivery, Finding, Proposal, StagedRow
from services.models import Edition, Record, Service, ServiceState
from tests.processes import wait_for
from zones.models import Municipality

pytestmark = [pytest.mark.worker, pytest.mark.slow]

STATEMENT = SubmissionStatement(
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


def state(delivery: Delivery) -> str:
    return Delivery.objects.values_list("status", flat=True).get(pk=delivery.pk)


def arrives(delivery: Delivery, wanted: str) -> None:
    """Until the delivery is in that state; a check
    that failed through our fault is said at once."""

    def there() -> bool:
        now = state(delivery)
        assert now != "failed" or wanted == "failed", "the check failed: see the worker's log"
        return now == wanted

    try:
        wait_for(there)
    except AssertionError as error:
        # What a stuck delivery looks like, for whoever reads the log of a machine that is gone.
        shown = Delivery.objects.filter(pk=delivery.pk).values(
            "status", "attempts", "lease_until", "progress_stage", "progress_done", "updated_at"
        )
        raise AssertionError(f"{error}, wanted {wanted!r}: {shown.get()}") from None


def sent_and_taken(delivery: Delivery, cast) -> None:
    """Submitted by the operator, taken and accepted whole by the reviewer, closed."""
    delivery.refresh_from_db()
    review.submit(delivery, user=cast.operator, statement=STATEMENT)
    review.take(delivery, user=cast.reviewer)
    review.decide_in_bulk(delivery, user=cast.reviewer, rule="all_pending", decision="accepted")
    review.close(delivery, user=cast.reviewer)


def checked(cast, file) -> Delivery:
    delivery = intake.receive(cast.operator, sender=cast.comune, file=file).delivery
    arrives(delivery, "checked")
    delivery.refresh_from_db()
    return delivery


def test_a_file_becomes_services_and_twice_the_same_changes_nothing(live_cast, worker):
    delivery = checked(live_cast, delivery_file(30))
    assert delivery.is_valid, delivery.outcome
    assert delivery.row_count == 30
    assert StagedRow.objects.filter(delivery=delivery, kind="biblioteche").count() == 30
    sent_and_taken(delivery, live_cast)
    arrives(delivery, "published")
    assert ServiceState.objects.at(None).filter(kind="biblioteche").count() == 30
    service = Service.objects.published().first()
    record = Record.objects.get(item__service=service)
    assert record.raw["DENOMINAZIONE"] == service.shown.name
    assert record.from_edition.sha256 == delivery.sha256

    again = intake.receive(live_cast.operator, sender=live_cast.comune, file=delivery_file(30))
    assert again.duplicate
    assert again.delivery == delivery
    assert Edition.objects.count() == 1


def test_the_next_file_is_compared_row_by_row(live_cast, worker):
    delivery = checked(live_cast, delivery_file(20))
    sent_and_taken(delivery, live_cast)
    arrives(delivery, "published")
    text = delivery_file(20).read().decode().splitlines()
    changed = [
        line.replace("Biblioteca di quartiere 3;", "Biblioteca Tre;")
        for line in text
        if "B00007" not in line
    ]
    changed.append(changed[1].replace("B00001", "B00099").replace("quartiere 1;", "quartiere 99;"))
    second = SimpleUploadedFile("due.csv", "\n".join(changed).encode())
    delivery = checked(live_cast, second)
    review.submit(delivery, user=live_cast.operator, statement=STATEMENT)
    kinds = list(delivery.proposals.values_list("kind", flat=True))
    assert {kind: kinds.count(kind) for kind in set(kinds)} == {
        "unchanged": 18,
        "edited": 1,
        "withdrawn": 1,
        "new": 1,
    }
    edited = delivery.proposals.get(kind="edited")
    assert edited.changes["name"] == ["Biblioteca di quartiere 3", "Biblioteca Tre"]
    review.take(delivery, user=live_cast.reviewer)
    review.decide(
        delivery,
        user=live_cast.reviewer,
        decisions=[review.Decision(edited.pk, "refused", "not_enough")],
    )
    review.decide_in_bulk(
        delivery, user=live_cast.reviewer, rule="all_pending", decision="accepted"
    )
    review.close(delivery, user=live_cast.reviewer)
    arrives(delivery, "published")
    names = set(ServiceState.objects.at(None).values_list("name", flat=True))
    assert "Biblioteca di quartiere 3" in names, "a refused row leaves what was in force"
    assert "Biblioteca di quartiere 7" not in names
    assert "Biblioteca di quartiere 99" in names


def test_a_worker_killed_in_the_middle_of_a_check_leaves_it_to_another(live_cast, worker):
    calm = checked(live_cast, delivery_file(2000))
    expected = (calm.outcome, calm.row_count, Finding.objects.filter(delivery=calm).count())
    intake.withdraw(calm, user=live_cast.operator)
    delivery = intake.receive(
        live_cast.operator, sender=live_cast.comune, file=delivery_file(2000)
    ).delivery
    arrives(delivery, "checking")
    worker.kill()
    assert state(delivery) == "checking"
    assert not StagedRow.objects.filter(delivery=delivery).exists()
    worker.start()
    wait_for(lambda: _swept(delivery, "checked"), 90)
    delivery.refresh_from_db()
    assert (
        delivery.outcome,
        delivery.row_count,
        Finding.objects.filter(delivery=delivery).count(),
    ) == expected
    assert StagedRow.objects.filter(delivery=delivery).count() == 2000


def test_a_worker_killed_in_the_middle_of_a_publication_publishes_all_once(live_cast, worker):
    delivery = checked(live_cast, delivery_file(4000))
    sent_and_taken(delivery, live_cast)
    arrives(delivery, "publishing")
    worker.kill()
    assert Edition.objects.count() in (0, 1)
    assert Service.objects.count() in (0, 4000)
    worker.start()
    wait_for(lambda: _swept(delivery, "published"), 90)
    assert Edition.objects.count() == 1
    assert Record.objects.current().count() == Service.objects.published().count() == 4000
    assert not Proposal.objects.filter(published_in__isnull=True).exists()


def _swept(delivery: Delivery, wanted: str) -> bool:
    tasks.sweep()
    return state(delivery) == wanted


def test_a_file_that_cannot_be_read_leaves_only_its_name_size_and_hash(live_cast, worker):
    broken = SimpleUploadedFile(
        "rotto.zip", b"PK\x03\x04 not a zip at all", content_type="application/zip"
    )
    delivery = intake.receive(live_cast.operator, sender=live_cast.comune, file=broken).delivery
    arrives(delivery, "unreadable")
    delivery.refresh_from_db()
    assert (delivery.file_name, delivery.file_size) == ("rotto.zip", 21)
    assert len(delivery.sha256) == 64
    assert not delivery.file
    assert Finding.objects.get(delivery=delivery).code == "FIL-01"
