"""The delete test: without the app `deliveries` the portal starts, migrates and serves the public
pages and API, and the office corrects."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def told():
    """What a portal without deliveries answered, in a process and a database of its own."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.without_deliveries",
        "TEST_DB_NAME": f"{connection.settings_dict['NAME']}_without",
    }
    run = subprocess.run(
        [sys.executable, "-m", "tests.sttm2.public_portal"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert run.returncode == 0, run.stderr[-4000:]
    return json.loads(run.stdout.splitlines()[-1])


def test_every_public_page_answers_and_leads_nowhere_that_is_gone(told):
    assert len(told["public"]) > 40
    assert {page: said for page, said in told["public"].items() if said != [200, []]} == {}
    assert set(told["gone"].values()) == {404}


def test_nothing_of_the_deliveries_was_imported_or_migrated(told):
    assert told["imported"] == told["tables"] == told["unknown tasks"] == []


def test_the_office_corrects_and_the_comune_hears_of_it_and_answers(told):
    page, *heard = told["corrected"]
    assert page.startswith("/rettifiche/")
    assert heard == ["comune@x.example correct", "ufficio@x.example message"]
    for pages in (told["reserved"], told["office"]):
        assert {page: said for page, said in pages.items() if said != [200, []]} == {}
