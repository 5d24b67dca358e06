"""Which state of the catalogue is in force: one short word that changes with every publication."""

from django.db import connection

_NEWEST = """
SELECT (SELECT max(id) FROM services_edition), (SELECT max(id) FROM services_serviceevent),
       (SELECT max(id) FROM services_service)
"""


def catalogue_version() -> str:
    """The newest edition, event and service as one word: ETags and cached counts hang on it."""
    with connection.cursor() as cursor:
        cursor.execute(_NEWEST)
        return ".".join(f"{number or 0:x}" for number in cursor.fetchone())
