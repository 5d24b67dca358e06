"""System checks that stop a start with an unsafe setting."""

import os
from ipaddress import ip_address
from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error

from sttm2.env import redis_database

GEOCODERS = ("nominatim", "photon")


def production_is_safe(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """In production: a real secret, named hosts, no debugging."""
    if not settings.PRODUCTION:
        return []
    wrong: list[CheckMessage] = []
    if len(settings.SECRET_KEY) < 32:
        wrong.append(
            Error("Set STTM2_SECRET_KEY to at least 32 random characters.", id="sttm2.E001")
        )
    if not settings.ALLOWED_HOSTS or "*" in settings.ALLOWED_HOSTS:
        wrong.append(Error("Set STTM2_HOSTS to the names the portal answers to.", id="sttm2.E002"))
    if settings.DEBUG:
        wrong.append(Error("STTM2_DEBUG must be off in production.", id="sttm2.E003"))
    return wrong


def proxies_are_counted(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """In every mode: a number of proxies, not the yes or no of before."""
    wrong: list[CheckMessage] = []
    if "STTM2_BEHIND_PROXY" in os.environ:
        text = "STTM2_BEHIND_PROXY is gone: say how many proxies there are with STTM2_PROXIES."
        wrong.append(Error(text, id="sttm2.E005"))
    return wrong


def cache_is_apart(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """In every mode: cache and queues are not one Redis database, or emptying the one would empty
    the other."""
    if redis_database(settings.REDIS_CACHE_URL) != redis_database(settings.REDIS_URL):
        return []
    return [
        Error(
            "REDIS_CACHE_URL must name another database than REDIS_URL: "
            "whoever empties the cache would empty the queues.",
            id="sttm2.E004",
        )
    ]


def geocoder_is_safe(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """In every mode: a geocoder of a known kind, over
    https or on this machine, on a listed host."""
    chosen: dict[str, Any] = settings.GEOCODER
    if not chosen["url"]:
        return []
    try:
        parts = urlsplit(chosen["url"])
        _port = parts.port
    except ValueError:
        parts = SplitResult("", "", "", "", "")
    wrong: list[CheckMessage] = []
    if chosen["kind"] not in GEOCODERS:
        kinds = " or ".join(GEOCODERS)
        wrong.append(Error(f"STTM2_GEOCODER_KIND must be {kinds}.", id="sttm2.E010"))
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(parts.hostname)):
        wrong.append(
            Error(
                "STTM2_GEOCODER_URL must begin with https:// (http:// only on this machine).",
                id="sttm2.E011",
            )
        )
    if not parts.hostname or parts.hostname not in chosen["hosts"]:
        wrong.append(
            Error("STTM2_GEOCODER_HOSTS must list the host of the geocoder.", id="sttm2.E012")
        )
    if parts.username or parts.password or parts.query or parts.fragment:
        wrong.append(
            Error("STTM2_GEOCODER_URL is an address only: no name, no query.", id="sttm2.E013")
        )
    return wrong


def is_loopback(host: str | None) -> bool:
    """Whether a host is this machine."""
    try:
        return ip_address(host or "").is_loopback
    except ValueError:
        return host == "localhost"
