"""`bin/manage check_delivery FILE --municipality 015146`: the rules over a file, nothing stored.

Exit status: 0 no errors, 1 errors found, 2 unreadable file or wrong arguments, 3 our own failure.
"""

import datetime as dt
import logging
import re
import sys
from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from deliveries.checks.examination import CheckRequest, Examination, examine, request_for
from deliveries.reports import document
from deliveries.senders import Sender
from services.models import Source
from validator.reading.errors import Unreadable
from validator.rules import registry
from zones.models import FormerCode, Municipality

logger = logging.getLogger(__name__)

CLEAN, ERRORS, UNREADABLE, OURS = 0, 1, 2, 3
#: The first line of the text, and that of the checks not run.
WORDS = {
    "it": (
        "{name}: {rows} righe, {errors} errori, {warnings} "
        "avvisi, {info} informazioni. Catalogo {rules}.",
        "non eseguiti: {n} ({reason})",
    ),
    "en": (
        "{name}: {rows} rows, {errors} errors, {warnings} "
        "warnings, {info} notes. Catalogue {rules}.",
        "not run: {n} ({reason})",
    ),
}


class Command(BaseCommand):
    requires_system_checks = ()  # the pages and their urls are not needed here
    help = "Controlla il file di una consegna con tutte le regole, senza conservare nulla."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        sender = parser.add_mutually_exclusive_group(required=True)
        sender.add_argument("--municipality", help="codice ISTAT, es. 015146")
        sender.add_argument("--source", help="fonte di un altro ente, per slug")
        parser.add_argument("--layer", action="append", default=[], help="strato da leggere")
        parser.add_argument("--crs", default="", help="sistema di riferimento, es. EPSG:3003")
        parser.add_argument("--format", choices=("text", "json"), default="text")
        parser.add_argument("--rows", action="store_true", help="anche le righe capite (JSON)")
        parser.add_argument("--date", default="", help="giorno di riferimento, AAAA-MM-GG")
        parser.add_argument("--language", choices=("it", "en"), default="it")

    def handle(self, *args: Any, **options: Any) -> NoReturn:
        try:
            status = self._check(options)
        except CommandError as error:
            self.stderr.write(str(error))
            status = UNREADABLE
        except Exception:
            logger.exception("check_delivery failed")
            self.stderr.write("Il controllo si è interrotto per un nostro problema: riprova.")
            status = OURS
        self.stdout.flush()
        sys.exit(status)

    def _check(self, options: dict[str, Any]) -> int:
        request, as_json = _request(options), options["format"] == "json"
        language, name = options["language"], request.name
        try:
            found = examine(request)
        except Unreadable as refusal:
            checked = document.refused(refusal, name)
            said = registry.render(refusal.code, refusal.params, language=language)
            self._write(checked, language) if as_json else self.stdout.write(
                f"{refusal.code}  {said.message}\n  {said.fix}"
            )
            return UNREADABLE
        if as_json:
            self._write(document.of_examination(found, name, with_rows=options["rows"]), language)
        else:
            self.stdout.write(as_text(found, name, language))
        if found.report.crashed:
            return OURS
        return ERRORS if found.report.severities["error"] else CLEAN

    def _write(self, checked: document.Checked, language: str) -> None:
        body = document.as_bytes(checked, language=language)
        binary = getattr(
            self.stdout, "buffer", None
        )  # a file or a pipe takes the bytes themselves
        if binary is None:
            self.stdout.write(body.decode(), ending="")
        else:
            self.stdout.flush()
            binary.write(body)


def _request(options: dict[str, Any]) -> CheckRequest:
    path: Path = options["file"]
    if not path.is_file():
        raise CommandError(f"Il file {path.name} non c'è o non si può leggere.")
    sender = _sender(options["municipality"], options["source"])
    chosen: dict[str, Any] = {"layers": options["layer"]}
    if options["crs"]:
        chosen["crs"] = _epsg(options["crs"])
    day = _day(options["date"])
    return request_for(path, path.name, sender, day=day, options=chosen)


def _sender(code: str | None, slug: str | None) -> Sender:
    if slug is not None:
        source: Source | None = Source.objects.filter(slug=slug).first()
        if source is None:
            raise CommandError(f"La fonte {slug} non c'è.")
        return source
    in_use = FormerCode.objects.successors().get(code or "", code)
    comune: Municipality | None = Municipality.objects.filter(pk=in_use).first()
    if comune is None:
        raise CommandError(f"Il codice ISTAT {code} non è di un Comune della città metropolitana.")
    return comune


def _epsg(text: str) -> int:
    code = re.fullmatch(r"(?i)(?:EPSG:)?(\d{4,6})", text.strip())
    if code is None:
        raise CommandError("--crs vuole un codice EPSG, per esempio EPSG:3003.")
    return int(code[1])


def _day(text: str) -> dt.date:
    if not text:
        return timezone.localdate()
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise CommandError("--date vuole un giorno come 2026-11-22.") from error


def as_text(found: Examination, name: str, language: str) -> str:
    """The report for a terminal: the verdict, then one line per mistake, then what was not run."""
    report = found.report
    errors, warnings = report.severities["error"], report.severities["warning"]
    first_line, idle = WORDS[language]
    figures = {"info": report.severities["info"], "rules": report.rule_set}
    lines = [
        first_line.format(name=name, rows=report.rows, errors=errors, warnings=warnings, **figures)
    ]
    for batch in report.batches:
        first = batch.frame().row(0, named=True)
        rows = [row for cells in batch.rows for row in cells]
        params = {"column": batch.column, "layer": first["layer"], **document.params_of(first)}
        said = registry.render(
            batch.code, params, rows=rows, total=report.rows, language=language,
            findings=len(batch),
        )  # fmt: skip
        lines.append(f"{batch.severity.value:8} {batch.code}  {said.message}")
    reasons = Counter(item.reason for item in report.not_run)
    lines += [idle.format(n=n, reason=reason) for reason, n in sorted(reasons.items())]
    return "\n".join(lines)
