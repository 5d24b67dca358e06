"""Which state of the catalogue is in force: short words that change with what answers show."""

from collections.abc import Iterable
from typing import Final

from django.db import connection

#: The counts are written with the states, and alone when they are counted anew.
_STATES: Final = (
    "(SELECT max(id) FROM services_edition)",
    "(SELECT max(id) FROM services_servicestate)",
    "(SELECT max(id) FROM services_statecount)",
)
_EVENTS: Final = "(SELECT max(id) FROM services_serviceevent)"
#: Small tables beside the states: tiles are made with the first, lists also with the others.
_OF_TILES: Final = ("zones_zonemembership", "services_servicetype")
_OF_LISTS: Final = (*_OF_TILES, "services_macrocategory", "zones_municipality")


def catalogue_version() -> str:
    """The newest edition, state, count and event, and whatever changed in memberships, comuni and
    taxonomy, as one word: ETags and kept counts hang on it (and on the day, where it matters)."""
    return _asked([*_STATES, _EVENTS, *map(_written, _OF_LISTS)])


def tiles_version() -> str:
    """The same for the tiles of the services, which show less; asked for dozens at a time."""
    return _asked(_of_tiles())


def tiles_version_sql() -> str:
    """The expression of it, for a statement that answers a tile beside."""
    return _word(_of_tiles())


def tables_version(tables: Iterable[str]) -> str:
    """A word that changes when a row of one of these small tables does."""
    return _asked(map(_written, tables))


def _of_tiles() -> list[str]:
    return [*_STATES, *map(_written, _OF_TILES)]


def _written(table: str) -> str:
    """How many rows, and the sum of the transactions that wrote them (`xmin`)."""
    return f"(SELECT (count(*) << 40) + sum(xmin::text::bigint) FROM {table})"  # noqa: S608


def _word(numbers: Iterable[str]) -> str:
    """The SQL of numbers as one word."""
    parts = (f"to_hex(coalesce({number}, 0)::bigint)" for number in numbers)
    return f"concat_ws('.', {', '.join(parts)})"


def _asked(numbers: Iterable[str]) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {_word(numbers)}")
        return str(cursor.fetchone()[0])
