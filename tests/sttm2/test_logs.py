"""No secret part of an address, no key and nobody's e-mail stands in a log."""

import io
import logging
import subprocess
import sys

import pytest
from django.conf import settings
from django.test import Client
from django.utils.module_loading import import_string

from sttm2.celery import log_discreetly
from sttm2.logs import discreet

SECRETS = [
    "/invito/Zx81-abc_DEF/",
    "/en/invito/Zx81-abc_DEF/",
    "/verifica/Zx81-abc_DEF/avanzamento/",
    "/api/v1/checks/Zx81-abc_DEF/",
    "/segnalazioni/Zx81-abc_DEF/",
    "/api/v1/remarks/Zx81-abc_DEF/",
    "/accesso/password/reset/key/1-Zx81-abc_DEF/",
    "/accesso/confirm-email/Zx81-abc_DEF/",
    "/accesso/login/?next=/invito/Zx81-abc_DEF/",
    "Authorization: Bearer sttm2_0a1b2c3d_Zx81-abc_DEF",
    "/?email=Zx81-abc_DEF%40comune.example",
]


@pytest.mark.parametrize("said", SECRETS)
def test_a_secret_is_not_said(said):
    assert "Zx81" not in discreet(f"Not Found: {said} 404")


def test_the_rest_is_said():
    line = "Not Found: /consegne/0f8fad5b-d9cb-469f-a165-70867728950e/ 404 di 198.51.100.4"
    assert discreet(line) == line
    assert discreet("letter to ada@comune.example failed") == "letter to *** failed"


@pytest.fixture
def console():
    """What the portal's own handler would write."""
    told = settings.LOGGING["handlers"]["console"]["filters"]
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    for name in told:
        handler.addFilter(import_string(settings.LOGGING["filters"][name]["()"])())
    logging.getLogger().addHandler(handler)
    yield written
    logging.getLogger().removeHandler(handler)


@pytest.mark.django_db
def test_what_the_portal_logs_of_a_refused_link(console):
    Client().get("/invito/Zx81-abc_DEF/")
    logging.getLogger("x").error("to %s", "ada@comune.example")
    said = console.getvalue()
    assert "/invito/***" in said
    assert "Zx81" not in said and "ada@" not in said


def test_what_a_worker_logs(capsys):
    logger = logging.Logger("worker")
    logger.addHandler(logging.StreamHandler())
    log_discreetly(logger)
    try:
        raise ValueError("no letter for ada@comune.example")
    except ValueError:
        logger.exception("task of %s", "/verifica/Zx81-abc_DEF/")
    said = capsys.readouterr().err
    assert "Traceback" in said
    assert "Zx81" not in said and "ada@" not in said


ACCESS = """
from gunicorn.config import Config
from sttm2 import web
cfg = Config()
cfg.set("accesslog", "-")
log = web.WebLogger(cfg)
log.access_log.info('198.51.100.4 "GET /invito/Zx81-abc_DEF/ HTTP/1.1" 404')
"""


def test_what_the_web_server_logs():
    ran = subprocess.run(
        [sys.executable, "-c", ACCESS], capture_output=True, text=True, check=True
    )
    said = ran.stdout + ran.stderr
    assert "/invito/***" in said and "198.51.100.4" in said
    assert "Zx81" not in said
