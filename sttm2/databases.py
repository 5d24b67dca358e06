"""The connections to the database by role, and how long each may take.

Three roles: the owner makes tables (`manage.py migrate`), the application works with them, the
reader reads what is public (`sttm2.readers`). Whoever gives only DATABASE_URL has one for all.
"""

import os
from dataclasses import dataclass
from typing import Any, Final

from django.core.exceptions import ImproperlyConfigured

from sttm2.env import COMMAND, OWNER, PROCESS, WEB, WORKER, database, env_int, env_str

OWNER_URL: Final = env_str("DATABASE_URL", "")
APP_URL: Final = env_str("DATABASE_APP_URL", "")
READ_URL: Final = env_str("DATABASE_READ_URL", "")
if not OWNER_URL and not APP_URL:
    raise ImproperlyConfigured("Set the environment variable DATABASE_URL (see .env.example).")
#: Seconds that a statement of a page, an answer of the API or a tile may take.
PAGE_SECONDS: Final = env_int("STTM2_PAGE_SECONDS", default=5)
#: Seconds that one export may take.
EXPORT_SECONDS: Final = env_int("STTM2_EXPORT_SECONDS", default=120)
#: Under which name the connection of the reader is known to Django.
READER: Final = "reader"
#: A server that does not answer is away.
_CONNECT_SECONDS: Final = 5


@dataclass(frozen=True)
class Patience:
    """Seconds for a statement, for a lock that another holds, and for a transaction in which
    nothing happens; 0: no limit."""

    statement: int = 0
    lock: int = 0
    idle: int = 0

    def options(self) -> str:
        """As PostgreSQL takes them with a new connection."""
        limits = {
            "statement_timeout": self.statement,
            "lock_timeout": self.lock,
            "idle_in_transaction_session_timeout": self.idle,
        }
        return " ".join(f"-c {name}={seconds}s" for name, seconds in limits.items() if seconds)


#: By kind of process. A worker bounds each piece of work itself; this holds for all it does.
PATIENCE: Final = {
    WEB: Patience(statement=PAGE_SECONDS, lock=min(PAGE_SECONDS, 3), idle=30),
    WORKER: Patience(statement=900, lock=60, idle=900),
    OWNER: Patience(lock=60),
    COMMAND: Patience(),
}


def connections() -> dict[str, dict[str, Any]]:
    """Django's DATABASES for this process: `default`, and `reader` where it is another role."""
    process = os.environ.get(PROCESS, "")
    working = OWNER_URL if process == OWNER else APP_URL or OWNER_URL
    if not working:
        raise ImproperlyConfigured(
            "Set the environment variable DATABASE_URL, of the tables' owner (see .env.example)."
        )
    patience = PATIENCE.get(process, PATIENCE[COMMAND])
    found = {"default": _connection(working, patience)}
    if READ_URL and process == WEB:
        found[READER] = _connection(READ_URL, patience)
    return found


def _connection(url: str, patience: Patience) -> dict[str, Any]:
    settings: dict[str, Any] = database(url)
    own = settings["OPTIONS"]
    limits = " ".join(part for part in (patience.options(), own.get("options", "")) if part)
    settings["OPTIONS"] = {"connect_timeout": _CONNECT_SECONDS, **own}
    if limits:
        settings["OPTIONS"]["options"] = limits
    return settings


def shared_roles() -> list[str]:
    """In words, which roles are the same because nobody told them apart; a start says so."""
    fallen = []
    if not APP_URL:
        fallen.append("DATABASE_APP_URL is not set: the application works as the tables' owner.")
    if not READ_URL:
        fallen.append("DATABASE_READ_URL is not set: anonymous reads are not kept to reading.")
    return fallen
