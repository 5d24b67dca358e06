"""Load the reference data of `lum` from the fixtures."""

from typing import Any

from django.core.management.base import BaseCommand

from lum.management.reference import load_lum


class Command(BaseCommand):
    help = "Carica i LUM, i candidati e le loro fermate."

    def handle(self, *args: Any, **options: Any) -> None:
        for loaded in load_lum():
            if options["verbosity"]:
                self.stdout.write(str(loaded))
