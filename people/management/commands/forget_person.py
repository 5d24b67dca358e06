"""Forget a person: erased, or nameless where what they did has to stay."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.errors import DomainError
from people.forgetting import forget


class Command(BaseCommand):
    help = (
        "Cancella una persona. Se ha compiuto azioni che restano (consegne, decisioni), l'account "
        "perde nome, indirizzo e accessi e nel registro si legge «persona cancellata»."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", help="l'indirizzo dell'account")
        parser.add_argument(
            "--dry-run", action="store_true", help="dice che cosa farebbe, e basta"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        dry_run = options["dry_run"]
        try:
            done = forget(options["email"], dry_run=dry_run)
        except DomainError as refusal:
            raise CommandError(str(refusal.message)) from refusal
        for words, n in done:
            self.stdout.write(f"{n:>6}  {words}")
        if dry_run:
            self.stdout.write("Prova: non è cambiato nulla.")
