"""The Celery application; tasks live in the apps, take ids and hold no logic."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sttm2.settings")

app = Celery("sttm2")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["deliveries", "services", "notices"])
app.autodiscover_tasks(["deliveries"], related_name="precheck")
app.autodiscover_tasks(["deliveries"], related_name="returns")
