"""Celery's side of the letters: tasks take ids, hold no logic, may be run twice (acks late)."""

import logging
from typing import Final

from django.core.cache import cache

from core.queue import app, within
from notices.actions import TELL
from notices.letters import give_up, send_once
from notices.models import Notice

logger = logging.getLogger(__name__)

_BATCH: Final = 500
#: While this is remembered nobody tries a mail server that did not answer: who waits for it lets
#: the sweeps wait.
_AWAY: Final = "mail-server-away"
_REST_SECONDS: Final = 60


@app.task(name=TELL, **within(240))
def tell(event_id: int) -> None:
    """Send the letters of one event that are still due."""
    if cache.get(_AWAY):
        return
    for notice in Notice.objects.filter(event=event_id).to_send().with_event():
        if not send_once(notice):
            cache.set(_AWAY, 1, _REST_SECONDS)
            return


@app.task(name="notices.sweep", **within(60))
def sweep() -> None:
    """Enqueue again what the broker lost, a worker that died left or the mail server refused."""
    give_up()
    if unsent := Notice.objects.unsent().count():
        logger.warning("%d letters could not be sent and are given up", unsent)
    if cache.get(_AWAY):
        return
    events = Notice.objects.due().order_by("event").values_list("event", flat=True).distinct()
    for event in events[:_BATCH]:
        tell.delay(event)
