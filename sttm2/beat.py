"""The clock (`celery -A sttm2.beat beat`): what is due when, by name. It loads no app and no page.

Workers take up what a dead worker or a lost broker left; beat only reminds them.
"""

import os
from datetime import timedelta

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sttm2.settings")

from celery import Celery
from celery.schedules import crontab
from django.conf import settings

app = Celery("sttm2", fixups=())
app.config_from_object("django.conf:settings", namespace="CELERY")
#: A reminder that nobody heard before the next one comes is no longer needed.
SOON = {"expires": 20}
#: Where what takes long and may wait holds nobody up (core/queue.py).
PATIENT = {"queue": f"{settings.CELERY_TASK_DEFAULT_QUEUE}.files"}
SCHEDULE = {
    "beat-of-workers": {
        "task": "sttm2.beat",
        "schedule": timedelta(seconds=20),
        "options": SOON,
    },
    "sweep-lost-deliveries": {
        "task": "deliveries.sweep",
        "schedule": timedelta(seconds=20),
        "options": SOON,
    },
    "sweep-letters": {
        "task": "notices.sweep",
        "schedule": timedelta(seconds=60),
        "options": SOON,
    },
    "sweep-files": {"task": "deliveries.sweep_files", "schedule": timedelta(hours=6)},
    "sweep-prechecks": {"task": "deliveries.sweep_prechecks", "schedule": timedelta(minutes=5)},
    "sweep-returns": {"task": "deliveries.sweep_returns", "schedule": crontab(minute=25)},
    "verify-installation": {
        "task": "sttm2.verify",
        "schedule": crontab(hour=4, minute=10),
        "options": PATIENT,
    },
    "forget-expired": {"task": "people.forget_expired", "schedule": crontab(hour=3, minute=10)},
}
#: Of the apps that are installed, by the name that a task begins with.
app.conf.beat_schedule = {
    name: entry
    for name, entry in SCHEDULE.items()
    if str(entry["task"]).partition(".")[0] in settings.INSTALLED_APPS
}
