"""The callers' side of reading: `read` sends a file to the reader server, or to a process of its
own.
"""

import contextlib
import json
import logging
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

from validator.limits import DEFAULT, Limits
from validator.reading import confinement, wire
from validator.reading.errors import ReaderDied
from validator.reading.wire import ReadOptions, Request
from validator.source_file import SourceFile

PREFIX = "sttm2-read-"
ROOT = Path(__file__).resolve().parents[2]
GRACE = 5.0
KEPT_ENVIRONMENT = ("PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH", "VIRTUAL_ENV", "SYSTEMROOT")

logger = logging.getLogger(__name__)


def read(
    path: Path | str,
    *,
    name: str,
    options: ReadOptions | None = None,
    socket_path: Path | str | None = None,
    limits: Limits = DEFAULT,
) -> SourceFile:
    """Read a delivered file in another process, within `limits.patience` plus a short grace.

    path: a local file; it is only read. name: what the person called it (shown in messages).
    socket_path: of the reader server; when it is None or nobody answers there, a process is
    started
    for this one file (about half a second slower).

    Raises Unreadable (the file's fault: a FIL code with parameters) or ReaderDied (ours: try
    again).
    """
    request = Request(str(Path(path).absolute()), name, options or ReadOptions(), limits)
    connection = _connect(socket_path, limits)
    if connection is None:
        return _read_in_process(request)
    with connection:
        return _read_over(connection, request)


def _connect(socket_path: Path | str | None, limits: Limits) -> socket.socket | None:
    if socket_path is None:
        return None
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.settimeout(limits.patience + GRACE)
    try:
        connection.connect(str(socket_path))
    except OSError:
        connection.close()
        logger.warning(
            "reader server does not answer at %s: reading in a process of its own", socket_path
        )
        return None
    return connection


def _read_over(connection: socket.socket, request: Request) -> SourceFile:
    """The server removes the result as soon as this connection closes, so columns are mapped
    before.
    """
    try:
        wire.send(connection, wire.request_to_json(request))
        answer = wire.receive(connection)
    except OSError as error:
        raise ReaderDied(f"reader server: {error}") from error
    if answer is None:
        raise ReaderDied("the reader server went away")
    return wire.load_answer(Path(answer["directory"]), answer["answer"])


def _read_in_process(request: Request) -> SourceFile:
    _sweep()
    directory = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
    try:
        status = _run_child(request, directory)
        answer = directory / "out" / wire.ANSWER
        if not answer.exists():
            raise confinement.verdict(status, request.name, request.limits)
        return wire.load_answer(answer.parent, json.loads(answer.read_text(encoding="utf-8")))
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def _run_child(request: Request, directory: Path) -> int:
    """Exit status of the reading process. Raises ReaderDied when it was given too little of the
    machine: a file that takes too much work ends by its own limit."""
    environment = {key: os.environ[key] for key in KEPT_ENVIRONMENT if key in os.environ}
    environment |= {"PYTHONPATH": str(ROOT), "MALLOC_ARENA_MAX": "2", "LC_ALL": "C.UTF-8"}
    command = [sys.executable, "-P", "-m", "validator.reading.child", str(directory)]
    sent = json.dumps(wire.request_to_json(request)).encode()
    with (
        (directory / "errors.txt").open("wb") as errors,
        subprocess.Popen(  # noqa: S603 - our own module, paths of ours, no shell
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            env=environment,
            cwd=directory,
        ) as child,
    ):
        try:
            child.communicate(sent, request.limits.patience)
        except subprocess.TimeoutExpired as error:
            raise ReaderDied("reading had no time on this machine") from error
        finally:
            child.kill()
    if child.returncode:
        said = (directory / "errors.txt").read_bytes()[-2000:].decode(errors="replace")
        logger.warning(
            "reading process of %s ended with %s: %s", request.name, child.returncode, said
        )
    return child.returncode


def _sweep() -> None:
    """Remove what callers that were killed in the middle of a reading have left behind."""
    for left in Path(tempfile.gettempdir()).glob(f"{PREFIX}*-*"):
        owner = left.name.removeprefix(PREFIX).split("-")[0]
        if owner.isdigit() and not Path(f"/proc/{owner}").exists():
            with contextlib.suppress(OSError):
                shutil.rmtree(left)
