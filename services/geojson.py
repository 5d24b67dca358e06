"""Services as GeoJSON (RFC 7946) written by PostGIS:
one page for the list. Exports stream theirs."""

from dataclasses import dataclass

from django.db import connection

from services.statements import SQL, ServiceSelection, feature_text, features


@dataclass(frozen=True)
class FeaturePage:
    """Finished features joined by commas; `next_after`
    is the id to go on from, empty at the end."""

    features: str
    returned: int
    next_after: str


def feature_page(hits: ServiceSelection, *, site: str, after: int, limit: int) -> FeaturePage:
    """`limit` features behind the service with the key
    `after` (0 for the first page), in stable order.

    `site` is the address up to a service's id. Coordinates
    are CRS84 with 7 decimals (about a centimetre).
    """
    statement = _found(hits) if hits.selective else _walked(hits)
    after_and_more = (after, limit + 1)
    if hits.selective:
        params = (*hits.params, *after_and_more, site, hits.day, hits.day)
    else:
        params = (site, *hits.params, *after_and_more, hits.day, hits.day)
    with connection.cursor() as cursor:
        cursor.execute(statement, (*params, limit, limit, limit, limit))
        body, returned, last = cursor.fetchone()
    return FeaturePage(features=body, returned=returned, next_after=last or "")


def _walked(hits: ServiceSelection) -> str:
    page = SQL.filled("page_walked", rows=hits.rows())
    shown = features(page)
    return SQL.filled("feature_page", before="", features=shown, feature=feature_text())


def _found(hits: ServiceSelection) -> str:
    before = SQL.filled("page_found", hits=hits.keys.sql)
    shown = features("(SELECT t.* FROM page JOIN services_servicestate t USING (id))")
    return SQL.filled("feature_page", before=before, features=shown, feature=feature_text())
