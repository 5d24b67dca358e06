"""The roof as a Django app: it carries commands that span the others, and the start-up checks."""

from django.apps import AppConfig
from django.core.checks import register
from django.core.exceptions import ImproperlyConfigured

from sttm2.checks import production_is_safe


class PortalConfig(AppConfig):
    name = "sttm2"
    verbose_name = "Portale STTM 2"

    def ready(self) -> None:
        """Web, worker and commands alike refuse to start with an unsafe setting."""
        register(production_is_safe)
        if wrong := production_is_safe(None):
            raise ImproperlyConfigured(" ".join(str(error.msg) for error in wrong))
