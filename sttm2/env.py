"""Settings read from the environment, loudly: a wrong value stops the start with a sentence."""

import os
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from django.core.exceptions import ImproperlyConfigured

#: Says what a process is, set by whoever starts it: its connections are made with the settings
#: (sttm2/databases.py).
PROCESS = "STTM2_PROCESS"
WEB, WORKER, OWNER, COMMAND = "web", "worker", "owner", "command"
_TRUE = {"1", "true", "yes", "on", "si", "sì"}
_FALSE = {"0", "false", "no", "off", ""}


def env_str(name: str, default: str | None = None) -> str:
    """The variable's text; without it and without a default the start stops."""
    value = os.environ.get(name, default)
    if value is None:
        raise ImproperlyConfigured(f"Set the environment variable {name} (see .env.example).")
    return value


def env_bool(name: str, *, default: bool) -> bool:
    raw = os.environ.get(name)
    if raw is None:
        return default
    if raw.lower() in _TRUE:
        return True
    if raw.lower() in _FALSE:
        return False
    raise ImproperlyConfigured(f"{name}={raw!r} is neither true nor false: write 1 or 0.")


def env_int(name: str, *, default: int, least: int = 1) -> int:
    """A whole number, by itself one that says how much or how long: at least 1."""
    raw = os.environ.get(name)
    if raw is None:
        return default
    try:
        value = int(raw)
    except ValueError:
        raise ImproperlyConfigured(f"{name}={raw!r} is not a whole number.") from None
    if value < least:
        raise ImproperlyConfigured(f"{name}={raw!r} must be at least {least}.")
    return value


def env_list(name: str, default: str = "") -> list[str]:
    return [part.strip() for part in os.environ.get(name, default).split(",") if part.strip()]


def env_secret(name: str) -> str:
    """A secret from the variable, or from the file that NAME_FILE points to."""
    if path := os.environ.get(f"{name}_FILE"):
        return Path(path).read_text(encoding="utf-8").strip()
    return env_str(name, "")


def database(url: str) -> dict[str, object]:
    """A `postgis://user:password@host:port/name?host=/socket` address as Django's settings."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgis", "postgres", "postgresql"}:
        raise ImproperlyConfigured("DATABASE_URL must begin with postgis://")
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    return {
        "ENGINE": "django.contrib.gis.db.backends.postgis",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or query.pop("user", "")),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", parts.hostname or ""),
        "PORT": query.pop("port", str(parts.port or "")),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": query,
    }


def redis_database(url: str) -> tuple[str, int]:
    """The server (or socket) of a Redis address, and the number of its database there."""
    parts = urlsplit(url)
    server = f"{parts.hostname}:{parts.port or 6379}" if parts.hostname else parts.path
    in_path = "" if server == parts.path else parts.path.strip("/")
    number = parse_qs(parts.query).get("db", [in_path or "0"])[-1]
    try:
        return server, int(number)
    except ValueError:
        raise ImproperlyConfigured(f"A Redis address names no database {number!r}.") from None


def next_redis_database(url: str) -> str:
    """The address of the database after this one, on the same server."""
    parts, number = urlsplit(url), redis_database(url)[1] + 1
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    if parts.hostname and "db" not in query:
        return parts._replace(path=f"/{number}").geturl()
    return f"{url.partition('?')[0]}?{urlencode({**query, 'db': number})}"


def caches(url: str, *, prefix: str) -> dict[str, dict[str, str]]:
    """Django's CACHES in one Redis: `default`, and `counts` for limits (core/caches.py)."""
    one = {"LOCATION": url, "KEY_PREFIX": prefix}
    return {
        "default": {"BACKEND": "core.caches.ForgivingCache", **one},
        "counts": {"BACKEND": "core.caches.CountingCache", **one},
    }


def celery_broker(url: str) -> str:
    """Redis on a Unix socket is `unix://path?db=0`
    for redis-py and `redis+socket://` for Celery."""
    if url.startswith("unix://"):
        path, _, query = url.removeprefix("unix://").partition("?")
        db = parse_qs(query).get("db", ["0"])[0]
        return f"redis+socket://{path}?virtual_host={db}"
    return url
