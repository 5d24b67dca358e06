"""The callers' side of the confined process: a file goes to the reader server, or to a process of
its own."""

import json
import logging
import socket
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

from validator.confined import confinement, process, wire
from validator.confined.confinement import Layers
from validator.confined.wire import Asked
from validator.dataset import Dataset
from validator.interpreting.context import Context
from validator.limits import DEFAULT, Limits
from validator.reading.errors import ChildDied, ReaderDied, Unreadable
from validator.reading.request import ReadOptions, ReadRequest
from validator.source_file import SourceFile

Came = TypeVar("Came")
#: From the answer's directory and its JSON to what the caller wanted.
Load = Callable[[Path, wire.Json], Came]

GRACE = 5.0
#: Seconds for a question that needs no reading.
QUICK = 5.0

logger = logging.getLogger(__name__)


def read(
    path: Path | str,
    *,
    name: str,
    options: ReadOptions | None = None,
    socket_path: Path | str | None = None,
    limits: Limits = DEFAULT,
) -> SourceFile:
    """Read a delivered file in another process, within `limits.patience` plus a short grace. A
    process that dies of it is given one more try, of which nobody is told.

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


def layers(socket_path: Path | str) -> Layers | None:
    """Which layers hold around the processes of the reader server, for people and machines
    (`as_json`); None when nobody answers at the socket."""
    connection = _connect(socket_path, QUICK)
    if connection is None:
        return None
    with connection:
        try:
            wire.send(connection, {"asks": wire.LAYERS})
            answer = wire.receive(connection)
        except OSError:
            return None
    return None if answer is None else Layers(**answer)


def _answered(asked: Asked, socket_path: Path | str | None, load: Load[Came]) -> Came:
    try:
        return _once(asked, socket_path, load)
    except (ChildDied, Unreadable) as death:
        if isinstance(death, Unreadable) and not death.is_ours:
            raise
        logger.warning("reading %s once more, after: %s", asked.file.name, death)
    return _once(asked, socket_path, load)


def _once(asked: Asked, socket_path: Path | str | None, load: Load[Came]) -> Came:
    connection = _connect(socket_path, asked.file.limits.patience + GRACE)
    if connection is None:
        return _in_process(asked, load)
    with connection:
        return _over(connection, asked, load)


def _connect(socket_path: Path | str | None, seconds: float) -> socket.socket | None:
    if socket_path is None:
        return None
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.settimeout(seconds)
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
    """The file goes over opened, for the server may stand where it is not. The server removes the
    result as soon as this connection closes, so columns are mapped before.
    """
    with Path(asked.file.path).open("rb") as file:
        try:
            wire.send(connection, wire.request_to_json(asked), file)
            answer = wire.receive(connection)
        except OSError as error:
            raise ReaderDied(f"reader server: {error}") from error
    if answer is None:
        raise ReaderDied("the reader server went away")
    return load(Path(answer["directory"]), answer["answer"])


def _in_process(asked: Asked, load: Load[Came]) -> Came:
    file, child = asked.file, process.child_process()
    try:
        sent = json.dumps(wire.request_to_json(asked)).encode()
        status = child.told(sent, patience=file.limits.patience, name=file.name)
        answer = child.directory / "out" / wire.ANSWER
        if not answer.exists():
            raise confinement.verdict(status, file.name, file.limits)
        return load(answer.parent, json.loads(answer.read_text(encoding="utf-8")))
    finally:
        child.end()
