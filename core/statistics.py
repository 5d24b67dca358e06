"""What the database knows of its tables, refreshed after much was written at once.

Without it the planner goes by what a table was before and takes the slow road for the next
statement. PostgreSQL leaves out an ANALYZE of another's table, so its owner is asked, by a
function of `zones/migrations/0003_statistics_by_owner.py`.
"""

from typing import Final

from django.db import connection

#: Rows written at once from which on this is worth its time: below, the database sees to it.
MANY: Final = 500


def analyse(*tables: str) -> None:
    """Refresh the statistics of tables; outside a transaction, where it would hold back whoever
    wants to do the same. Inside one it is left out: it comes with the next."""
    if connection.in_atomic_block:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT refresh_statistics(%s)", [list(tables)])
