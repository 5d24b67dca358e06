"""Celery's side of the portal as a whole."""

import logging

from django.conf import settings

from core import beating
from core.queue import app, within
from sttm2 import verification
from validator.confined import client

logger = logging.getLogger(__name__)


@app.task(name="sttm2.beat", **within(30))
def beat(worker: str) -> None:
    """Say that the clock was heard, the queue carries and a worker of this kind is free."""
    beating.beat(worker)


@app.task(name="sttm2.tell_confinement", **within(30))
def tell_confinement() -> None:
    """Ask the reader beside this worker how what it reads is confined."""
    layers = client.layers(settings.READER_SOCKET) if settings.READER_SOCKET else None
    beating.tell_confinement(str(layers or ""))


@app.task(name="sttm2.verify", **within(3600))
def verify() -> None:
    """Verify the installation and keep what was found, for the office's page of its state."""
    found = verification.verify()
    verification.keep(found)
    for one in found.wrong:
        logger.error("%s: %d, as %s", one.holds, one.found, ", ".join(one.named[:3]))
