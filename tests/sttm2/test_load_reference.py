"""What every start loads: in order, quickly, the same again, and nothing made up in production."""

import io
import time

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lum.models import Lum
from services.models import Edition, Service

pytestmark = pytest.mark.django_db


def load() -> str:
    out = io.StringIO()
    call_command("load_reference", stdout=out)
    return out.getvalue()


def test_a_second_load_says_that_nothing_changed_and_is_quick():
    load()
    editions = Edition.objects.count()
    begun = time.process_time()  # our own work: how long a busy machine takes is chance
    with CaptureQueriesContext(connection) as asked:
        told = load()
    assert time.process_time() - begun < 2
    assert len(asked) < 130, "fewer than comuni: not one for each row"
    assert "nuovi" not in told and "aggiornati" not in told
    assert "comuni: 133 (133 invariati)" in told and "niente di nuovo" in told
    assert Edition.objects.count() == editions


def test_production_gets_the_reference_without_the_demonstration(settings):
    settings.PRODUCTION = True
    load()
    assert Lum.objects.public().count() == 62
    assert not Service.objects.exists()
