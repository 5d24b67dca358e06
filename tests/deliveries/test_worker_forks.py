"""What a worker may have done before it forks."""

import subprocess
import sys

WOKEN = """
import django, pathlib
django.setup()
import deliveries.tasks
from validator.rules import registry
registry.registered()
names = {p.read_text() for p in pathlib.Path("/proc/self/task").glob("*/comm")}
raise SystemExit("polars-0\\n" in names)
"""


def test_reading_the_rules_puts_no_thread_of_polars_to_work():
    """A worker forks after it; its children would wait for ever for threads that they lack."""
    subprocess.run([sys.executable, "-c", WOKEN], check=True)
