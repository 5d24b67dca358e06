"""The Celery application; tasks live in the apps, take ids and hold no logic."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sttm2.settings")

app = Celery("sttm2")
app.config_from_object("django.conf:settings", namespace="CELERY")
for module in ("tasks", "precheck", "returns"):
    app.autodiscover_tasks(related_name=module)  # of the apps that are installed
