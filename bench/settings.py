"""The product's settings with what a benchmark must not share: cache keys, media, throttles."""

import os
import tempfile
from pathlib import Path

from sttm2.settings import *  # noqa: F403
from sttm2.settings import CACHES, REST_FRAMEWORK, STORAGES

STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
CACHES["default"]["KEY_PREFIX"] = CACHES["counts"]["KEY_PREFIX"] = "bench"
MEDIA_ROOT = Path(os.environ.get("BENCH_MEDIA") or tempfile.mkdtemp(prefix="bench-media-"))
EMAIL_FILE_PATH = tempfile.gettempdir()
REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"] = dict.fromkeys(("upload", "precheck"), "100000/hour")
# A browser opens pages here: their files come from where they are made, without collectstatic.
WHITENOISE_USE_FINDERS = True
