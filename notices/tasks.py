"""Celery's side of the letters: tasks take ids, hold no logic, may be run twice (acks late)."""

from typing import Final

from core.queue import app
from notices.actions import TELL
from notices.letters import send_once
from notices.models import Notice

_BATCH: Final = 500


@app.task(name=TELL)
def tell(event_id: int) -> None:
    """Send the letters of one event that are still due."""
    for notice in Notice.objects.filter(event=event_id, mail=Notice.Mail.DUE).with_event():
        send_once(notice)


@app.task(name="notices.sweep")
def sweep() -> None:
    """Enqueue again what the broker lost or the mail server refused."""
    events = Notice.objects.due().order_by("event").values_list("event", flat=True).distinct()
    for event in events[:_BATCH]:
        tell.delay(event)
