"""Who acts: an operator for each of some comuni, one reviewer; each with a key for the API."""

import datetime as dt
from dataclasses import dataclass

from django.db import connection, transaction

from chaos.files import PLACES
from people.models import Mandate, Role, User
from people.tokens import issue_token

_COMUNI = """
    SELECT m.istat, array_agg(ARRAY[ST_X(p.geom), ST_Y(p.geom)])
    FROM (SELECT * FROM zones_municipality WHERE geometry IS NOT NULL
          ORDER BY ST_Area(geometry) DESC LIMIT %s) m,
      LATERAL ST_Dump(ST_GeneratePoints(ST_Buffer(m.geometry, -300), %s, 7)) p
    GROUP BY m.istat ORDER BY m.istat
"""


@dataclass(frozen=True)
class Comune:
    """A comune that delivers: its operator's key, and places inside it (EPSG:32632)."""

    istat: str
    key: str
    places: list[tuple[float, float]]


def comuni(number: int) -> list[Comune]:
    """The largest, each with its operator."""
    with connection.cursor() as cursor:
        cursor.execute(_COMUNI, [number, PLACES])
        rows = cursor.fetchall()
    return [
        Comune(istat, _key(f"operatore@{istat}.example", Role.OPERATOR, istat),
               [(x, y) for x, y in places])
        for istat, places in rows
    ]  # fmt: skip


def reviewer() -> str:
    """The key of somebody of the office."""
    return _key("istruttore@cmm.example", Role.REVIEWER, None)


@transaction.atomic
def _key(email: str, role: Role, comune: str | None) -> str:
    user = User.objects.create_user(email, None, name=email, is_demonstration=True)
    since = dt.date(2025, 1, 1)
    Mandate.objects.create(user=user, municipality_id=comune, role=role, valid_from=since)
    return issue_token(user, name="chaos", scopes=["read", "upload", "review"])
