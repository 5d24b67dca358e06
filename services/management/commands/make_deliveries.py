"""Write the example deliveries of fixtures/consegne again."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from services.management.deliveries import write_all
from zones.management.reference import FIXTURES


class Command(BaseCommand):
    help = "Rifà le consegne di esempio con cui provare il portale."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--out", type=Path, default=FIXTURES / "consegne")

    def handle(self, *args: Any, **options: Any) -> None:
        for expected in write_all(options["out"]):
            self.stdout.write(f"{expected.file}: {expected.rows} righe")
