"""A reading process of one's own, for one file: where no reader server runs, as at a terminal.

It can be started before it is known what it is to read, while its parent does other things. This
module loads no library of files: whoever calls it is quick.
"""

import atexit
import contextlib
import logging
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from validator.confined import confinement
from validator.reading.errors import ReaderDied

PREFIX = "sttm2-read-"
ROOT = Path(__file__).resolve().parents[2]

logger = logging.getLogger(__name__)


class ChildProcess:
    """A process that waits on its standard input for what it is to read."""

    def __init__(self) -> None:
        confinement.hide()
        self.directory = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
        environment = {
            **confinement.clean_environment(),
            "PYTHONPATH": str(ROOT),
            "MALLOC_ARENA_MAX": "2",
            "LC_ALL": "C.UTF-8",
        }
        command = [sys.executable, "-P", "-m", "validator.confined.child", str(self.directory)]
        with self._errors.open("wb") as errors:
            self.process = subprocess.Popen(  # noqa: S603 - our own module, no shell
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=errors,
                env=environment,
                cwd=self.directory,
            )

    @property
    def _errors(self) -> Path:
        return self.directory / "errors.txt"

    def told(self, request: bytes, *, patience: float, name: str) -> int:
        """Its exit status after the request. Raises ReaderDied when it was given too little of
        the machine: a file that takes too much work ends by its own limit."""
        try:
            self.process.communicate(request, patience)
        except subprocess.TimeoutExpired as error:
            raise ReaderDied("reading had no time on this machine") from error
        status = self.process.returncode
        if status:
            said = self._errors.read_bytes()[-2000:].decode(errors="replace")
            logger.warning("reading process of %s ended with %s: %s", name, status, said)
        return status

    def end(self) -> None:
        """Whatever it is at: nothing of it stays."""
        self.process.kill()
        self.process.wait()
        if self.process.stdin:
            with contextlib.suppress(OSError):
                self.process.stdin.close()
        shutil.rmtree(self.directory, ignore_errors=True)


_ahead: list[ChildProcess] = []


def start_ahead() -> None:
    """Start now the process that the next reading without a server will want."""
    _ahead.append(ChildProcess())
    atexit.register(_end_unused)


def _end_unused() -> None:
    while _ahead:
        _ahead.pop().end()


def child_process() -> ChildProcess:
    """The one started ahead, else a new one; the caller ends it."""
    _sweep()
    return _ahead.pop() if _ahead else ChildProcess()


def _sweep() -> None:
    """Remove what callers that were killed in the middle of a reading have left behind."""
    for left in Path(tempfile.gettempdir()).glob(f"{PREFIX}*-*"):
        owner = left.name.removeprefix(PREFIX).split("-")[0]
        if owner.isdigit() and not Path(f"/proc/{owner}").exists():
            with contextlib.suppress(OSError):
                shutil.rmtree(left)
