"""Make and print the accounts of the demonstration; refused in production."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from people.management.demonstration import PEOPLE, demo_password, make_demo_accounts


class Command(BaseCommand):
    help = "Crea, se mancano, gli account dimostrativi e li stampa; in produzione si rifiuta."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--reset", action="store_true", help="rimette a tutti la password dimostrativa"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("In produzione non ci sono account dimostrativi.")
        make_demo_accounts(reset=options["reset"])
        self.stdout.write(f"Account dimostrativi, password di tutti: {demo_password()}")
        for person in PEOPLE:
            self.stdout.write(f"  {person.email:<28} {person.told_as}")
