"""The product's own processes that tests start, and the reader server, which needs no Django.

Each stands for a whole session, since starting one costs seconds; a test gets it without work.
"""

import os
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from socket import socket

ROOT = Path(__file__).resolve().parents[1]
PATIENCE_SECONDS = 60
#: On a busy machine; a process that ends by itself is not waited for.
STARTING_SECONDS = 240
#: A session that is killed leaves none of them behind.
DIES_WITH_US = ("setpriv", "--pdeathsig", "KILL", "--")
#: What changes from test to test and says nothing to a process.
PASSING = {"PYTEST_CURRENT_TEST"}


def wait_for(condition, seconds: float = PATIENCE_SECONDS):
    """Until the condition says something true, which is returned; or a failure in words."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"waited {seconds} s in vain")


def free_port() -> int:
    with closing(socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Process:
    """A process of the product, in a group of its own so that its children end with it."""

    told_to: int | None = None

    def __init__(self, **environment: str) -> None:
        self.told = environment
        self.environment: dict[str, str] = {}
        self.process: subprocess.Popen[bytes] | None = None

    def command(self) -> list[str]:
        raise NotImplementedError

    def surroundings(self) -> dict[str, str]:
        """The environment it would be started with now."""
        now = {name: value for name, value in os.environ.items() if name not in PASSING}
        return {**now, **self.told}

    def start(self) -> None:
        self.environment = self.surroundings()
        self.process = subprocess.Popen(
            [*DIES_WITH_US, sys.executable, "-m", *self.command()],
            cwd=ROOT,
            env=self.environment,
            stderr=self.told_to,
            start_new_session=True,
        )

    def runs(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def ready(self) -> None:
        """Running, in today's surroundings: a test may have changed the environment."""
        if not self.runs() or self.environment != self.surroundings():
            self.kill()
            self.start()

    def kill(self, sign: int = signal.SIGKILL) -> None:
        """End the process and its children at once, as a power cut would."""
        if self.process is not None and self.runs():
            os.killpg(self.process.pid, sign)
            self.process.wait(20)
        self.process = None


class Reader(Process):
    """A reader server with its socket and private directory; its log is nobody's news."""

    told_to = subprocess.DEVNULL

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.socket, self.spool = folder / "r.sock", folder / "reader-spool"

    def command(self) -> list[str]:
        return ["validator.confined.server", "--socket", str(self.socket)]

    def start(self) -> None:
        """Started, and listening."""
        super().start()
        wait_for(self._listens, STARTING_SECONDS)

    def _listens(self) -> bool:
        assert self.runs(), "the reader server ended by itself"
        return self.socket.exists()

    def stop(self) -> int:
        """Asked to end; what it came to."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(20)

    def leftovers(self) -> list[str]:
        return sorted(path.name for path in self.spool.glob("read-*"))

    def settle(self) -> list[str]:
        """What is still there after the wardens had time to clean up."""
        for _ in range(100):
            if not self.leftovers():
                break
            time.sleep(0.05)
        return self.leftovers()
