"""Whether the portal lives and can work, for machines: no page, no language, no account.

`/healthz`: this process answers. `/readyz`: what it needs is there, part by part; 503 while the
database is not. Who watches is told which part, never why.
"""

import shutil
from collections.abc import Callable
from functools import cache
from typing import Any, Final

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.db.migrations.loader import MigrationLoader
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis import Redis, RedisError

from core import beating

#: Free bytes below which the disk of the delivered files is as good as full.
ROOM: Final = 512 * 1024 * 1024
#: Without them nothing is answered; without the others only the work of workers waits.
NEEDED: Final = ("database", "migrations")
OK, AWAY, OLD, FULL = "ok", "away", "old", "full"


@never_cache
@require_safe
def alive(request: HttpRequest) -> HttpResponse:
    """This process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """Each part with `ok` or what is the matter with it; 503 without what everything needs."""
    found = parts()
    status = 200 if all(found[name] == OK for name in NEEDED) else 503
    body: dict[str, Any] = {"ready": status == 200, "parts": found, "workers": workers()}
    return JsonResponse(body, status=status)


def parts() -> dict[str, str]:
    """Part by part: ok, away, old (migrations, the workers' last beat), full."""
    return {name: check() for name, check in CHECKS.items()}


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (DatabaseError, InterfaceError):
        return AWAY
    return OK


def _migrations() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT app, name FROM django_migrations")
            applied = set(cursor.fetchall())
    except (DatabaseError, InterfaceError):
        return AWAY
    return OK if applied >= _wanted() else OLD


@cache
def _wanted() -> frozenset[tuple[str, str]]:
    """The last migration of every app of this code."""
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).graph.leaf_nodes())


def _queue() -> str:
    try:
        with Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=1) as one:
            one.ping()
    except (RedisError, OSError):
        return AWAY
    return OK


def workers() -> dict[str, dict[str, str | None]]:
    """Of each kind of worker how it does, and when it was last heard of."""
    return {
        name: {"state": state_of(beat), "last": beat.moment.isoformat() if beat else None}
        for name, beat in beating.last().items()
    }


def state_of(beat: beating.Beat | None) -> str:
    """Whether a worker was heard of not long ago."""
    if beat is None:
        return AWAY
    return OLD if beat.is_late else OK


def _worker() -> str:
    """As the worst of them does."""
    states = {state_of(beat) for beat in beating.last().values()}
    return next((worst for worst in (AWAY, OLD) if worst in states), OK)


def _disk() -> str:
    if settings.S3_BUCKET:
        return OK
    try:
        free = shutil.disk_usage(settings.MEDIA_ROOT if settings.MEDIA_ROOT.exists() else "/").free
    except OSError:
        return AWAY
    return OK if free > ROOM else FULL


CHECKS: Final[dict[str, Callable[[], str]]] = {
    "database": _database,
    "migrations": _migrations,
    "queue": _queue,
    "worker": _worker,
    "disk": _disk,
}
