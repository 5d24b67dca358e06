"""Write the pages that the front door answers with by itself."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from sttm2.front import write


class Command(BaseCommand):
    help = "Scrive le pagine che nginx mostra da sé (come 413, 429, 502), nelle due lingue."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, metavar="CARTELLA")

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{write(options['folder'])} file in {options['folder']}.")
