"""The application of the workers (`sttm2.workers`); tasks live in the apps, take ids and hold no
logic."""

import logging
import os
from importlib import import_module
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sttm2.settings")

from celery.signals import (
    after_setup_logger,
    after_setup_task_logger,
    task_postrun,
    task_prerun,
    worker_before_create_process,
    worker_init,
    worker_shutting_down,
)

from core import beating, ending
from core.queue import app, worker_of
from sttm2.logs import Discreet
from sttm2.memory import settle

for module in ("tasks", "precheck", "returns"):
    app.autodiscover_tasks(related_name=module)  # of the apps that are installed

#: What every check needs; a return file or a paper loads its own library when it is asked for.
OF_A_CHECK = ("polars", "pyproj")


@worker_init.connect
def load_before_forking(**kwargs: Any) -> None:
    """The processes of a worker share one copy of what each of them would load."""
    for name in OF_A_CHECK:
        import_module(name)


@worker_before_create_process.connect
def keep_shared(**kwargs: Any) -> None:
    """Its processes share what is loaded by now."""
    settle()


@worker_shutting_down.connect
def say_ending(**kwargs: Any) -> None:
    """What is not done soon is given back before it is killed."""
    ending.begin()


_at_work: list[beating.AtWork] = []


@task_prerun.connect
def say_at_work(task: Any, **kwargs: Any) -> None:
    """Beats of whoever is at work, from the process that does it."""
    told = task.request.delivery_info or {}
    worker = worker_of(str(told.get("routing_key", "")))
    if worker and not told.get("is_eager"):
        _at_work.append(beating.AtWork(worker))
        _at_work[-1].start()


@task_postrun.connect
def say_done(**kwargs: Any) -> None:
    while _at_work:
        _at_work.pop().end()


@after_setup_logger.connect
@after_setup_task_logger.connect
def log_discreetly(logger: logging.Logger, **kwargs: Any) -> None:
    """The worker's own handlers stand in the place of those of the settings."""
    for handler in logger.handlers:
        handler.addFilter(Discreet())
