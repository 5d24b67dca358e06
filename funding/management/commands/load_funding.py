"""Load the reference data of `funding` from the fixtures."""

from typing import Any

from django.core.management.base import BaseCommand

from funding.management.reference import load_funding


class Command(BaseCommand):
    help = "Carica programmi, progetti e quote dei finanziamenti."

    def handle(self, *args: Any, **options: Any) -> None:
        for loaded in load_funding():
            if options["verbosity"]:
                self.stdout.write(str(loaded))
