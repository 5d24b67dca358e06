"""The app's registration with Django; nothing else."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LumConfig(AppConfig):
    name = "lum"
    verbose_name = _("LUM")
    default_auto_field = "django.db.models.BigAutoField"
