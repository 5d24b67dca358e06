"""Publish the demonstration's services; refused in production."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from services.management.demo import load_demo


class Command(BaseCommand):
    help = "Pubblica l'insieme dimostrativo di servizi; in produzione si rifiuta."

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("In produzione non si caricano dati dimostrativi.")
        for published in load_demo():
            self.stdout.write(str(published))
