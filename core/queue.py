"""The queue of tasks: the Celery application with which every app declares and sends its own.

Here, below all apps, because a task must know its queue in whatever process it is sent from; and
not in `sttm2/__init__.py`, because a command that sends nothing need not load Celery.
"""

from celery import Celery

app = Celery("sttm2")
app.config_from_object("django.conf:settings", namespace="CELERY")
