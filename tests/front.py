"""The front door of a test: nginx as bin/run starts it, before an application on a socket."""

import subprocess
import urllib.error
import urllib.request
from pathlib import Path

from sttm2 import front as words
from tests.portal_processes import Web
from tests.processes import DIES_WITH_US, ROOT, STARTING_SECONDS, Process, free_port, wait_for
from tests.throwaway import Folder


class Front(Process):
    """nginx with the repository's one configuration; `told`: what its gaps are filled with."""

    def __init__(self, **told: str) -> None:
        super().__init__(**told)
        self.port = free_port()
        self.folder = Folder()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def socket(self) -> str:
        """Where the application is to listen."""
        return f"{self.folder.path}/app/web.sock"

    @property
    def told_by_nginx(self) -> Path:
        """What it writes of errors."""
        return self.folder.path / "errors"

    def surroundings(self) -> dict[str, str]:
        return {**super().surroundings(), "PORT": str(self.port), "STTM2_MODE": "test"}

    def start(self) -> None:
        self.environment = self.surroundings()
        words.write(self.folder.path / "words")
        lines = (
            *(f". bin/lib/{name}.sh" for name in ("base", "steps", "front")),
            "front_door",
            f"FRONT_FOLDER={self.folder.path}",
            "prepare_front",
            'exec "${FRONT_COMMAND[@]}"',
        )
        with self.told_by_nginx.open("w") as errors:
            self.process = subprocess.Popen(
                [*DIES_WITH_US, "bash", "-euc", "; ".join(lines)],
                cwd=ROOT,
                env=self.environment,
                start_new_session=True,
                stderr=errors,
            )
        wait_for(self._answers, STARTING_SECONDS)

    def _answers(self) -> bool:
        assert self.runs(), "nginx ended by itself"
        try:
            urllib.request.urlopen(f"{self.address}/healthz", timeout=5)
        except urllib.error.HTTPError:
            return True  # it has words for an application that is not there
        except OSError:
            return False
        return True

    def remove(self) -> None:
        self.kill()
        self.folder.remove()


class WebBehind(Web):
    """The portal behind a front door."""

    def __init__(self, front: Front, **environment: str) -> None:
        super().__init__(**environment, STTM2_PROXIES="1")
        self.front = front

    @property
    def address(self) -> str:
        return self.front.address

    def command(self) -> list[str]:
        bind = ("--bind", f"unix:{self.front.socket}", "--umask", "0")
        return ["gunicorn", "--config", "python:sttm2.web", *bind]
