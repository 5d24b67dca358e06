"""The settings of an installation without the app `deliveries`: the public portal alone."""

from copy import deepcopy

from tests.settings import *  # noqa: F403
from tests.settings import (
    INSTALLATION_REQUIREMENTS,
    INSTALLED_APPS,
    NOTICE_SUBJECTS,
    STATUS_SECTIONS,
    TEMPLATES,
)

GONE = "deliveries."

INSTALLED_APPS = [app for app in INSTALLED_APPS if app != "deliveries"]
NOTICE_SUBJECTS = {
    kind: path for kind, path in NOTICE_SUBJECTS.items() if not path.startswith(GONE)
}
INSTALLATION_REQUIREMENTS = [
    path for path in INSTALLATION_REQUIREMENTS if not path.startswith(GONE)
]
TEMPLATES = deepcopy(TEMPLATES)
_options = TEMPLATES[0]["OPTIONS"]
_options["context_processors"] = [
    path for path in _options["context_processors"] if not path.startswith(GONE)
]
STATUS_SECTIONS = [path for path in STATUS_SECTIONS if not path.startswith(GONE)]
OFFICE_DESK = ""
LOGIN_REDIRECT_URL = "/profilo/"
