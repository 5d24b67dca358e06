"""Migrations only add: an installation of the first release comes along with all it holds."""

import gzip
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from tests import databases

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
NAME = "kept_upgrade"
#: What is asked of the database afterwards, and of the pages over it.
LOOK = """
import json
from django.test import Client
from deliveries.models import Delivery, Receipt
from services.models import Edition, Record, Service, ServiceState
counts = {m.__name__: m.objects.count() for m in (Delivery, Receipt, Edition, Record, Service, ServiceState)}
client = Client(headers={"host": "localhost"})
service = ServiceState.objects.at(None).first().public_id
asked = ["/", "/servizi/", f"/servizi/{service}/", "/zone/alto-milanese/", "/comuni/015118/", "/lum/",
         "/finanziamenti/", "/api/v1/services/?limit=5", "/api/v1/zones/"]
print("FOUND", json.dumps({"counts": counts, "pages": {one: client.get(one).status_code for one in asked}}))
"""


def test_a_kept_migration_is_never_written_again():
    kept = json.loads((HERE / "kept.json").read_text())
    now = {name: hashlib.sha256((ROOT / name).read_bytes()).hexdigest() for name in kept}
    assert now == kept


@pytest.fixture
def restored(db) -> Iterator[str]:
    """The kept database, as its installation left it."""
    name = f"{NAME}_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    at = connection.settings_dict
    databases.empty(name)
    text = gzip.decompress((HERE / "kept.sql.gz").read_bytes())
    command = ["psql", "-q", "-v", "ON_ERROR_STOP=1", "-h", at["HOST"], "-p", str(at["PORT"])]
    subprocess.run([*command, "-U", at["USER"], name], input=text, check=True, stdout=subprocess.DEVNULL)
    yield name
    databases.drop(name)


def rows_of(text: bytes, table: str) -> int:
    """How many rows a dump holds of a table."""
    block = text.split(f"COPY public.{table} ".encode())[1].split(b"\n\\.\n")[0]
    return block.count(b"\n")


@pytest.mark.slow
def test_an_installation_of_the_first_release_comes_along(restored):
    environment = {**os.environ, "DATABASE_URL": databases.url_of(restored), "STTM2_LOG_LEVEL": "ERROR"}

    def manage(*command: str, said: str = "") -> str:
        ran = subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=ROOT, env=environment, input=said, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    manage("migrate", "--no-input")
    answer = manage("shell", "-c", LOOK)
    found = json.loads(next(line for line in answer.splitlines() if line.startswith("FOUND"))[6:])
    text = gzip.decompress((HERE / "kept.sql.gz").read_bytes())
    tables = {
        "Delivery": "deliveries_delivery", "Receipt": "deliveries_receipt", "Edition": "services_edition",
        "Record": "services_record", "Service": "services_service", "ServiceState": "services_servicestate",
    }  # fmt: skip
    assert found["counts"] == {name: rows_of(text, table) for name, table in tables.items()}
    assert found["counts"]["Receipt"], "what was kept holds a whole delivery"
    assert set(found["pages"].values()) == {200}, found["pages"]
