"""What records give up after its period (`people.retention`)."""

import datetime as dt

from django.db import connection

from validator.schema import FIELDS

_CONTACTS = [field.name for field in FIELDS if field.kind in ("email", "phone")]
_FORGET = """
    UPDATE services_record r SET raw = '{}', withheld = '{}',
      attributes = r.attributes - %(contacts)s::text[]
    FROM services_edition e
    WHERE e.id = r.to_edition_id AND e.published_at < %(limit)s
      AND (r.raw <> '{}' OR r.withheld <> '{}' OR r.attributes ?| %(contacts)s::text[])
"""


def forget_raw(limit: dt.datetime) -> int:
    """Empty the cells as sent, the withheld ones and the contacts of records that ended before
    `limit`; what was shown of them stays."""
    with connection.cursor() as cursor:
        cursor.execute(_FORGET, {"contacts": _CONTACTS, "limit": limit})
        return int(cursor.rowcount)
