"""Take personal data out of what was published before the check withheld them."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.errors import DomainError
from services.withholding import withhold_field, withhold_published


class Command(BaseCommand):
    help = (
        "Toglie da ciò che è pubblicato, anche nei giorni passati, le celle che sembrano "
        "contenere dati di una persona. Serve dopo un aggiornamento; poi lo fanno i controlli."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--service", help="s-…: toglie da questo servizio --field, qualunque cosa contenga"
        )
        parser.add_argument("--field", help="il campo, per esempio name, address, notes")
        parser.add_argument("--dry-run", action="store_true", help="dice quante sono, e basta")

    def handle(self, *args: Any, **options: Any) -> None:
        service, field, dry_run = options["service"], options["field"], options["dry_run"]
        if bool(service) != bool(field):
            raise CommandError("--service e --field vanno insieme.")
        try:
            found = (
                withhold_field(service, field, dry_run=dry_run)
                if service
                else withhold_published(dry_run=dry_run)
            )
        except DomainError as error:
            raise CommandError(str(error.message)) from error
        self.stdout.write(
            "{records} registrazioni, {states} stati, {services} servizi.".format(**found)
        )
        if options["dry_run"]:
            self.stdout.write("Prova: non è cambiato nulla.")
