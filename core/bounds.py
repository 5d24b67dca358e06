"""How long the database may take: limits of the statements of one piece of work, and the plans of
those that join many rows."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

from django.db import DatabaseError, InterfaceError, connection, transaction

#: Seconds that a piece of work waits for a row or a table that another holds.
LOCK_SECONDS: Final = 20
#: Rows from which on they are joined at once.
ROWS_AT_ONCE: Final = 1_000
_SET: Final = (
    "SELECT set_config('statement_timeout', %s, false), set_config('lock_timeout', %s, false)"
)
_NAMES: Final = ("statement_timeout", "lock_timeout")


@contextmanager
def bounded(seconds: int, *, locks: int = LOCK_SECONDS) -> Iterator[None]:
    """Within the block a statement takes so many seconds at the most, and waits for a lock no
    longer than `locks`; afterwards what held before holds again. Ends others as OperationalError.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(f"current_setting('{name}')" for name in _NAMES))
        before = cursor.fetchone()
        cursor.execute(_SET, [f"{seconds}s", f"{min(seconds, locks)}s"])
    try:
        yield
    finally:
        # A connection that broke, or a transaction that failed, has nothing to give back.
        with (
            suppress(DatabaseError, InterfaceError),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(_SET, before)


@contextmanager
def joined_at_once(rows: int) -> Iterator[None]:
    """Within the block so many rows are joined all at once, whatever the database takes them for:
    what was just written has no statistics, and looked up one by one each would be compared with
    each. Few rows are looked up, in tables that may be large."""
    if rows < ROWS_AT_ONCE:
        yield
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('enable_nestloop', 'off', true)")
        yield
        cursor.execute("SELECT set_config('enable_nestloop', 'on', true)")
