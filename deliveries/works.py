"""The kinds of work of the workers: which queue each waits in, and how long it may take."""

from typing import Any, Final

from core.queue import CHECKS, FILES, PRECHECKS, PUBLICATIONS, Work

CHECK: Final = Work("deliveries.check", CHECKS, 600)
COMPARE: Final = Work("deliveries.compare", FILES, 300)
PUBLISH: Final = Work("deliveries.publish", PUBLICATIONS, 900)
PLACES: Final = Work("deliveries.find_places", FILES, 600)
RETURN_FILE: Final = Work("deliveries.return_file", FILES, 600)
PRECHECK: Final = Work("deliveries.precheck", PRECHECKS, 300, secret=True)
#: Rows from which on a page would wait for the comparison.
_LARGE: Final = 5_000


def compare_later(key: Any, turn: int, *, rows: int) -> None:
    """Have the proposals of a delivery of so many rows made once what is read now is stored; a
    small one is compared when it is sent."""
    if rows >= _LARGE:
        COMPARE.send_after_commit(key, turn)
