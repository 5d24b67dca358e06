"""Files that attack the parsers: by command line, by delivery and by the check for anybody each
ends in words within seconds, only the bad rows are held, and no process dies."""

import io
import json
import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client

from deliveries.actions import intake
from deliveries.models import Delivery, Finding
from tests import hostile_files
from tests.processes import wait_for
from validator.rules import registry

FILES = {**hostile_files.HELD, **hostile_files.REFUSED}
#: Five are promised, and kept by a machine that does nothing else.
SECONDS = 20
#: Codes that hold a row for what lies in its cells, and those that refuse a file.
HOLDING = {"GEO-14", "GEO-01", "STR-07", "ATT-02", "ATT-03"}
REFUSING = {"FIL-01", "FIL-02", "FIL-03", "FIL-07"}

#: One file that is held, one that is refused and the longest go the whole way each time; all
#: pass the checks below without a worker, and with `long` the worker too.
OFTEN = {"wkt_venti_celle.zip", "profondo.gml", "riga.csv"}
OFTEN_AND_SELDOM = [
    name if name in OFTEN else pytest.param(name, marks=pytest.mark.long) for name in FILES
]


@pytest.fixture(scope="module")
def attacks(tmp_path_factory):
    """Each file, made once."""
    folder = tmp_path_factory.mktemp("attacks")

    def made(name: str):
        path = folder / name
        if not path.exists():
            path.write_bytes(FILES[name]())
        return path

    return made


def told(path) -> tuple[int, dict, float]:
    """What the command says of the file: exit status, report, seconds."""
    out, began = io.StringIO(), time.monotonic()
    with pytest.raises(SystemExit) as end:
        call_command("check_delivery", str(path), municipality="015209", format="json", stdout=out)
    return int(end.value.code), json.loads(out.getvalue()), time.monotonic() - began


@pytest.mark.parametrize("name", hostile_files.HELD)
def test_the_bad_rows_alone_are_held_in_words_that_name_them(db, reader, attacks, name):
    status, report, seconds = told(attacks(name))
    assert status == 1, report
    assert seconds < SECONDS
    errors = [one for one in report["findings"] if one["severity"] == "error"]
    held = {row for one in errors if one["code"] in HOLDING for row in one["rows"]}
    assert held, errors
    assert all("Riga" in one["message"] for one in errors if one["code"] in HOLDING)
    assert max(len(one["message"]) for one in errors) < 1_000
    if "csv" not in name or "WKT" in attacks(name).read_bytes()[:40].decode("latin-1"):
        assert 1 not in held, "the good row beside them stays"
    assert reader.settle() == []


@pytest.mark.parametrize("name", hostile_files.REFUSED)
def test_a_file_that_is_an_attack_as_a_whole_is_refused_in_words(db, reader, attacks, name):
    status, report, seconds = told(attacks(name))
    assert status == 2, report
    assert seconds < SECONDS
    (refusal,) = report["findings"]
    assert refusal["code"] in REFUSING
    assert "{" not in refusal["message"]
    assert "interrompe la lettura" not in refusal["message"], "a process died of it"
    assert reader.settle() == []


@pytest.mark.worker
@pytest.mark.slow
@pytest.mark.parametrize("name", OFTEN_AND_SELDOM)
def test_a_worker_ends_each_in_words_as_a_delivery_and_as_a_check(
    live_cast, worker, attacks, name
):
    body, before = attacks(name).read_bytes(), worker.process.pid
    anybody, began = Client(), time.monotonic()
    answer = anybody.post(
        "/api/v1/checks/",
        {"municipality": "015209", "file": SimpleUploadedFile(name, body)},
        REMOTE_ADDR=f"10.9.8.{list(FILES).index(name)}",
    )
    assert answer.status_code == 202, answer.content
    file = SimpleUploadedFile(name, body)
    delivery = intake.receive(live_cast.operator, sender=live_cast.comune, file=file).delivery
    over = {"checked", "unreadable", "failed"}
    wait_for(lambda: Delivery.objects.get(pk=delivery.pk).status in over)
    report = wait_for(
        lambda: (a := anybody.get(answer["Location"])).status_code == 200 and a.json()
    )
    delivery.refresh_from_db()
    refused = name in hostile_files.REFUSED
    assert delivery.status == ("unreadable" if refused else "checked"), delivery.error_reference
    assert time.monotonic() - began < 2 * SECONDS
    found = {one["code"] for one in report["findings"] if one["severity"] == "error"}
    assert found & (REFUSING if refused else HOLDING)
    kept = Finding.objects.filter(delivery=delivery, severity="error")
    assert {one.code for one in kept} == found
    for one in kept:
        words = registry.render(one.code, one.params, rows=one.rows or [], language="it")
        assert "{" not in words.message
    assert worker.process.poll() is None
    assert worker.process.pid == before
