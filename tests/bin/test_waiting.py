"""What `bin/run` does until the portal answers, and on a database of another layout.

The functions of bin/lib run here on processes of the test's own; the portal itself is started by
hand and by the browser tests.
"""

import re
import socket
import subprocess
import tempfile
import threading
from pathlib import Path

from tests.processes import wait_for

ROOT = Path(__file__).resolve().parents[2]
SERVER = (
    "import http.server as h, sys, time; time.sleep(float(sys.argv[2])); "
    "type.__setattr__(h.BaseHTTPRequestHandler, 'log_message', lambda *a: None); "
    "h.HTTPServer(('127.0.0.1', int(sys.argv[1])), h.SimpleHTTPRequestHandler).serve_forever()"
)


def free_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return str(server.getsockname()[1])


def waited(program: str, seconds: float = 60) -> subprocess.CompletedProcess[str]:
    """wait_for_answer of bin/lib on the process that `program` starts as "web"."""
    script = (
        "set -euo pipefail; . bin/lib/all.sh; . bin/lib/processes.sh; trap stop_processes EXIT; "
        f"{program}; wait_for_answer; echo answered"
    )
    return subprocess.run(
        ["bash", "-c", script, "bash", SERVER],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "PORT": free_port(), "PATIENCE_SECONDS": "1"},
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )


def test_a_slow_start_is_waited_for_and_told():
    answer = waited('start web .venv/bin/python -c "$1" "$PORT" 2')
    assert "answered" in answer.stdout, answer.stderr
    assert "still starting after" in answer.stdout


#: Each pause of the shell takes a moment, and a second by its clock.
QUICK = "sleep() { SECONDS=$((SECONDS + 1)); command sleep 0.01; }"


def test_a_start_of_more_than_half_a_minute_is_waited_for():
    """It used to give up after 20 to 30 seconds and stop everything."""
    answer = waited(f'{QUICK}; start web .venv/bin/python -c "$1" "$PORT" 4')
    assert "answered" in answer.stdout, answer.stderr
    told = re.findall(r"still starting after (\d+) s", answer.stdout)
    assert int(told[-1]) > 60


def test_a_process_that_ends_is_not_waited_for():
    answer = waited("start web false")
    assert answer.returncode == 1
    assert '"web" ended by itself (exit code 1)' in answer.stderr


def test_what_a_killed_process_leaves_is_ended_with_it():
    """nginx's workers hold the port when their main process is killed."""
    left = 'sleep 300 & echo "left $!" >&2; kill -KILL $$'
    answer = waited(f"start front bash -c '{left}'; start web sleep 300")
    assert answer.returncode == 1
    (pid,) = re.findall(r"left (\d+)", answer.stdout + answer.stderr)
    wait_for(lambda: is_over(pid))


def watched(program: str, *, until: str, seconds: float = 60) -> str:
    """What `watch_over` of bin/lib says of the processes of `program` until it says so much; then
    it is told to end."""
    script = (
        "set -euo pipefail; . bin/lib/all.sh; . bin/lib/processes.sh; trap 'exit 143' TERM; "
        f"trap stop_processes EXIT; {program}; watch_over"
    )
    told = subprocess.Popen(
        ["bash", "-c", script],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "PORT": free_port()},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    timer = threading.Timer(seconds, told.kill)
    timer.start()
    said = ""
    try:
        for line in told.stdout:
            said += line
            if until in line:
                told.terminate()
        assert told.wait(30) == 143, said
    finally:
        timer.cancel()
        told.kill()
        told.stdout.close()
    return said


def test_what_ends_by_itself_is_started_again_and_the_rest_goes_on():
    dies = "start worker bash -c 'echo began; exit 3'"
    said = watched(f"start web bash -c 'echo web $$; exec sleep 300'; {dies}", until="in 4 s")
    for pause in (1, 2, 4):
        again = f'"worker" ended by itself (exit code 3). It starts again in {pause} s'
        assert again in said
    assert len(re.findall(r"worker \| began", said)) == 3
    (web,) = re.findall(r"web +\| web (\d+)", said)
    wait_for(lambda: is_over(web))


def test_what_it_left_does_not_stand_in_its_way():
    """A port that the workers of a killed server hold, though they hear no signal."""
    left = (
        '[ ! -e "$0" ] || { echo second; exec sleep 300; }; '
        'touch "$0"; trap "" TERM; sleep 300 & echo "left $!"; kill -KILL $$'
    )
    with tempfile.TemporaryDirectory() as folder:
        mark = f"{folder}/once"
        program = f"start front bash -c '{left}' {mark}"
        said = watched(program, until="second")
    (pid,) = re.findall(r"left (\d+)", said)
    assert is_over(pid)


def is_over(pid: str) -> bool:
    """Ended, though perhaps nobody has asked how."""
    try:
        return not Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return True


def test_an_answer_that_is_an_error_is_told():
    program = SERVER.replace("h.SimpleHTTPRequestHandler", "h.BaseHTTPRequestHandler")
    answer = waited(f'start web .venv/bin/python -c "{program}" "$PORT" 0')
    assert answer.returncode == 1
    assert "does not answer as it should: HTTP Error 501" in answer.stderr


def told_of(applied: str) -> subprocess.CompletedProcess[str]:
    """What bin/run says where these migrations made the database."""
    script = (
        "set -euo pipefail; . bin/lib/all.sh; . bin/lib/tables.sh; "
        'applied_migrations() { printf "%s\\n" $1; }; same_history; echo same'
    )
    return subprocess.run(
        ["bash", "-c", script.replace("$1", applied)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_a_database_of_other_migrations_is_told_with_what_to_do():
    answer = told_of("people.0001_initial uploads.0099_gone")
    assert answer.returncode == 1
    assert "other migrations than those of this checkout (uploads.0099_gone" in answer.stderr
    assert "bin/setup --stop" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_database_that_only_lacks_migrations_is_brought_up_to_date():
    assert told_of("people.0001_initial").stdout == "same\n"
