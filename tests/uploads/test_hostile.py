"""Every awkward or broken real file ends in a report or a refusal in words, and leaves nothing
behind."""

import tempfile
import time
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from services.uploads import tasks
from services.uploads.acts import intake
from services.uploads.checking import pipeline
from services.uploads.models import Finding, StagedRow, Upload
from services.uploads.readers import client
from services.uploads.rules import registry

pytestmark = [pytest.mark.real_data, pytest.mark.slow]


def remains() -> set[str]:
    """What checks and readers could have left in the machine's temporary folder."""
    return {
        p.name
        for p in Path(tempfile.gettempdir()).iterdir()
        if p.name.startswith(("sttm2-check", client.PREFIX))
    }


@pytest.fixture(autouse=True)
def own_temporary_folder(tmp_path, monkeypatch):
    """So that what other processes of the machine leave in theirs is not laid at our door."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)


def deliver(cast, path: Path) -> Upload:
    """Received and checked as the worker does, in this process."""
    file = SimpleUploadedFile(path.name, path.read_bytes())
    upload = intake.receive(cast.operator, municipality=cast.comune, file=file).upload
    tasks.check_upload(str(upload.pk))
    upload.refresh_from_db()
    return upload


def test_every_awkward_file_ends_in_words(cast, shared_data):
    before, table = remains(), []
    for path in sorted((shared_data / "ostici").iterdir()):
        if path.name == "README.md":
            continue
        began = time.monotonic()
        upload = deliver(cast, path)
        seconds = time.monotonic() - began
        codes = sorted(set(Finding.objects.filter(upload=upload).values_list("code", flat=True)))
        table.append((path.name, upload.status, upload.row_count, " ".join(codes)))
        assert upload.status in ("checked", "unreadable"), (
            path.name,
            upload.status,
            upload.error_reference,
        )
        assert seconds < 30, (path.name, seconds)
        assert "SYS-01" not in codes, path.name
        if upload.status == "unreadable":
            assert not upload.file
            assert not StagedRow.objects.filter(upload=upload).exists()
            finding = Finding.objects.get(upload=upload)
            told = registry.render(finding.code, finding.params, rows=[], total=0, language="it")
            assert told.message
            assert "{" not in told.message, (path.name, told.message)
        intake.withdraw(upload, user=cast.operator)
    print()
    for line in table:
        print("{:48} {:11} {:6d}  {}".format(*line))
    assert remains() == before


@pytest.mark.long
def test_every_plan_and_register_ends_in_a_report(cast, shared_data):
    for folder in ("piani", "servizi"):
        for path in sorted((shared_data / folder).iterdir()):
            if path.name == "README.md" or path.stat().st_size > 40_000_000:
                continue
            upload = deliver(cast, path)
            assert upload.status in ("checked", "unreadable"), (path.name, upload.status)
            assert not upload.outcome.get("crashed"), (path.name, upload.outcome["crashed"])
            intake.withdraw(upload, user=cast.operator)


def test_the_same_file_gives_the_same_report(cast, shared_data):
    path = shared_data / "piani" / "pds_costruito_sesto_san_giovanni.zip"
    first, second = (_report(cast, path) for _ in range(2))
    assert first == second


def _report(cast, path: Path):
    upload = deliver(cast, path)
    found = list(
        Finding.objects.filter(upload=upload)
        .order_by("pk")
        .values_list("code", "layer", "rows", "params")
    )
    outcome = (upload.outcome, upload.facts, upload.mapping, found)
    intake.withdraw(upload, user=cast.operator)
    return outcome


def test_a_crash_of_ours_is_never_the_comunes_fault(cast, monkeypatch):
    file = SimpleUploadedFile("piano.csv", b"ID;TIPOLOGIA\n1;Biblioteca\n")
    upload = intake.receive(cast.operator, municipality=cast.comune, file=file).upload

    def broken(*args, **kwargs):
        raise RuntimeError("power cut")

    monkeypatch.setattr(pipeline, "run_all", broken)
    tasks.check_upload(str(upload.pk))
    upload.refresh_from_db()
    assert upload.status == "failed"
    assert len(upload.error_reference) == 8
    monkeypatch.undo()
    intake.recheck(upload, user=cast.operator)
    tasks.check_upload(str(upload.pk))
    upload.refresh_from_db()
    assert upload.status == "checked"
