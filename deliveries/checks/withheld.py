"""Cells that seem to hold something of a person: out of what is published, until they are let out.

`staging` keeps them apart from the row (`StagedRow.private`); the answer of a person of the comune
puts them back. Everything after it (differences, desk, impact, publication) reads the row as it
would be published.
"""

from typing import Final

from deliveries.models import Answer, Delivery
from deliveries.querysets import rows_of

#: The rule that finds them, and the answer that says «è un recapito dell'ente».
CODE: Final = "ATT-15"
LETS_OUT: Final = Answer.Kind.RIGHT


def release(delivery: Delivery) -> int:
    """Write the delivery's rows as its answers say: cells let out are back, the others are
    not; how many rows were written."""
    ((written,),) = rows_of("release_cells", delivery=delivery.pk, code=CODE, kind=str(LETS_OUT))
    return int(written)
