"""The app's registration with Django; nothing else."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FundingConfig(AppConfig):
    name = "funding"
    verbose_name = _("Finanziamenti")
    default_auto_field = "django.db.models.BigAutoField"
