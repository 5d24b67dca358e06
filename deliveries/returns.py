"""Return files: made in the request when small, by a worker and into the storage when large.

The name of a stored file says the delivery, the language and the state it was made from: what has
changed since finds no file, and `sweep` deletes what nobody asked for again.
"""

import datetime as dt
import hashlib
import tempfile
from pathlib import Path
from typing import IO

from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from core.errors import NoLongerKept
from core.queue import app, within
from deliveries import errands, leases, leftovers, works
from deliveries.forgetting import has_rows
from deliveries.models import Delivery, Errand
from deliveries.reports import geopackage, xlsx
from deliveries.writers import opened
from validator.rules.registry import digest

FORMATS = ("gpkg", "xlsx")
#: Rows and findings together up to which a request makes the file itself: about two seconds.
AT_ONCE = 10_000
FOLDER = "returns"
KEPT = dt.timedelta(days=1)
_DONE = ".done"
#: How long after a failure the file may be asked for again.
PENANCE = dt.timedelta(minutes=1)


def is_small(delivery: Delivery) -> bool:
    """Whether the file is made in the request that asks for it. Raises NoLongerKept when its rows
    are gone."""
    if not has_rows(delivery):
        raise NoLongerKept(
            "rows-gone",
            _("Le righe di questa consegna non sono più conservate: resta il rapporto in JSON "
              "e in PDF."),
        )  # fmt: skip
    return delivery.row_count + delivery.findings.count() <= AT_ONCE


def made(delivery: Delivery, format: str) -> IO[bytes]:
    """The file in the reader's language, open at its beginning."""
    if format == "xlsx":
        return xlsx.workbook(delivery)
    return opened(lambda path: geopackage.write(delivery, path))


def ready(delivery: Delivery, format: str, language: str) -> "File[bytes] | None":
    """The stored file of the delivery as it is now, if a worker has made it."""
    try:
        with default_storage.open(stored_as(delivery, format, language) + _DONE) as note:
            stored = note.read().decode()
        return default_storage.open(stored)
    except FileNotFoundError:
        return None


@transaction.atomic
def ask(delivery: Delivery, format: str, language: str) -> str:
    """Have the file made, unless somebody is at it; the reference of a failure of ours that has
    just happened, or will again, empty while the file is waited for."""
    now, name = timezone.now(), stored_as(delivery, format, language)
    about = {"delivery": str(delivery.pk), "format": format, "language": language}
    job, is_new = Errand.objects.select_for_update().get_or_create(
        kind=Errand.Kind.RETURN_FILE,
        key=name,
        defaults={"asked": about, "until": now + KEPT, **leases.queued(0)},
    )
    if not is_new:
        if job.ended_at is None:
            return ""
        if job.deaths >= leases.MAX_DEATHS or (
            job.error_reference and job.ended_at > now - PENANCE
        ):
            return job.error_reference
        job.turn += 1
        again = {"asked": about, "until": now + KEPT, "ended_at": None, "error_reference": ""}
        Errand.objects.filter(pk=job.pk).update(**leases.queued(job.turn - 1), **again)
    works.RETURN_FILE.send_after_commit(name, job.turn)
    return ""


def stored_as(delivery: Delivery, format: str, language: str) -> str:
    """The name of the file of the delivery as it is now."""
    state = (delivery.checked_at, delivery.rule_set, delivery.status, delivery.submitted_at)
    identity = "|".join(str(part) for part in (*state, digest()))
    mark = hashlib.sha256(identity.encode()).hexdigest()[:16]
    return f"{FOLDER}/{delivery.pk}-{language[:2]}-{mark}.{format}"


@app.task(**works.RETURN_FILE.options)
def build(name: str, turn: int | None = None) -> None:
    """Make a return file and store it, unless it is there or somebody living makes it."""
    lease = leases.take(errands.open_errands(Errand.Kind.RETURN_FILE).filter(key=name), turn)
    if lease is None:
        return
    asked = lease.rows.get().asked
    delivery = Delivery.objects.get(pk=asked["delivery"])
    format, language = asked["format"], asked["language"]

    def make() -> None:
        if stored_as(delivery, format, language) == name:
            if (there := ready(delivery, format, language)) is None:
                _build(delivery, format, language)
            else:
                there.close()
        errands.end(lease)

    def fail(reference: str) -> None:
        errands.end(lease, reference, municipality=delivery.source.municipality_id)

    leases.work(lease, make, what=f"a return file of {delivery.pk}", failed=fail)


def _build(delivery: Delivery, format: str, language: str) -> None:
    """Of a delivery that changes meanwhile, or loses its rows, nothing is stored."""
    name = stored_as(delivery, format, language)
    private = tempfile.TemporaryDirectory(prefix=leftovers.MADE)
    with translation.override(language), private as folder:
        path = Path(folder) / f"file.{format}"
        _write(delivery, format, path)
        delivery.refresh_from_db()
        if stored_as(delivery, format, language) == name and has_rows(delivery):
            _keep(path, name)


def _keep(path: Path, name: str) -> None:
    """Store a finished file; the note beside it comes last, so half a file is never found."""
    with path.open("rb") as file:
        stored = default_storage.save(name, File(file))
    default_storage.delete(name + _DONE)
    default_storage.save(name + _DONE, ContentFile(stored.encode()))


def _write(delivery: Delivery, format: str, path: Path) -> None:
    if format == "gpkg":
        geopackage.write(delivery, path)
        return
    with xlsx.workbook(delivery) as book, path.open("wb") as file:
        while block := book.read(1 << 20):
            file.write(block)


@app.task(name="deliveries.sweep_returns", **within(300))
def sweep() -> None:
    """Delete the files that are a day old: they are made again for who asks."""
    leftovers.delete(FOLDER, older_than=KEPT)
    errands.forget()
