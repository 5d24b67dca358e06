"""The portal's processes, begun as bin/run begins them, and begun again when they end: what a
service manager or a container's restart policy does."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from bench.servers import children
from chaos.stage import ROOT, Stage

#: Instead of beginning a process: say how it would be begun. Nobody waits for an answer.
_TOLD = """start() { printf '%s\\0' "$#" "$@" >&3; }; wait_for_answer() { :; }; start_portal"""
#: None outlives the run, however it ends.
DIES_WITH_US = ("setpriv", "--pdeathsig", "KILL", "--")
PAUSE_SECONDS = 1.0
#: What these began goes on beside the new ones for as long as it likes: nothing may come of that.
LEFT_ALONE = {"worker"}


@dataclass
class Kept:
    """One process that is kept alive: its command, and the one that lives now."""

    name: str
    command: list[str]
    process: "subprocess.Popen[bytes] | None" = None
    began: int = 0

    @property
    def pid(self) -> int | None:
        """Of the living one."""
        alive = self.process is not None and self.process.poll() is None
        return self.process.pid if self.process is not None and alive else None


@dataclass
class Supervisor:
    """All processes of the portal on a stage."""

    stage: Stage
    kept: list[Kept] = field(default_factory=list)
    groups: set[int] = field(default_factory=set)
    over: threading.Event = field(default_factory=threading.Event)

    def learn(self) -> None:
        """Which processes bin/run would begin, and how."""
        told = self.stage.shell(f"exec 3>&1 >/dev/null; {_TOLD}").split("\0")[:-1]
        while told:
            size = int(told.pop(0))
            name, *command = told[:size]
            del told[:size]
            self.kept.append(Kept(name, command))

    def begin(self, one: Kept) -> None:
        """One process in a session of its own, its log beside the others'."""
        if one.name not in LEFT_ALONE:
            self._forget(one)
        log = self.stage.folder / "log" / f"chaos-{one.name}.log"
        with log.open("ab") as out:
            one.process = subprocess.Popen(
                [*DIES_WITH_US, *one.command],
                cwd=ROOT,
                env=self.stage.environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        one.began += 1
        self.groups.add(one.process.pid)

    def _forget(self, one: Kept) -> None:
        """What is left of the one before: processes that hold its port, a socket."""
        if one.process is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(one.process.pid, signal.SIGKILL)
        for word in one.command:
            if word.startswith("unix:"):
                Path(word.removeprefix("unix:")).unlink(missing_ok=True)

    def watch(self) -> None:
        """Until it is over: begin again what ended."""
        while not self.over.wait(PAUSE_SECONDS):
            for one in self.kept:
                if one.pid is None and not self.over.is_set():
                    self.begin(one)

    def of(self, name: str) -> Kept | None:
        """The process of that name; None where this portal has none."""
        return next((one for one in self.kept if one.name == name), None)

    def below(self, name: str) -> list[int]:
        """The numbers of all processes that one began, and those that these began."""
        one = self.of(name)
        found: list[int] = []
        left = children(one.pid) if one is not None and one.pid else []
        while left:
            found += left
            left = [child for pid in left for child in children(pid)]
        return found

    def end(self) -> None:
        """All of them, and whatever they left behind, by their groups."""
        self.over.set()
        for group in self.groups:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(group, signal.SIGKILL)
        for one in self.kept:
            if one.process is not None:
                one.process.wait(20)


@contextmanager
def running(stage: Stage) -> Iterator[Supervisor]:
    """The portal, kept alive by a thread for as long as the block lasts."""
    supervisor = Supervisor(stage)
    supervisor.learn()
    watcher = threading.Thread(target=supervisor.watch, daemon=True)
    try:
        for one in supervisor.kept:
            supervisor.begin(one)
        watcher.start()
        yield supervisor
    finally:
        supervisor.end()
        time.sleep(PAUSE_SECONDS)
        supervisor.end()  # what the watcher was just beginning
