"""Verify the whole installation: files and rows, editions and services, decisions, leases, sums,
letters. Ends with 1 when something does not hold."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from sttm2 import verification
from sttm2.verification import Verification


class Command(BaseCommand):
    help = (
        "Verifica l'installazione: file e righe, edizioni e servizi, decisioni, lavori, somme, "
        "lettere. Non cambia nulla; termina con 1 se qualcosa non va, e dice che cosa fare."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="risponde in JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        found = verification.verify()
        verification.keep(found)
        if options["json"]:
            self.stdout.write(json.dumps(found.document, ensure_ascii=False, indent=1))
        else:
            self._tell(found)
        if found.wrong:
            sys.exit(1)

    def _tell(self, found: Verification) -> None:
        for one in found.requirements:
            self.stdout.write(f"{'NO' if one.found else 'sì':<3} {one.holds}")
            if not one.found:
                continue
            for thing in one.named:
                self.stdout.write(f"      {thing}")
            if one.found > len(one.named):
                self.stdout.write(f"      … in tutto {one.found}")
            self.stdout.write(f"    → {one.mend}")
        wrong, looked = len(found.wrong), len(found.requirements)
        self.stdout.write(f"Tutto a posto ({looked} verifiche)." if not wrong else
                          f"Non va: {wrong} di {looked} verifiche.")  # fmt: skip
