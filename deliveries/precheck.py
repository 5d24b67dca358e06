"""The check for anybody, without an account: a file in, a report for an hour, nothing kept.

The file lies in the storage until its check ends and what it found is kept; what was asked in a
job, what was found in the cache, both for the hour. `sweep` deletes the file of a check that never
came to its end.
"""

import datetime as dt
import gzip
import secrets
import shutil
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.throttling import SimpleRateThrottle

from core.errors import NotFound
from core.queue import OutOfTime, app, within
from core.throttles import ByNetwork
from deliveries import errands, leases, leftovers, works
from deliveries.actions import intake
from deliveries.checks import examination
from deliveries.models import Errand
from deliveries.reports import document
from deliveries.reports.brief import Figures, Tally
from validator.reading.errors import Unreadable
from validator.rules.report import FindingRow
from validator.rules.wording import LANGUAGES
from zones.models import Municipality

FOLDER = "prechecks"
#: Findings of one group that the page shows; the file has them all.
SHOWN = 20
#: A group's row numbers that its sentence may name.
SPOKEN = 10
WAITING, CHECKING, DONE, FAILED = "waiting", "checking", "done", "failed"
_CHUNK = 1024 * 1024
#: How long a stored file may wait for its row.
ROWLESS = dt.timedelta(minutes=2)


@dataclass(frozen=True)
class Ticket:
    """A file to check or just checked, as its job keeps it."""

    job: Errand

    @property
    def token(self) -> str:
        return self.job.key

    @property
    def file_name(self) -> str:
        return str(self.job.asked["file_name"])

    @property
    def municipality(self) -> str:
        return str(self.job.asked["municipality"])

    @property
    def status(self) -> str:
        if self.is_over:
            return FAILED if self.reference else DONE
        return CHECKING if self.job.lease_token else WAITING

    @property
    def reference(self) -> str:
        """Of the failure of ours that ended it."""
        return self.job.error_reference

    @property
    def seconds_left(self) -> int:
        return max(1, round((self.job.until - timezone.now()).total_seconds()))

    @property
    def stored_as(self) -> str:
        return f"{FOLDER}/{self.token}"

    @property
    def progress(self) -> leases.Progress:
        """How far it is, as its worker last said."""
        job = self.job
        return leases.Progress(job.progress_stage, job.progress_done, job.progress_total)

    @property
    def is_over(self) -> bool:
        return self.job.ended_at is not None


def receive(
    file: "File[bytes]",
    *,
    municipality: Municipality,
    options: Mapping[str, Any] | None = None,
    day: dt.date | None = None,
) -> Ticket:
    """Keep a file for its check and enqueue that. Raises TooLarge, Invalid (an empty file)."""
    intake.check_size(file)
    now, token = timezone.now(), secrets.token_urlsafe(24)
    asked = {
        "file_name": intake.clean_name(file.name),
        "municipality": municipality.pk,
        "day": (day or timezone.localdate()).isoformat(),
        "options": dict(options or {}),
    }
    until = now + dt.timedelta(seconds=settings.PRECHECK_SECONDS)
    default_storage.save(f"{FOLDER}/{token}", file)
    job = Errand.objects.create(
        kind=Errand.Kind.PRECHECK, key=token, asked=asked, until=until, **leases.queued(0)
    )
    works.PRECHECK.send_after_commit(token, job.turn)
    return Ticket(job)


def ticket_of(token: str) -> Ticket:
    """The ticket. Raises NotFound when there never was one or its hour is over."""
    job = Errand.objects.filter(
        kind=Errand.Kind.PRECHECK, key=token, until__gt=timezone.now()
    ).first()
    if job is None:
        raise NotFound(
            "check-unknown",
            _("Questa verifica non c'è o è già stata cancellata: ripetila quando vuoi."),
        )
    return Ticket(job)


def figures_of(ticket: Ticket) -> Figures:
    """What the page tells of a check that is done. Raises NotFound when its hour has ended."""
    kept = dict(_kept(ticket, "figures"))
    return Figures(tallies=[Tally(**one) for one in kept.pop("tallies")], **kept)


def report_of(ticket: Ticket, language: str) -> bytes:
    """The report as a document, as `report.document.as_bytes` wrote it. Raises NotFound."""
    return gzip.decompress(_kept(ticket, f"report:{_tongue(language)}"))


def shown_of(ticket: Ticket, language: str) -> dict[str, list[dict[str, Any]]]:
    """Group -> its first findings as in the document. Raises NotFound."""
    found: dict[str, list[dict[str, Any]]] = _kept(ticket, f"shown:{_tongue(language)}")
    return found


def _tongue(language: str) -> str:
    return "en" if language.startswith("en") else "it"


def _key(token: str, part: str) -> str:
    return f"precheck:{token}:{part}"


def _kept(ticket: Ticket, part: str) -> Any:
    kept = cache.get(_key(ticket.token, part))
    if kept is None:
        raise NotFound("check-unknown", _("Questa verifica è già stata cancellata: ripetila."))
    return kept


@app.task(**works.PRECHECK.options)
def run(token: str, turn: int | None = None) -> None:
    """Check the file of a ticket, unless somebody living does; keep what was found until its hour
    ends, delete the file."""
    try:
        ticket = ticket_of(token)
    except NotFound:
        default_storage.delete(f"{FOLDER}/{token}")
        return
    lease = leases.take(errands.open_errands(Errand.Kind.PRECHECK).filter(key=token), turn)
    if lease is None:
        return

    def check() -> None:
        _keep(ticket, _checked(ticket, lease))
        if _is_kept(ticket):
            _end(ticket, lease)
        else:
            _put_off(lease)

    leases.work(lease, check, what="a check without account", failed=partial(_end, ticket, lease))


def _put_off(lease: leases.Lease) -> None:
    """The cache is away or full, which it says to nobody: what was found is lost, the file stays,
    and it is checked again after a pause. Raises LostLease, RuntimeError at the last attempt."""
    if lease.attempt >= leases.MAX_ATTEMPTS:
        raise RuntimeError("nothing keeps what a check without account found")
    if not lease.held.update(**leases.paused(lease.attempt), progress_stage=""):
        raise leases.LostLease


def _end(ticket: Ticket, lease: leases.Lease, reference: str = "") -> None:
    """Raises LostLease."""
    leases.beat(lease, "store")  # whoever else has it needs the file
    default_storage.delete(ticket.stored_as)  # before it is told that the file is gone
    errands.end(lease, reference, municipality=ticket.municipality)


def _checked(ticket: Ticket, lease: leases.Lease) -> document.Checked:
    on_progress = partial(leases.beat, lease)
    municipality = Municipality.objects.get(pk=ticket.municipality)
    day = dt.date.fromisoformat(ticket.job.asked["day"])
    with tempfile.TemporaryDirectory(prefix=leftovers.CHECK) as folder:
        path = Path(folder) / "delivery"
        with default_storage.open(ticket.stored_as) as stored, path.open("wb") as local:
            shutil.copyfileobj(stored, local, _CHUNK)
        request = examination.request_for(
            path, ticket.file_name, municipality, day=day, options=ticket.job.asked["options"]
        )
        try:
            found = examination.examine(request, on_progress=on_progress, ends=(OutOfTime,))
        except Unreadable as refusal:
            return document.refused(refusal, ticket.file_name)
    return document.of_examination(found, ticket.file_name)


def _keep(ticket: Ticket, checked: document.Checked) -> None:
    checked = replace(checked, findings=tuple(checked.findings))
    for language in LANGUAGES:
        content = document.document(checked, language=language)
        body = gzip.compress(document.as_json(content).encode(), 5, mtime=0)
        cache.set(_key(ticket.token, f"report:{language}"), body, ticket.seconds_left)
        shown = _first_of_each(content["findings"])
        cache.set(_key(ticket.token, f"shown:{language}"), shown, ticket.seconds_left)
    cache.set(_key(ticket.token, "figures"), asdict(_figures(checked)), ticket.seconds_left)


def _is_kept(ticket: Ticket) -> bool:
    told = (f"{part}:{language}" for part in ("report", "shown") for language in LANGUAGES)
    return all(cache.has_key(_key(ticket.token, part)) for part in ("figures", *told))


def _first_of_each(findings: Sequence[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    shown: dict[str, list[dict[str, Any]]] = {}
    for finding in findings:
        of_code = shown.setdefault(finding["code"], [])
        if len(of_code) < SHOWN:
            of_code.append({**finding, "rows": finding["rows"][:SPOKEN]})
    return shown


def _figures(checked: document.Checked) -> Figures:
    outcome = checked.outcome
    return Figures(
        rows=checked.rows,
        blocked=checked.blocked,
        # A refused file has no outcome of its own: its one finding stands for all of it.
        file_blocked=outcome.get("file_blocked", not checked.valid),
        mandatory_not_run=outcome.get("mandatory_not_run", False),
        ran=list(outcome.get("ran", [])),
        not_run=list(outcome.get("not_run", [])),
        layers=list(checked.facts.get("layers", [])),
        tallies=_tallies(checked),
    )


def _tallies(checked: document.Checked) -> list[Tally]:
    findings: Counter[str] = Counter()
    first: dict[str, FindingRow] = {}
    rows: dict[str, dict[tuple[str, int], None]] = {}
    for finding in checked.findings:
        findings[finding.code] += 1
        first.setdefault(finding.code, finding)
        of_code = rows.setdefault(finding.code, {})
        of_code.update({(finding.layer, row): None for row in finding.rows})
    return [
        Tally(
            code=code,
            severity=one.severity,
            params={"column": one.column, "layer": one.layer, **one.params},
            findings=findings[code],
            rows=len(rows[code]),
            first_rows=[row for _layer, row in list(rows[code])[:SPOKEN]],
        )
        for code, one in first.items()
    ]


@app.task(name="deliveries.sweep_prechecks", **within(300))
def sweep() -> None:
    """Delete the files of checks that nobody finished in their time, and of requests that came to
    nothing: none grows old here."""
    errands.forget()
    waiting = errands.open_errands(Errand.Kind.PRECHECK).values_list("key", flat=True)
    kept = frozenset(f"{FOLDER}/{token}" for token in waiting)
    leftovers.delete(FOLDER, older_than=ROWLESS, kept=kept)


class PrecheckThrottle(ByNetwork, SimpleRateThrottle):
    """Checks without account that one address may ask for, page and API together."""

    scope = "precheck"

    def get_cache_key(self, request: Any, view: Any) -> str:
        return str(self.cache_format % {"scope": self.scope, "ident": self.get_ident(request)})
