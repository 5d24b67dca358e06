"""Celery's side of the catalogue: what is done at night."""

from core.queue import app, within
from services import remarks


@app.task(name="services.forget", **within(600))
def forget() -> None:
    """Empty what people wrote in remarks that have served, after the stated days."""
    remarks.forget()
