"""The product's settings with what a test run must
not share: database name, queue, media, mail."""

import os
import tempfile
from pathlib import Path

os.environ.setdefault("STTM2_MODE", "test")
os.environ["STTM2_MODE"] = "test"
# Playwright keeps an event loop in the main thread for as long as its browser is open.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
os.environ.setdefault("STTM2_SECRET_KEY", "only-for-tests-" + "x" * 32)

from sttm2.settings import *  # noqa: F403
from sttm2.settings import DATABASES

_name = os.environ.get("TEST_DB_NAME", "test_sttm2")
DATABASES["default"]["TEST"] = {"NAME": _name, "TEMPLATE": None}
CELERY_TASK_DEFAULT_QUEUE = f"{_name}_{os.environ.get('PYTEST_XDIST_WORKER', 'gw0')}"
#: Less than twice what the worker of the tests has: what is held here it does not take for void.
LEASE_SECONDS = 5
MEDIA_ROOT = Path(tempfile.mkdtemp(prefix="sttm2-media-"))
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CACHES = {
    name: {**one, "KEY_PREFIX": CELERY_TASK_DEFAULT_QUEUE}
    for name, one in CACHES.items()  # noqa: F405
}
# Static files straight from their folders: a test
# run collects none, and the browser tests need them.
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = True
