"""How many statements something asks of the database; worth a test when two lengths of the same
are compared."""

from collections.abc import Callable

from django.db import connection
from django.test.utils import CaptureQueriesContext


def cost(action: Callable[[], object]) -> int:
    """The statements that it runs."""
    with CaptureQueriesContext(connection) as made:
        action()
    return len(made)
