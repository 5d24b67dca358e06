"""SQL texts of the catalogue and what fills their gaps; no models, no request, no connection."""

import datetime as dt
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from django.db.models import QuerySet

from core.sqlfiles import SqlFolder

#: What is published of a service, in order: the columns of `sql/features.sql` but the geometry.
PROPERTIES = (
    *("id", "name", "category", "type", "level", "status", "valence", "valence_origin"),
    *("municipality", "municipality_name", "zone", "readings", "address", "accuracy"),
    *("confirmed_on", "demonstration", "website", "url"),
)
#: Those that people wrote, which JSON must escape; the others are keys, dates and words of ours.
WRITTEN = frozenset(
    {"name", "status", "valence", "municipality_name", "address", "accuracy", "website"}
)


SQL: Final = SqlFolder(__file__)


def features(source: str, more: str = "") -> str:
    """The statement of what is published of each service of `source`; `more` adds columns."""
    return SQL.filled("features", source=source, more=more)


def _member(name: str) -> str:
    if name == "demonstration":
        value = "demonstration"
    elif name in WRITTEN:
        value = f"coalesce(to_json({name})::text, 'null')"
    else:
        value = f"""coalesce('"' || {name} || '"', 'null')"""
    return f"""'"{name}":' || {value}"""


@cache
def feature_text() -> str:
    """The SQL of a row called `feature` as a GeoJSON feature, id beside the type (RFC 7946).

    Put together by hand because that takes half the time of ST_AsGeoJSON(record): 4.4 against 8.8
    microseconds a feature.
    """
    members = " || ',' || ".join(_member(name) for name in PROPERTIES)
    return (
        """'{"type":"Feature","id":"' || id || '","geometry":'"""
        """ || coalesce(ST_AsGeoJSON(geometry, 7), 'null')"""
        f""" || ',"properties":{{' || {members} || '}}}}'"""
    )


@dataclass(frozen=True)
class SqlStatement:
    """SQL with positional parameters."""

    sql: str
    params: tuple[Any, ...]


@dataclass(frozen=True)
class ServiceSelection:
    """Which services: a statement of their states' keys, on any day alike.

    `day` is the day whose zone memberships hold; `selective` says that the conditions leave few
    rows, so that the keys are better found first and ordered afterwards.
    """

    keys: SqlStatement
    day: dt.date
    selective: bool = False

    def fill(self, name: str) -> str:
        """The text of that file around these keys."""
        return SQL.filled(name, hits=self.keys.sql)

    @property
    def params(self) -> tuple[Any, ...]:
        return self.keys.params

    def rows(self) -> str:
        """The statement of the keys, answering whole rows instead."""
        if not self.keys.sql.startswith(_HEAD):
            raise ValueError(f"unexpected statement of keys: {self.keys.sql[:120]}")
        return 'SELECT "services_servicestate".* ' + self.keys.sql.removeprefix(_HEAD)


_HEAD = (
    'SELECT "services_servicestate"."id" AS "id", '
    '"services_servicestate"."service_id" AS "service_id" '
)


def keys_of(queryset: QuerySet[Any]) -> SqlStatement:
    """The keys of the states that a queryset selects and of their services, unordered, as SQL."""
    sql, params = queryset.order_by().values("id", "service_id").query.sql_with_params()
    return SqlStatement(sql, tuple(params))
