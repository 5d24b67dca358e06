"""What bin/bench prints: its figures, and the log of a process only when something went wrong."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
#: Waits for the process to have spoken, then ends as a part of the benchmark does.
PART = """
import os, pathlib, sys, time
from bench.servers import running
said = pathlib.Path(sys.argv[1])
talk = f"import pathlib, sys, time; print('out'); print('worker booted', file=sys.stderr); " \
    f"sys.stdout.flush(); pathlib.Path({str(said)!r}).touch(); time.sleep(60)"
with running([sys.executable, "-c", talk], dict(os.environ)):
    while not said.exists():
        time.sleep(0.02)
    print("figure 1")
    if len(sys.argv) > 2:
        raise RuntimeError("no answer")
"""


def part(tmp_path: Path, *more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", PART, str(tmp_path / "said"), *more],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def test_the_table_is_printed_without_the_log_of_the_servers(tmp_path):
    done = part(tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "figure 1\n", "")


def test_a_part_that_fails_shows_what_the_server_said(tmp_path):
    done = part(tmp_path, "fail")
    assert done.returncode == 1
    assert "worker booted" in done.stderr
    assert "no answer" in done.stderr
