"""Events, notices and letters as a Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NoticesConfig(AppConfig):
    name = "notices"
    verbose_name = _("Avvisi e lettere")
    default_auto_field = "django.db.models.BigAutoField"
