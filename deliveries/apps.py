"""Deliveries as a Django app, so that the public portal can do without it."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DeliveriesConfig(AppConfig):
    name = "deliveries"
    verbose_name = _("Consegne")
    default_auto_field = "django.db.models.BigAutoField"
