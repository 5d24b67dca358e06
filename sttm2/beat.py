"""The clock (`python -m sttm2.beat`): what is due when, by name. It loads no app, no page, and not
Celery's command line, which is as large as the rest of it.

Workers take up what a dead worker or a lost broker left; beat only reminds them.
"""

import argparse
import os
from datetime import timedelta
from importlib import import_module
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sttm2.settings")

from celery import Celery
from celery.schedules import crontab
from django.conf import settings

from sttm2.memory import settle

app = Celery("sttm2", fixups=())
app.config_from_object("django.conf:settings", namespace="CELERY")
#: A reminder that nobody heard before the next one comes is no longer needed.
SOON = {"expires": 20}
#: Where what takes long and may wait holds nobody up (core/queue.py).
PATIENT = {"queue": f"{settings.CELERY_TASK_DEFAULT_QUEUE}.files"}
#: The kinds of worker, each with a queue that it alone takes from (core/queue.py).
ASKED = {
    "checks": ".checks",
    "publications": ".publications",
    "ordinary": "",
    "patient": ".files",
}
BEATS = {
    f"beat-of-{worker}": {
        "task": "sttm2.beat",
        "args": [worker],
        "schedule": timedelta(seconds=20),
        "options": {**SOON, "queue": f"{settings.CELERY_TASK_DEFAULT_QUEUE}{queue}"},
    }
    for worker, queue in ASKED.items()
}
SCHEDULE: dict[str, dict[str, Any]] = {
    **BEATS,
    "tell-confinement": {
        "task": "sttm2.tell_confinement",
        "schedule": timedelta(seconds=60),
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
    "sweep-files": {
        "task": "deliveries.sweep_files",
        "schedule": timedelta(hours=6),
        "options": PATIENT,
    },
    "sweep-prechecks": {"task": "deliveries.sweep_prechecks", "schedule": timedelta(minutes=5)},
    "sweep-returns": {"task": "deliveries.sweep_returns", "schedule": crontab(minute=25)},
    "verify-installation": {
        "task": "sttm2.verify",
        "schedule": crontab(hour=4, minute=10),
        "options": PATIENT,
    },
    "forget-expired": {
        "task": "people.forget_expired",
        "schedule": crontab(hour=3, minute=10),
        "options": PATIENT,
    },
}
#: Of the apps that are installed, by the name that a task begins with.
app.conf.beat_schedule = {
    name: entry
    for name, entry in SCHEDULE.items()
    if str(entry["task"]).partition(".")[0] in settings.INSTALLED_APPS
}


def main() -> None:
    """Remind the workers until told to end."""
    parser = argparse.ArgumentParser(description="The clock of the portal.")
    parser.add_argument(
        "--schedule",
        default=settings.CELERY_BEAT_SCHEDULE_FILENAME,
        help="where it keeps what it did last (default: %(default)s)",
    )
    arguments = parser.parse_args()
    clock: Any = app.Beat(schedule=arguments.schedule, loglevel="WARNING", quiet=True)
    import_module("kombu.transport.redis")  # would come with the first task
    settle()
    clock.run()


if __name__ == "__main__":
    main()
