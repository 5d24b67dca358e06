"""Return files: made in the request when small, by a worker and into the storage when large.

The name of a stored file says the delivery, the language and the state it was made from: what has
changed since finds no file, and `sweep` deletes what nobody asked for again.
"""

import datetime as dt
import hashlib
import tempfile
from pathlib import Path
from typing import IO

from django.core.cache import cache
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.utils import translation

from core.queue import app
from deliveries import leases, leftovers
from deliveries.models import Delivery
from deliveries.reports import geopackage, xlsx
from deliveries.writers import opened
from validator.rules.registry import digest

FORMATS = ("gpkg", "xlsx")
#: Rows and findings together up to which a request makes the file itself: about two seconds.
AT_ONCE = 10_000
FOLDER = "returns"
KEPT = dt.timedelta(days=1)
_DONE = ".done"
#: Seconds after which a file that never came is asked for anew, and a failed one may be.
_PATIENCE, _PENANCE = 900, 60


def is_small(delivery: Delivery) -> bool:
    """Whether the file is made in the request that asks for it."""
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


def ask(delivery: Delivery, format: str, language: str) -> str:
    """Have the file made, unless somebody is at it; the reference of a failure of ours that has
    just happened, empty while the file is waited for."""
    name = stored_as(delivery, format, language)
    reference = str(cache.get(_key(name, "failed"), ""))
    if not reference and cache.add(_key(name, "asked"), 1, _PATIENCE):
        build.delay_on_commit(str(delivery.pk), format, language)
    return reference


def stored_as(delivery: Delivery, format: str, language: str) -> str:
    """The name of the file of the delivery as it is now."""
    state = (delivery.checked_at, delivery.rule_set, delivery.status, delivery.submitted_at)
    identity = "|".join(str(part) for part in (*state, digest()))
    mark = hashlib.sha256(identity.encode()).hexdigest()[:16]
    return f"{FOLDER}/{delivery.pk}-{language[:2]}-{mark}.{format}"


def _key(name: str, part: str) -> str:
    return f"return:{name}:{part}"


@app.task(name="deliveries.return_file")
def build(delivery_id: str, format: str, language: str) -> None:
    """Make a return file and store it, unless it is there or somebody living makes it."""
    delivery = Delivery.objects.filter(pk=delivery_id).first()
    if delivery is None:
        return
    name = stored_as(delivery, format, language)
    if (there := ready(delivery, format, language)) is not None:
        there.close()
        return
    job = leases.Cached(_key(name, "job"), _PATIENCE)
    lease = leases.take(job)
    if lease is None:
        return

    def fail(reference: str) -> None:
        cache.set(_key(name, "failed"), reference, _PENANCE)

    what = f"a return file of {delivery_id}"
    leases.work(lease, lambda: _build(delivery, format, language), what=what, failed=fail)
    job.free(lease.token)
    cache.delete(_key(name, "asked"))


def _build(delivery: Delivery, format: str, language: str) -> None:
    """Of a delivery that changes meanwhile nothing is stored."""
    name = stored_as(delivery, format, language)
    with translation.override(language), tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"file.{format}"
        _write(delivery, format, path)
        delivery.refresh_from_db()
        if stored_as(delivery, format, language) == name:
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


@app.task(name="deliveries.sweep_returns")
def sweep() -> None:
    """Delete the files that are a day old: they are made again for who asks."""
    leftovers.delete(FOLDER, older_than=KEPT)
