"""Every awkward or broken real file ends in a report
or a refusal in words, and leaves nothing behind."""

import tempfile
import time
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from deliveries import tasks
from deliveries.actions import intake
from deliveries.checks import examination
from deliveries.models import Delivery, Finding, StagedRow
from validator.confined import process
from validator.rules import registry

pytestmark = [pytest.mark.real_data, pytest.mark.slow]


def remains() -> set[str]:
    """What checks and readers could have left in the machine's temporary folder."""
    return {
        p.name
        for p in Path(tempfile.gettempdir()).iterdir()
        if p.name.startswith(("sttm2-check", process.PREFIX))
    }


@pytest.fixture(autouse=True)
def own_temporary_folder(tmp_path, monkeypatch):
    """So that what other processes of the machine leave in theirs is not laid at our door."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)


def deliver(cast, path: Path) -> Delivery:
    """Received and checked as the worker does, in this process."""
    file = SimpleUploadedFile(path.name, path.read_bytes())
    delivery = intake.receive(cast.operator, sender=cast.comune, file=file).delivery
    tasks.check_delivery(str(delivery.pk))
    delivery.refresh_from_db()
    return delivery


def test_every_awkward_file_ends_in_words(cast, shared_data, reader):
    before, table = remains(), []
    for path in sorted((shared_data / "ostici").iterdir()):
        if path.name == "README.md":
            continue
        began = time.monotonic()
        delivery = deliver(cast, path)
        seconds = time.monotonic() - began
        codes = sorted(
            set(Finding.objects.filter(delivery=delivery).values_list("code", flat=True))
        )
        table.append((path.name, delivery.status, delivery.row_count, " ".join(codes)))
        assert delivery.status in ("checked", "unreadable"), (
            path.name,
            delivery.status,
            delivery.error_reference,
        )
        assert seconds < 30, (path.name, seconds)
        assert "SYS-01" not in codes, path.name
        if delivery.status == "unreadable":
            assert not delivery.file
            assert not StagedRow.objects.filter(delivery=delivery).exists()
            finding = Finding.objects.get(delivery=delivery)
            told = registry.render(finding.code, finding.params, rows=[], total=0, language="it")
            assert told.message
            assert "{" not in told.message, (path.name, told.message)
        intake.withdraw(delivery, user=cast.operator)
    print()
    for line in table:
        print("{:48} {:11} {:6d}  {}".format(*line))
    assert remains() == before
    assert reader.settle() == []


@pytest.mark.long
def test_every_plan_and_register_ends_in_a_report(cast, shared_data):
    for folder in ("piani", "servizi"):
        for path in sorted((shared_data / folder).iterdir()):
            if path.name == "README.md" or path.stat().st_size > 40_000_000:
                continue
            delivery = deliver(cast, path)
            assert delivery.status in ("checked", "unreadable"), (path.name, delivery.status)
            assert not delivery.outcome.get("crashed"), (path.name, delivery.outcome["crashed"])
            intake.withdraw(delivery, user=cast.operator)


def test_the_same_file_gives_the_same_report(cast, shared_data):
    path = shared_data / "piani" / "pds_costruito_sesto_san_giovanni.zip"
    first, second = (_report(cast, path) for _ in range(2))
    assert first == second


def _report(cast, path: Path):
    delivery = deliver(cast, path)
    found = list(
        Finding.objects.filter(delivery=delivery)
        .order_by("pk")
        .values_list("code", "layer", "rows", "params")
    )
    outcome = (delivery.outcome, delivery.facts, delivery.mapping, found)
    intake.withdraw(delivery, user=cast.operator)
    return outcome


def test_a_crash_of_ours_is_never_the_comunes_fault(cast, monkeypatch):
    file = SimpleUploadedFile("piano.csv", b"ID;TIPOLOGIA\n1;Biblioteca\n")
    delivery = intake.receive(cast.operator, sender=cast.comune, file=file).delivery

    def broken(*args, **kwargs):
        raise RuntimeError("power cut")

    monkeypatch.setattr(examination, "run_all", broken)
    tasks.check_delivery(str(delivery.pk))
    delivery.refresh_from_db()
    assert delivery.status == "failed"
    assert len(delivery.error_reference) == 8
    monkeypatch.undo()
    intake.recheck(delivery, user=cast.operator)
    tasks.check_delivery(str(delivery.pk))
    delivery.refresh_from_db()
    assert delivery.status == "checked"
