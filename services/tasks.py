"""Celery's side of the catalogue: what is done at night."""

from celery import shared_task

from services import remarks


@shared_task(name="services.forget")
def forget() -> None:
    """Empty what people wrote in remarks that have served, after the stated days."""
    remarks.forget()
