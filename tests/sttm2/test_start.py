"""Production refuses to start with an unsafe setting, whatever is started."""

import os
import subprocess
import sys

import pytest
import redis
from django.conf import settings
from django.core.cache import cache

SAFE = {"STTM2_MODE": "production", "STTM2_SECRET_KEY": "s" * 50, "STTM2_HOSTS": "portale.example"}
#: What the portal does with its settings while it starts, and no more: all of a start takes
#: seconds, and there are many settings.
ITS_SETTINGS = (
    "import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'sttm2.settings'; "
    "from sttm2.apps import PortalConfig; PortalConfig.ready(None)"
)
#: Finds its settings by itself.
WHOLE = {
    "web": "import sttm2.wsgi",
    "workers": "import sttm2.workers, django; django.setup()",
    "beat": "import sttm2.beat",
}


def started(what: str = ITS_SETTINGS, **changed: str) -> subprocess.CompletedProcess[str]:
    asked = {name: told for name, told in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    environment = {**asked, **SAFE, **changed}
    command = [sys.executable, "-c", what]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_a_safe_production_starts():
    assert started().returncode == 0


@pytest.mark.parametrize("what", WHOLE)
def test_all_of_a_safe_production_starts(what):
    told = started(WHOLE[what])
    assert told.returncode == 0, told.stderr


@pytest.mark.parametrize("what", ["web", "workers"])
def test_none_of_an_unsafe_production_does(what):
    refused = started(WHOLE[what], STTM2_HOSTS="*")
    assert refused.returncode != 0
    assert "STTM2_HOSTS" in refused.stderr


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({"STTM2_SECRET_KEY": "short"}, "STTM2_SECRET_KEY"),
        ({"STTM2_HOSTS": "*"}, "STTM2_HOSTS"),
        ({"STTM2_DEBUG": "1"}, "STTM2_DEBUG"),
    ],
)
def test_an_unsafe_production_does_not(changed, word):
    refused = started(**changed)
    assert refused.returncode != 0
    assert word in refused.stderr


COOKIES = """
from sttm2 import settings as s
assert s.SESSION_COOKIE_SECURE and s.CSRF_COOKIE_SECURE and s.SESSION_COOKIE_HTTPONLY
assert s.SECURE_SSL_REDIRECT and s.SECURE_HSTS_SECONDS > 0
"""


def test_cookies_of_a_production_are_safe():
    environment = {**os.environ, **SAFE}
    subprocess.run([sys.executable, "-c", COOKIES], env=environment, check=True)


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({"STTM2_BEHIND_PROXY": "true"}, "STTM2_PROXIES"),
        ({"STTM2_PROXIES": "-1"}, "STTM2_PROXIES"),
    ],
)
def test_the_yes_or_no_of_a_proxy_is_told_to_be_a_number_now(changed, word):
    refused = started(**changed)
    assert refused.returncode != 0
    assert word in refused.stderr


@pytest.mark.parametrize(
    "name",
    [
        *("STTM2_LEASE_SECONDS", "STTM2_STATEMENT_SECONDS", "STTM2_CHECK_SLOTS"),
        "STTM2_END_SECONDS",
        *(
            "STTM2_MOST_ROWS",
            "STTM2_UPLOAD_MAX_MB",
            "STTM2_PRECHECK_SECONDS",
            "STTM2_PAGE_SECONDS",
            "PORT",
        ),
        *("STTM2_EXPORT_SECONDS", "STTM2_RETENTION_DAYS", "STTM2_ROWS_REPLACED_DAYS"),
        *("STTM2_ROWS_PUBLISHED_DAYS", "STTM2_SMTP_PORT"),
    ],
)
def test_no_time_and_no_size_is_nothing_or_less(name):
    refused = started(**{name: "0"})
    assert refused.returncode != 0
    assert f"{name}='0' must be " in refused.stderr


def test_what_may_be_nothing_may_not_be_less():
    assert started(STTM2_HSTS_SECONDS="0", STTM2_PROXIES="0").returncode == 0
    assert started(STTM2_HSTS_SECONDS="-1").returncode != 0


GEOCODER = {
    "STTM2_GEOCODER_URL": "https://geocoder.example",
    "STTM2_GEOCODER_HOSTS": "geocoder.example,altro.example",
}


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"STTM2_GEOCODER_KIND": "photon"},
        {"STTM2_GEOCODER_URL": "http://127.0.0.1:8080", "STTM2_GEOCODER_HOSTS": "127.0.0.1"},
        {"STTM2_GEOCODER_URL": "http://[::1]:8080/n", "STTM2_GEOCODER_HOSTS": "::1"},
        {"STTM2_GEOCODER_URL": "", "STTM2_GEOCODER_KIND": "chissà"},
    ],
)
def test_a_safe_geocoder_starts(changed):
    assert started(**{**GEOCODER, **changed}).returncode == 0


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({"STTM2_GEOCODER_KIND": "chissà"}, "STTM2_GEOCODER_KIND"),
        ({"STTM2_GEOCODER_URL": "http://geocoder.example"}, "https://"),
        ({"STTM2_GEOCODER_URL": "ftp://127.0.0.1"}, "https://"),
        ({"STTM2_GEOCODER_URL": "https://[geocoder"}, "https://"),
        ({"STTM2_GEOCODER_HOSTS": ""}, "STTM2_GEOCODER_HOSTS"),
        ({"STTM2_GEOCODER_URL": "https://geocoder.example.evil.example"}, "STTM2_GEOCODER_HOSTS"),
        ({"STTM2_GEOCODER_URL": "https://a:b@geocoder.example"}, "address only"),
        ({"STTM2_GEOCODER_URL": "https://geocoder.example/?key=1"}, "address only"),
        ({"STTM2_GEOCODER_SECONDS": "0"}, "STTM2_GEOCODER_SECONDS"),
    ],
)
@pytest.mark.parametrize("mode", ["production", "demo"])
def test_an_unsafe_geocoder_does_not(changed, word, mode):
    refused = started(**{**GEOCODER, **changed, "STTM2_MODE": mode})
    assert refused.returncode != 0
    assert word in refused.stderr


@pytest.mark.parametrize(
    ("queues", "cache"),
    [
        ("redis://127.0.0.1:6379/0", "redis://127.0.0.1:6379/0"),
        ("redis://127.0.0.1", "redis://:key@127.0.0.1:6379/0"),
        ("redis://127.0.0.1:6379/3", "redis://127.0.0.1:6379?db=3"),
        ("unix:///run/redis.sock?db=2", "unix:///run/redis.sock?db=2"),
    ],
)
@pytest.mark.parametrize("mode", ["production", "demo"])
def test_cache_and_queues_in_one_redis_database_do_not_start(queues, cache, mode):
    refused = started(REDIS_URL=queues, REDIS_CACHE_URL=cache, STTM2_MODE=mode)
    assert refused.returncode != 0
    assert "REDIS_CACHE_URL must name another database" in refused.stderr


@pytest.mark.parametrize(
    ("queues", "cache"),
    [
        ("redis://127.0.0.1:6379/0", ""),
        ("unix:///run/redis.sock?db=0", ""),
        ("redis://127.0.0.1:6379/0", "redis://127.0.0.1:6379/1"),
        ("redis://127.0.0.1:6379/0", "redis://cache.example:6379/0"),
    ],
)
def test_cache_and_queues_apart_start(queues, cache):
    assert started(REDIS_URL=queues, REDIS_CACHE_URL=cache).returncode == 0


def test_a_redis_address_without_a_number_of_a_database_is_told():
    refused = started(REDIS_URL="redis://127.0.0.1:6379/cache")
    assert "names no database 'cache'" in refused.stderr


def test_the_cache_is_in_the_database_after_that_of_the_queues():
    with redis.Redis.from_url(settings.REDIS_URL) as queues:
        before = queues.connection_pool.connection_kwargs["db"]
    assert cache._cache.get_client().connection_pool.connection_kwargs["db"] == before + 1
