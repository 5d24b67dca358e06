"""The territory as a Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ZonesConfig(AppConfig):
    name = "zones"
    verbose_name = _("Territorio")
    default_auto_field = "django.db.models.BigAutoField"
