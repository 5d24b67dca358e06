"""The WSGI entry for gunicorn. There is no ASGI: measured eight times slower here.

Addresses, texts and templates are loaded here, before the server listens and forks: its processes
share them, and nobody's first page waits for them.
"""

import logging
import os

from sttm2.env import PROCESS, WEB

os.environ[PROCESS] = WEB  # its connections are made with the settings

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.template.loader import get_template
from django.urls import reverse
from django.utils import translation

from core import caches  # noqa: F401 - would come with the first page
from sttm2.databases import shared_roles
from validator.rules import registry

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sttm2.settings")


def load_pages() -> None:
    """Every address in every language, every rule, and every template of ours."""
    registry.registered()
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            reverse("data")
    folder = settings.BASE_DIR / "templates"
    for path in sorted(folder.rglob("*.html")):
        get_template(str(path.relative_to(folder)))


django_application = get_wsgi_application()
load_pages()

from sttm2.fast_tiles import FastTiles  # noqa: E402 - imports models, which are there now

application = FastTiles(django_application)
for words in shared_roles():
    logging.getLogger(__name__).warning(words)
