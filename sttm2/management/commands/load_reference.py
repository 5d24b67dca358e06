"""Everything the portal starts with, in the order it hangs together; repeated at every start."""

import time
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

STEPS = ("load_territory", "load_taxonomy", "load_lum", "load_funding")
#: Made-up content; production has none.
DEMONSTRATION_STEPS = ("load_demo",)


class Command(BaseCommand):
    help = "Carica i dati di riferimento e, fuori dalla produzione, la dimostrazione."

    def handle(self, *args: Any, **options: Any) -> None:
        begun = time.monotonic()
        for step in (*STEPS, *(() if settings.PRODUCTION else DEMONSTRATION_STEPS)):
            call_command(
                step, stdout=self.stdout, stderr=self.stderr, verbosity=options["verbosity"]
            )
        self.stdout.write(f"Dati di riferimento caricati in {time.monotonic() - begun:.1f} s.")
