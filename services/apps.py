"""The app's registration with Django; nothing else."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ServicesConfig(AppConfig):
    name = "services"
    verbose_name = _("Servizi")
    default_auto_field = "django.db.models.BigAutoField"
