"""No process loads what it does not use, and what the web uses is there before it listens."""

import json
import os
import subprocess
import sys

from core.queue import FILES, queue_of
from sttm2 import beat
from sttm2.celery import app

FILE_LIBRARIES = {
    *("polars", "pyogrio", "pyproj", "python_calamine", "openpyxl", "weasyprint"),
    *("pandas", "geopandas"),
}
#: Celery's, with all that it can do.
COMMAND_LINE = {"celery.bin.celery", "click_repl", "prompt_toolkit"}
#: Prints the packages and the modules that a program has loaded when it ends.
LOADED = "; import json, sys; print(json.dumps(sorted(sys.modules)))"


def loaded_by(program: str) -> set[str]:
    """Every module that a new process has loaded after the program."""
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "sttm2.settings"}
    command = [sys.executable, "-c", program + LOADED]
    said = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return set(json.loads(said.stdout.splitlines()[-1]))


def test_a_web_process_knows_its_pages_compiled_before_and_reads_no_file():
    program = (
        "import sttm2.wsgi; from django.template import engines; "
        "loader = engines['django'].engine.template_loaders[0]; "
        "names = {t.name for t in loader.get_template_cache.values()}; "
        "assert {'base.html', 'pages/data.html', 'deliveries/precheck.html'} <= names, names"
    )
    modules = loaded_by(program)
    assert not modules & FILE_LIBRARIES
    assert {"sttm2.urls", "deliveries.views.desk", "validator.rules.registry", "redis"} <= modules


def test_the_tasks_of_a_worker_load_no_file_library_by_being_known():
    modules = loaded_by("from sttm2.celery import app; app.loader.import_default_modules()")
    assert not modules & FILE_LIBRARIES
    assert "deliveries.checks.pipeline" in modules


def test_beat_knows_the_tasks_by_name_alone():
    modules = loaded_by("from sttm2.beat import app; app.finalize(); app.conf.beat_schedule")
    assert not {name for name in modules if name.startswith(("services", "django.contrib"))}
    assert not modules & {*FILE_LIBRARIES, *COMMAND_LINE, "numpy", "shapely"}


def test_every_name_that_beat_sends_is_a_task_of_the_worker_on_its_queue():
    app.loader.import_default_modules()
    due = {entry["task"] for entry in beat.app.conf.beat_schedule.values()}
    assert len(due) > 5
    assert due <= set(app.tasks)
    assert beat.app.conf.broker_url == app.conf.broker_url
    assert beat.app.conf.task_default_queue == app.conf.task_default_queue


def test_what_takes_long_at_night_holds_no_sweep_up():
    app.loader.import_default_modules()
    for entry in beat.SCHEDULE.values():
        if app.tasks[entry["task"]].soft_time_limit > 300:
            assert entry["options"]["queue"] == queue_of(FILES), entry["task"]


def test_the_check_of_a_file_loads_neither_the_queue_nor_what_writes_files():
    modules = loaded_by(
        "import django; django.setup(); import deliveries.management.commands.check_delivery"
    )
    assert not modules & {*FILE_LIBRARIES, "celery", "kombu"}


def test_workers_have_all_of_themselves_before_they_are_several_and_no_command_line():
    modules = loaded_by("from sttm2 import workers; workers.load()")
    assert {"polars", "celery.concurrency.asynpool", "kombu.transport.redis"} <= modules
    assert not modules & {*COMMAND_LINE, "sttm2.urls"}
