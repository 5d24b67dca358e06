"""Servers of a test of its own, on their own sockets, to be stopped and started."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from django.db import connection

from tests import databases
from tests.processes import PATIENCE_SECONDS, ROOT, Process, wait_for


class Folder:
    """A short path, because sockets take no long one; anybody may walk through."""

    def __init__(self) -> None:
        self.path = Path(tempfile.mkdtemp(prefix="sttm2-", dir="/tmp"))
        self.path.chmod(0o711)

    def remove(self) -> None:
        shutil.rmtree(self.path, ignore_errors=True)


class Postgres:
    """A cluster made by the product's own shell functions, with a copy of a database in it."""

    port = "5432"

    def __init__(self) -> None:
        self.folder = Folder()
        self.run = self.folder.path / "run"

    def shell(self, command: str) -> str:
        """What the functions of bin/lib/postgres.sh say, told to keep to this cluster."""
        told = f"RUN={self.run} PG_PORT={self.port} PG_DATA={self.folder.path}/data"
        lines = f". bin/lib/env.sh test; . bin/lib/postgres.sh; {told}; {command}"
        return subprocess.run(
            ["bash", "-ec", lines], cwd=ROOT, check=True, text=True, stdout=subprocess.PIPE
        ).stdout

    def start(self) -> None:
        self.shell("pg_up")

    def stop(self) -> None:
        self.shell("pg_down")

    def take(self, of: str) -> None:
        """The product's database, as one of the originals has it."""
        name = f"taken_{os.getpid()}"
        databases.copy(name, of=of)
        at = connection.settings_dict
        dump = f'"$(pg_bin)/pg_dump" -h {at["HOST"]} -p {at["PORT"]} -U {at["USER"]} {name}'
        self.shell("pg_sql -d postgres -c 'DROP DATABASE sttm2' -c 'CREATE DATABASE sttm2'")
        self.shell(f"{dump} | pg_sql -d sttm2 >/dev/null")
        databases.drop(name)

    def url(self, role: str) -> str:
        return f"postgis://{role}@/sttm2?host={self.run}&port={self.port}"

    def remove(self) -> None:
        self.stop()
        self.folder.remove()


class Redis(Process):
    """A server without a memory."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Folder()
        self.socket = self.folder.path / "redis.sock"

    @property
    def url(self) -> str:
        return f"unix://{self.socket}?db=0"

    def start(self) -> None:
        lines = (
            f". bin/lib/env.sh test; . bin/lib/redis.sh; exec $(redis_binary) {self._options()}"
        )
        self.process = subprocess.Popen(
            ["bash", "-ec", lines], cwd=ROOT, start_new_session=True, stdout=subprocess.DEVNULL
        )
        wait_for(self.socket.exists, PATIENCE_SECONDS)

    def _options(self) -> str:
        return f"--port 0 --unixsocket {self.socket} --save '' --appendonly no"

    def remove(self) -> None:
        self.kill()
        self.folder.remove()
