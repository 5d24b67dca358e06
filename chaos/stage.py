"""Where it happens: folder, cluster, Redis and environment of a portal of its own, made and driven
by the product's own shell functions (bin/lib)."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

ROOT = Path(__file__).resolve().parents[1]
#: Seconds for which a worker holds its work: so few that a fault outlasts them.
LEASE_SECONDS = 4
#: What bin/setup made in the checkout's own folder and every portal may use.
SHARED = ("nginx", "node", "static", "uv")
#: Beginnings of variables that lead to somebody else's database, queue, files or mail: forgotten.
FOREIGN = ("DATABASE_", "REDIS_", "STTM2_", "DJANGO_", "FRONT_")
_FUNCTIONS = "; ".join(
    [
        "set -e",
        ". bin/lib/all.sh",
        ". bin/lib/env.sh test",
        *(f". bin/lib/{name}.sh" for name in ("tables", "processes")),
        # Its logs are its own; what is told on the way is nobody's news.
        "if declare -F own_roles >/dev/null; then own_roles; fi",
    ]
)


@dataclass
class Stage:
    """A portal's place on this machine; `port`: where its front door is."""

    folder: Path
    port: int
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def media(self) -> Path:
        """Where delivered files lie."""
        return self.folder / "media"

    def shell(self, command: str, *, patience: int = 120) -> str:
        """What the functions of bin/lib say, told to keep to this portal's folder."""
        done = subprocess.run(
            ["bash", "-c", f"{_FUNCTIONS}; {command}"],
            cwd=ROOT,
            env=self.environment or self._asked(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=patience,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{command}: {done.stdout[-1000:]}{done.stderr[-2000:]}")
        return done.stdout

    def _asked(self) -> dict[str, str]:
        mine = {name: word for name, word in os.environ.items() if not name.startswith(FOREIGN)}
        return {
            **mine,
            "STTM2_LOCAL": str(self.folder),
            "STTM2_MODE": "demo",
            "STTM2_MEDIA": str(self.media),
            "STTM2_MAIL_FOLDER": str(self.folder / "mail"),
            "STTM2_QUEUE": "chaos",
            "STTM2_LEASE_SECONDS": str(LEASE_SECONDS),
            "STTM2_LOG_LEVEL": "WARNING",
            "STTM2_FRONT_RATE": "1000",
            "STTM2_FRONT_BURST": "2000",
            "STTM2_FRONT_CONNECTIONS": "1000",
            "STTM2_FRONT_UPLOADS": "1000",
            "STTM2_FRONT_UPLOADS_IN_ALL": "1000",
            "DJANGO_SETTINGS_MODULE": "chaos.settings",
            "PYTHONWARNINGS": "ignore",
            "PORT": str(self.port),
        }

    def make(self) -> None:
        """Cluster, Redis, tables, territory and taxonomy."""
        for name in SHARED:
            made = ROOT / ".local" / name
            if made.exists():
                (self.folder / name).symlink_to(made)
        told = self.shell("env -0")
        self.environment = dict(line.split("=", 1) for line in told.split("\0") if "=" in line)
        self.shell("pg_up; redis_up; migrate", patience=300)
        for command in ("load_territory", "load_taxonomy"):
            self.shell(f".venv/bin/python manage.py {command} -v0")

    def end(self, *, keep: bool) -> None:
        """Stop the servers; all of it goes, unless it is kept."""
        for command in ("redis_down", "pg_down"):
            self.shell(command)
        if not keep:
            shutil.rmtree(self.folder, ignore_errors=True)

    def connect(self) -> "psycopg.Connection[tuple[object, ...]]":
        """A plain connection as the tables' owner (GeoDjango's scheme is not psycopg's)."""
        url = self.environment["DATABASE_URL"].replace("postgis://", "postgresql://", 1)
        return psycopg.connect(url, autocommit=True, connect_timeout=5)

    def redis_pid(self) -> int:
        """The number of the Redis server's process."""
        return int((self.folder / "redis.pid").read_text())


@contextmanager
def stage(folder: Path, port: int, *, keep: bool) -> Iterator[Stage]:
    """One that is made, and ended whatever happens."""
    made = Stage(folder, port)
    try:
        made.make()
        yield made
    finally:
        if made.environment:
            made.end(keep=keep)
