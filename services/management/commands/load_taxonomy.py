"""Load the macro-categories, types of service and criteria from fixtures/, and show services by
them."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from services.actions import refresh_shown
from services.management.criteria import load_criteria
from services.management.taxonomy import load_taxonomy


class Command(BaseCommand):
    help = "Carica le macrocategorie, i tipi di servizio e i criteri, e li applica ai servizi."

    def handle(self, *args: Any, **options: Any) -> None:
        with transaction.atomic():
            tables = [*load_taxonomy(), load_criteria()]
            # Also where the files bring nothing new: a row edited by hand is shown from now on.
            shown = refresh_shown()
        if options["verbosity"]:
            for loaded in tables:
                self.stdout.write(str(loaded))
            self.stdout.write(f"servizi mostrati diversamente: {shown}")
