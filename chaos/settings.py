"""The product's settings without the limits by person and address, which a stream of deliveries
from one desk would meet, and without static files to collect."""

from sttm2.settings import *  # noqa: F403
from sttm2.settings import REST_FRAMEWORK, STORAGES

STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
_LIMITED = ("upload", "precheck", "remark")
REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"] = dict.fromkeys(_LIMITED, "100000/hour")
WHITENOISE_USE_FINDERS = True
