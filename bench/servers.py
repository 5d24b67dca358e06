"""The real processes that are measured: gunicorn, reader server, worker; begun and ended here."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.database import bench_url
from bench.load import Connection, rate

BIN = Path(sys.executable).parent
#: Characters of a process's log, its last, that are shown when a part fails beside it.
LOG_SHOWN = 5_000


def environment(**more: str) -> dict[str, str]:
    """The throw-away database, a queue and media of the benchmark's own, static files unhashed."""
    return {
        **os.environ,
        "DATABASE_URL": bench_url(),
        "DJANGO_SETTINGS_MODULE": "bench.settings",
        "STTM2_QUEUE": "bench",
        "STTM2_LOG_LEVEL": "ERROR",
        "PYTHONWARNINGS": "ignore",
        **more,
    }


@contextmanager
def running(command: list[str], env: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """Its log stays out of the table of figures, unless something goes wrong beside it."""
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            command, env=env, start_new_session=True, stdout=log, stderr=subprocess.STDOUT
        )
        try:
            yield process
        except Exception:
            log.seek(0)
            sys.stderr.write(log.read().decode(errors="replace")[-LOG_SHOWN:])
            raise
        finally:
            _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextmanager
def web(port: int, *, workers: int = 2, **more: str) -> Iterator[subprocess.Popen[bytes]]:
    """gunicorn as bin/run starts it."""
    command = [str(BIN / "gunicorn"), "--config", "python:sttm2.web", "-w", str(workers)]
    command += ["--timeout", "300", "-b", f"127.0.0.1:{port}", "--log-level", "error"]
    with running(command, environment(**more)) as process:
        _wait(port, process)
        yield process


#: A door that counts nobody out: all clients of a benchmark come from one address.
WIDE_DOOR = {"STTM2_FRONT_RATE": "1000000", "STTM2_FRONT_BURST": "100000"} | {
    "STTM2_FRONT_CONNECTIONS": "10000",
    "STTM2_FRONT_UPLOADS": "1000",
    "STTM2_FRONT_UPLOADS_IN_ALL": "1000",
}


@contextmanager
def behind(port: int) -> Iterator[subprocess.Popen[bytes]]:
    """The same behind nginx, as bin/run starts both."""
    folder = Path(tempfile.mkdtemp(prefix="front-", dir="/tmp"))
    folder.chmod(0o711)
    parts = "; ".join(f". bin/lib/{name}.sh" for name in ("base", "steps", "front"))
    lines = f'{parts}; FRONT_FOLDER={folder}; prepare_front; exec "${{FRONT_COMMAND[@]}}"'
    told = environment(**WIDE_DOOR, PORT=str(port), STTM2_PROXIES="1")
    command = [str(BIN / "gunicorn"), "--config", "python:sttm2.web", "--log-level", "error"]
    command += ["--bind", f"unix:{folder}/app/web.sock", "--umask", "0"]
    try:
        with running(["bash", "-euc", lines], told):
            while not (folder / "app").exists():
                time.sleep(0.1)
            with running(command, told) as process:
                _wait(port, process)
                yield process
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        if process.poll() is not None:
            raise RuntimeError(f"the server on port {port} ended by itself")
        try:
            answers = Connection(port).get("/api/v1/").status == 200
        except (OSError, ConnectionError, ValueError):
            answers = False
        if not answers:
            time.sleep(0.1)
        else:
            # Each thread has a connection of its own, and PROJ wakes up once in each.
            rate(port, ["/api/v1/services/?limit=1"], connections=16, seconds=2)
            return
    raise RuntimeError(f"the server on port {port} does not answer")


def children(pid: int) -> list[int]:
    path = Path(f"/proc/{pid}/task/{pid}/children")
    try:
        return [int(child) for child in path.read_text().split()]
    except OSError:
        return []


def peak_mib(pid: int) -> float:
    """The process's highest resident memory so far (VmHWM)."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0.0)


def share_mib(pid: int) -> float:
    """What the process holds now, pages shared with others counted by its share (PSS)."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")), 0.0)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
