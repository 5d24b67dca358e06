"""The roof: settings, addresses and the Celery
application, which every process must have loaded."""

from sttm2.celery import app as celery_app

__all__ = ["celery_app"]
