"""The deliveries' workshop as a Django app of its own, so that the public portal can do without
it."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class UploadsConfig(AppConfig):
    name = "services.uploads"
    label = "uploads"
    verbose_name = _("Consegne")
    default_auto_field = "django.db.models.BigAutoField"
