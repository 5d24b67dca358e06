"""Celery's side of the letters: tasks take ids, hold no logic, may be run twice (acks late)."""

import logging
import time
from typing import Final

from django.core.cache import cache

from core.queue import app, within
from notices.actions import TELL
from notices.letters import give_up, send_once
from notices.models import Notice
from notices.querysets import NoticeQuerySet

logger = logging.getLogger(__name__)

_BATCH: Final = 500
#: While this is remembered nobody tries a mail server that did not answer: who waits for it lets
#: the sweeps wait.
_AWAY: Final = "mail-server-away"
_REST_SECONDS: Final = 60
#: Seconds after which a task begins no other letter: with a slow mail server the sweeps, which
#: wait in the same queue, would wait for all of them.
TURN_SECONDS: float = 15


@app.task(name=TELL, **within(240))
def tell(event_id: int) -> None:
    """Send the letters of one event that are still due."""
    _send(Notice.objects.filter(event=event_id).to_send())


@app.task(name="notices.sweep", **within(240))
def sweep() -> None:
    """Send what the broker lost, a worker that died left, the mail server refused or another turn
    had no time for."""
    give_up()
    if unsent := Notice.objects.unsent().count():
        logger.warning("%d letters could not be sent and are given up", unsent)
    _send(Notice.objects.due().order_by("mail_after", "pk")[:_BATCH])


def _send(letters: NoticeQuerySet) -> None:
    """As many as there is time for; a sweep takes up the others."""
    if cache.get(_AWAY):
        return
    end = time.monotonic() + TURN_SECONDS
    for notice in letters.with_event():
        if not send_once(notice):
            cache.set(_AWAY, 1, _REST_SECONDS)
            return
        if time.monotonic() >= end:
            return
