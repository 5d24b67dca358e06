"""Databases of a test run, each copied from one that was migrated and filled once.

Migrating takes seconds, copying a fraction of one. The originals stay in the test cluster for the
next run; they carry the fingerprint of what they were made from, so that a change makes them anew.
"""

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import psycopg
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from psycopg import sql

ROOT = Path(__file__).resolve().parents[1]
#: What no database is made from; every other folder of the checkout may be.
APART = {"bench", "bin", "chaos", "docs", "locale", "node_modules", "static", "templates", "tests"}
#: In the environment of a copy of the tree with the same tables: it takes these originals.
GIVEN = "TEST_ORIGINALS"
#: One process at a time makes and copies originals (an advisory lock of PostgreSQL).
LOCK = 7_286_001


@contextmanager
def maintenance() -> Iterator[psycopg.Connection]:
    """A connection to no database of ours, alone in making and copying."""
    asked = connection.get_connection_params()
    plain = {k: asked[k] for k in ("host", "port", "user", "password") if asked.get(k)}
    with psycopg.connect(**plain, dbname="postgres", autocommit=True) as server:
        server.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        yield server


def url_of(name: str) -> str:
    """The address of a database beside the test's, for another process."""
    at = connection.settings_dict
    return f"postgis://{at['USER']}@/{name}?host={at['HOST']}&port={at['PORT']}"


def copy(name: str, *, of: str) -> None:
    """A database of that name in which all is as in an original: `reference` or `demonstration`.

    One of the same name that an interrupted run left goes.
    """
    with maintenance() as server:
        original = _original(server, of)
        _drop(server, name)
        _create(server, name, original)


def empty(name: str) -> None:
    """A database of that name with nothing in it."""
    with maintenance() as server:
        _drop(server, name)
        _create(server, name)


def drop(name: str) -> None:
    with maintenance() as server:
        _drop(server, name)


def exists(server: psycopg.Connection, name: str) -> bool:
    asked = server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
    return asked.fetchone() is not None


def _drop(server: psycopg.Connection, name: str) -> None:
    statement = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
    server.execute(statement.format(sql.Identifier(name)))


def _create(server: psycopg.Connection, name: str, original: str | None = None) -> None:
    template = sql.Identifier(original or "template1")
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
    server.execute(statement.format(sql.Identifier(name), template))


def _original(server: psycopg.Connection, which: str) -> str:
    """The name of an original that is up to date, made if it is not there."""
    name = f"original_{which}_{fingerprint()}"
    if not exists(server, name):
        base, fill = _MAKERS[which]
        unfinished = f"unfinished_{which}"
        source = _original(server, base) if base else None
        for (old,) in server.execute(
            "SELECT datname FROM pg_database WHERE starts_with(datname, %s)",
            [f"original_{which}_"],
        ).fetchall():
            _drop(server, old)
        _drop(server, unfinished)
        _create(server, unfinished, source)
        fill(unfinished)
        rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
        server.execute(rename.format(sql.Identifier(unfinished), sql.Identifier(name)))
    return name


@cache
def fingerprint() -> str:
    """Of all that the portal starts with, and of the day, by which some of it is dated."""
    if given := os.environ.get(GIVEN):
        return given
    seen = hashlib.sha256(timezone.localdate().isoformat().encode())
    for top in sorted(ROOT.iterdir()):
        if top.is_dir() and not top.name.startswith(".") and top.name not in APART:
            _see(seen, top)
    seen.update((ROOT / "requirements.txt").read_bytes())
    return seen.hexdigest()[:12]


def _see(seen: "hashlib._Hash", folder: Path) -> None:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix != ".pyc":
            seen.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes())


def _reference(name: str) -> None:
    """Migrated, with territory and taxonomy."""
    with on(name):
        for command in ("migrate", "load_territory", "load_taxonomy"):
            call_command(command, verbosity=0)


def _demonstration(name: str) -> None:
    """What the portal starts with outside production, by the product's own command."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.browser.settings",
        "DATABASE_URL": url_of(name),
        "BROWSER_CACHE": name,
        "STTM2_LOG_LEVEL": "ERROR",
    }
    subprocess.run(
        [sys.executable, "manage.py", "load_reference"],
        cwd=ROOT,
        env=environment,
        check=True,
        stdout=subprocess.DEVNULL,
    )


_MAKERS: dict[str, tuple[str | None, Callable[[str], None]]] = {
    "reference": (None, _reference),
    "demonstration": ("reference", _demonstration),
}


@contextmanager
def on(name: str) -> Iterator[None]:
    """This process's connection on another database."""
    connection.close()
    before = connection.settings_dict["NAME"]
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before
