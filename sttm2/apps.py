"""The project as a Django app: commands that span the apps, and the start-up checks."""

from django.apps import AppConfig
from django.core.checks import register
from django.core.exceptions import ImproperlyConfigured

from sttm2.checks import (
    cache_is_apart,
    geocoder_is_safe,
    production_is_safe,
    proxies_are_counted,
)


class PortalConfig(AppConfig):
    name = "sttm2"
    verbose_name = "Portale STTM 2"

    def ready(self) -> None:
        """Web, worker and commands alike refuse to start with an unsafe setting."""
        checks = (production_is_safe, proxies_are_counted, cache_is_apart, geocoder_is_safe)
        for check in checks:
            register(check)
        if wrong := [error for check in checks for error in check(None)]:
            raise ImproperlyConfigured(" ".join(str(error.msg) for error in wrong))
