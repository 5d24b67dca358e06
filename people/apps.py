"""People and their mandates as a Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PeopleConfig(AppConfig):
    name = "people"
    verbose_name = _("Persone")
    default_auto_field = "django.db.models.BigAutoField"
