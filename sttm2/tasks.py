"""Celery's side of the portal as a whole."""

from django.conf import settings

from core.queue import app, within
from sttm2 import beating
from validator.confined import client


@app.task(name="sttm2.beat", **within(30))
def beat() -> None:
    """Say that the clock was heard, the queue carries and a worker works."""
    layers = client.layers(settings.READER_SOCKET) if settings.READER_SOCKET else None
    beating.beat(str(layers or ""))
