"""The warm reader server: imports the heavy libraries once, forks one confined child per file.

`python -m validator.confined.server --socket PATH [--spool DIR] [--shared]`, one beside each
worker machine. Three kinds of process: the server (accepts and forks), a warden per connection
(owns the private directory, watches child and client), the child (reads, confined, and may die).
None of them knows a secret: the delivered file comes opened, over the socket, and whatever else
the environment held is left behind at the start.
"""

import argparse
import contextlib
import fcntl
import json
import logging
import os
import select
import shutil
import signal
import socket
import stat
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import BinaryIO

from validator.confined import child, confinement, probe, wire
from validator.confined.confinement import Layers
from validator.reading.errors import ChildDied, ReaderDied, Unreadable
from validator.reading.request import ReadRequest

BACKLOG = 64
WARDENS = 8
REQUEST_LIMIT = wire.MESSAGE_LIMIT
REQUEST_SECONDS = 10.0
COLLECT_SECONDS = 120.0
PREFIX = "read-"

logger = logging.getLogger(__name__)


class Stop(Exception):
    """The server was asked to end."""


@dataclass(frozen=True, slots=True)
class Spool:
    """Where results stand while clients map them. `shared`: clients are another user of the same
    group, as between two containers; otherwise nobody but this user looks in."""

    folder: Path
    shared: bool = False

    def make(self) -> None:
        self.folder.mkdir(mode=0o750 if self.shared else 0o700, parents=True, exist_ok=True)
        if not os.geteuid():
            # A child is a user of its own and must walk to its folder; it lists nothing here.
            self.folder.chmod(stat.S_IMODE(self.folder.stat().st_mode) | 0o011)

    def private(self) -> Path:
        """A new folder for one reading."""
        made = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=self.folder))
        if self.shared:
            made.chmod(0o750)
        return made


def serve(socket_path: Path, spool: Spool) -> None:
    """Answer on `socket_path` until told to stop.

    Raises BlockingIOError when another server already owns this spool.
    """
    confinement.hide()
    spool.make()
    with (spool.folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        _sweep(spool.folder)
        child.prepare()
        layers = probe.layers(spool.private())
        logger.info("confined by %s", layers)
        with _listening(socket_path, shared=spool.shared) as listener:
            logger.info("reader server ready at %s", socket_path)
            with contextlib.suppress(Stop):
                _accept_forever(listener, spool, layers)
    with contextlib.suppress(FileNotFoundError):
        socket_path.unlink()


def _listening(path: Path, *, shared: bool) -> socket.socket:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with contextlib.suppress(FileNotFoundError):
        path.unlink()
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(0o117 if shared else 0o177)
    try:
        listener.bind(str(path))
    finally:
        os.umask(before)
    listener.listen(BACKLOG)
    return listener


def _accept_forever(listener: socket.socket, spool: Spool, layers: Layers) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _stop)
    wardens: set[int] = set()
    try:
        while True:
            for ended in _reap(wardens, block=len(wardens) >= WARDENS):
                _sweep(spool.folder, f"{PREFIX}{ended}-")  # what one that was killed has left
            if not select.select([listener], [], [], 0.5)[0]:
                continue
            connection, _ = listener.accept()
            pid = os.fork()
            if not pid:
                listener.close()
                _guarded(connection, spool, layers)
            wardens.add(pid)
            connection.close()
    finally:
        for pid in wardens:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
        for pid in wardens:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, 0)


def _stop(number: int, frame: FrameType | None) -> None:
    raise Stop


def _reap(wardens: set[int], *, block: bool) -> Iterator[int]:
    """Take leave of ended wardens; when the house is full, wait for one."""
    while wardens:
        pid, _ = os.waitpid(-1, 0 if block else os.WNOHANG)
        if not pid:
            return
        wardens.discard(pid)
        block = False
        yield pid


def _guarded(connection: socket.socket, spool: Spool, layers: Layers) -> None:
    """The whole life of a warden; it never returns to the server's loop."""
    status = 1
    try:
        confinement.die_with_parent()
        _Warden(connection, spool, layers).work()
        status = 0
    except Stop:
        status = 0
    except Exception:
        logger.exception("warden failed")
    finally:
        os._exit(status)


class _Warden:
    """One request from first byte to last clean-up."""

    def __init__(self, connection: socket.socket, spool: Spool, layers: Layers) -> None:
        self.connection, self.layers = connection, layers
        self.directory = spool.private()

    def work(self) -> None:
        try:
            self.connection.settimeout(REQUEST_SECONDS)
            message, sent = wire.receive_with_file(self.connection, REQUEST_LIMIT)
            if message is None:
                return
            if message.get("asks") == wire.LAYERS:
                wire.send(self.connection, self.layers.as_json())
                return
            if sent is None:
                return
            with sent:
                answer = self._answer(wire.request_from_json(message), sent)
            if answer is None:
                return
            with contextlib.suppress(OSError):
                reply = {"directory": str(self.directory / child.OUT), "answer": answer}
                wire.send(self.connection, reply)
                self._until_collected()
        finally:
            shutil.rmtree(self.directory, ignore_errors=True)

    def _answer(self, asked: wire.Asked, sent: BinaryIO) -> wire.Json | None:
        """What came of the reading; None when the client has gone meanwhile."""
        pid = os.fork()
        if not pid:
            self._become_child(asked, sent)
        try:
            status = self._watch(pid, asked.file.limits.patience)
        finally:
            shutil.rmtree(self.directory / child.WORK, ignore_errors=True)
        if status is None:
            return None
        try:
            return self._read_answer(status, asked.file)
        except Unreadable as refusal:
            return {"refused": {"code": refusal.code, "params": refusal.params}}
        except ChildDied as death:
            return {"died": str(death)}
        except ReaderDied as death:
            return {"failed": str(death)}

    def _become_child(self, asked: wire.Asked, sent: BinaryIO) -> None:
        try:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            confinement.die_with_parent()
            self.connection.close()
            child.run(asked, self.directory, sent)
        finally:
            os._exit(0)

    def _watch(self, pid: int, seconds: float) -> int | None:
        """Wait for the child; kill it when time is over or nobody waits any more.

        The status as of subprocess (-N = signal N; a time-out counts as SIGALRM: too much work
        ends by the child's own limit, this is a busy machine); None: client gone.
        """
        deadline = time.monotonic() + seconds
        handle = os.pidfd_open(pid)
        try:
            left = max(0.0, deadline - time.monotonic())
            ready = select.select([handle, self.connection.fileno()], [], [], left)[0]
            if handle in ready:
                return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
            _end(pid)
            return None if ready else -signal.SIGALRM
        except Stop:
            _end(pid)
            raise
        finally:
            os.close(handle)

    def _read_answer(self, status: int, request: ReadRequest) -> wire.Json:
        path = self.directory / child.OUT / wire.ANSWER
        if not path.exists():
            raise confinement.verdict(status, request.name, request.limits)
        answer: wire.Json = json.loads(path.read_text(encoding="utf-8"))
        return answer

    def _until_collected(self) -> None:
        """The client maps the columns and hangs up; one that never does is not waited for."""
        self.connection.settimeout(COLLECT_SECONDS)
        self.connection.recv(1)


def _end(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


def _sweep(spool: Path, beginning: str = PREFIX) -> None:
    """Remove what a server that was killed has left: this spool is ours alone, by the lock."""
    for left in spool.glob(f"{beginning}*"):
        shutil.rmtree(left, ignore_errors=True)


def _forget_environment() -> None:
    """Begin anew without what a reader need not know: a fork keeps in its memory the environment
    that the server was started with, whatever is deleted from it."""
    clean = confinement.clean_environment()
    if clean.keys() != os.environ.keys() - confinement.TOLD:
        command = [sys.executable, "-m", "validator.confined.server", *sys.argv[1:]]
        os.execve(sys.executable, command, clean)  # noqa: S606 - ourselves, no shell


def main() -> int:
    parser = argparse.ArgumentParser(description="Warm reader server for deliveries.")
    parser.add_argument("--socket", type=Path, required=True, help="path of the Unix socket")
    parser.add_argument(
        "--spool", type=Path, help="private directory (default: beside the socket)"
    )
    parser.add_argument(
        "--shared", action="store_true", help="the worker is another user of the same group"
    )
    arguments = parser.parse_args()
    _forget_environment()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s reader %(message)s")
    spool = arguments.spool or arguments.socket.parent / "reader-spool"
    try:
        serve(arguments.socket, Spool(spool, arguments.shared))
    except BlockingIOError:
        logger.error("another reader server already uses %s", spool)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
