"""A mend is checked by a whole check from the file, which asks nothing of the one before."""

import csv
import io
import os
import tempfile
import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from deliveries import leftovers, tasks
from deliveries.actions import answers, intake
from deliveries.models import Delivery, StagedRow


def deliver(cast, rows: int) -> Delivery:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    writer.writerow(["ID", "DENOMINAZIONE", "TIPOLOGIA", "INDIRIZZO"])
    writer.writerows([n, f"Biblioteca {n}", "Biblioteca", f"Via Po {n}"] for n in range(rows))
    file = SimpleUploadedFile("piano.csv", out.getvalue().encode())
    delivery = intake.receive(cast.operator, sender=cast.comune, file=file).delivery
    tasks.check_delivery(str(delivery.pk))
    return Delivery.objects.get(pk=delivery.pk)


def test_checking_again_reads_no_row_of_the_check_before(cast):
    delivery = deliver(cast, 300)
    layer = StagedRow.objects.filter(delivery=delivery).values_list("layer", flat=True)[0]
    answers.edit_row(delivery, user=cast.operator, layer=layer, row=7, changes={"name": "Casa"})
    with CaptureQueriesContext(connection) as told:
        tasks.check_delivery(str(delivery.pk))
    reads = [q["sql"] for q in told if q["sql"].startswith("SELECT")]
    assert not [sql for sql in reads if 'FROM "deliveries_stagedrow"' in sql]
    rows = StagedRow.objects.filter(delivery=delivery)
    assert (rows.count(), rows.get(row=7).name) == (300, "Casa")


@pytest.mark.django_db
def test_what_a_killed_worker_left_is_removed_and_running_work_is_not(tmp_path, monkeypatch):
    for kind in leftovers.PRIVATE:
        for name in ("dead", "alive"):
            (tmp_path / f"{kind}{name}").mkdir()
            (tmp_path / f"{kind}{name}" / "delivery").write_bytes(b"x")
        long_ago = time.time() - 2 * tasks.ROWLESS.total_seconds()
        os.utime(tmp_path / f"{kind}dead", (long_ago, long_ago))
    (tmp_path / "not-ours").mkdir()
    os.utime(tmp_path / "not-ours", (long_ago, long_ago))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    tasks.sweep_files()
    alive = {f"{kind}alive" for kind in leftovers.PRIVATE}
    assert {path.name for path in tmp_path.iterdir()} == {*alive, "not-ours"}
