"""Take personal data out of what was published before the check withheld them."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from services.withholding import withhold_published


class Command(BaseCommand):
    help = (
        "Toglie da ciò che è pubblicato, anche nei giorni passati, le celle che sembrano "
        "contenere dati di una persona. Serve dopo un aggiornamento; poi lo fanno i controlli."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="dice quante sono, e basta")

    def handle(self, *args: Any, **options: Any) -> None:
        found = withhold_published(dry_run=options["dry_run"])
        self.stdout.write(
            "{records} registrazioni, {states} stati, {services} servizi.".format(**found)
        )
        if options["dry_run"]:
            self.stdout.write("Prova: non è cambiato nulla.")
