"""The WSGI entry for gunicorn. There is no ASGI: measured eight times slower here."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sttm2.settings")
application = get_wsgi_application()
