"""Load zones, comuni, memberships, official figures and indicators from fixtures/territory."""

from typing import Any

from django.core.management.base import BaseCommand

from zones.management.territory import load_territory


class Command(BaseCommand):
    help = "Carica zone, comuni, appartenenze, dati ufficiali e indicatori."

    def handle(self, *args: Any, **options: Any) -> None:
        for loaded in load_territory():
            if options["verbosity"]:
                self.stdout.write(str(loaded))
