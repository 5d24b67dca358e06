"""Celery's side of the accounts: what is done at night."""

from core.queue import app, within
from people import retention


@app.task(name="people.forget_expired", **within(1800))
def forget_expired() -> None:
    """Delete whatever is older than the table of periods says, of all apps."""
    retention.forget_expired()
