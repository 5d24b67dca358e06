"""The demonstration, served for a browser from a
database of its own; static files from their folders."""

import os
from pathlib import Path

os.environ["STTM2_MODE"] = "demo"

from sttm2.settings import *  # noqa: F403
from sttm2.settings import CACHES, MEDIA_ROOT, STORAGES

WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = True
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
CACHES = {n: {**one, "KEY_PREFIX": os.environ["BROWSER_CACHE"]} for n, one in CACHES.items()}
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = str(Path(MEDIA_ROOT) / "mail")
