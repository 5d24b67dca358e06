"""The callers' side of the confined process: a file goes to the reader server, or to a process of
its own."""

import contextlib
import json
import logging
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

from validator.confined import confinement, wire
from validator.confined.wire import Asked
from validator.dataset import Dataset
from validator.interpreting.context import Context
from validator.limits import DEFAULT, Limits
from validator.reading.errors import ReaderDied
from validator.reading.request import ReadOptions, ReadRequest
from validator.source_file import SourceFile

Came = TypeVar("Came")
#: From the answer's directory and its JSON to what the caller wanted.
Load = Callable[[Path, wire.Json], Came]

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
    started for this one file (about half a second slower).

    Raises Unreadable (the file's fault: a FIL code with parameters) or ReaderDied (ours: try
    again).
    """
    file = ReadRequest(str(Path(path).absolute()), name, options or ReadOptions(), limits)
    return _answered(Asked(file), socket_path, wire.load_source_file)


def interpret(
    path: Path | str,
    *,
    name: str,
    context: Context,
    options: ReadOptions | None = None,
    socket_path: Path | str | None = None,
    limits: Limits = DEFAULT,
) -> Dataset:
    """Read a delivered file and interpret it, both in another process: whoever calls parses
    nothing that a person sent. Arguments and errors as of `read`."""
    file = ReadRequest(str(Path(path).absolute()), name, options or ReadOptions(), limits)
    load = partial(wire.load_dataset, context=context)
    return _answered(Asked(file, context), socket_path, load)


def _answered(asked: Asked, socket_path: Path | str | None, load: Load[Came]) -> Came:
    connection = _connect(socket_path, asked.file.limits)
    if connection is None:
        return _in_process(asked, load)
    with connection:
        return _over(connection, asked, load)


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


def _over(connection: socket.socket, asked: Asked, load: Load[Came]) -> Came:
    """The server removes the result as soon as this connection closes, so columns are mapped
    before.
    """
    try:
        wire.send(connection, wire.request_to_json(asked))
        answer = wire.receive(connection)
    except OSError as error:
        raise ReaderDied(f"reader server: {error}") from error
    if answer is None:
        raise ReaderDied("the reader server went away")
    return load(Path(answer["directory"]), answer["answer"])


def _in_process(asked: Asked, load: Load[Came]) -> Came:
    _sweep()
    directory = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
    try:
        status = _run_child(asked, directory)
        answer = directory / "out" / wire.ANSWER
        if not answer.exists():
            raise confinement.verdict(status, asked.file.name, asked.file.limits)
        return load(answer.parent, json.loads(answer.read_text(encoding="utf-8")))
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def _run_child(asked: Asked, directory: Path) -> int:
    """Exit status of the reading process. Raises ReaderDied when it was given too little of the
    machine: a file that takes too much work ends by its own limit."""
    environment = {key: os.environ[key] for key in KEPT_ENVIRONMENT if key in os.environ}
    environment |= {"PYTHONPATH": str(ROOT), "MALLOC_ARENA_MAX": "2", "LC_ALL": "C.UTF-8"}
    command = [sys.executable, "-P", "-m", "validator.confined.child", str(directory)]
    sent = json.dumps(wire.request_to_json(asked)).encode()
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
            child.communicate(sent, asked.file.limits.patience)
        except subprocess.TimeoutExpired as error:
            raise ReaderDied("reading had no time on this machine") from error
        finally:
            child.kill()
    if child.returncode:
        said = (directory / "errors.txt").read_bytes()[-2000:].decode(errors="replace")
        logger.warning(
            "reading process of %s ended with %s: %s", asked.file.name, child.returncode, said
        )
    return child.returncode


def _sweep() -> None:
    """Remove what callers that were killed in the middle of a reading have left behind."""
    for left in Path(tempfile.gettempdir()).glob(f"{PREFIX}*-*"):
        owner = left.name.removeprefix(PREFIX).split("-")[0]
        if owner.isdigit() and not Path(f"/proc/{owner}").exists():
            with contextlib.suppress(OSError):
                shutil.rmtree(left)
