"""Load the macro-categories and types of service from fixtures/taxonomy.json."""

from typing import Any

from django.core.management.base import BaseCommand

from services.management.taxonomy import load_taxonomy


class Command(BaseCommand):
    help = "Carica le macrocategorie e i tipi di servizio."

    def handle(self, *args: Any, **options: Any) -> None:
        for loaded in load_taxonomy():
            if options["verbosity"]:
                self.stdout.write(str(loaded))
