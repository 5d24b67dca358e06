"""Leases and progress: who works on a job, until when, at which attempt, and how far it is.

Every job of a worker goes through `take` and `work`, wherever its lease is kept (`Store`): in the
row that the job is about (`Rows` of a `Leased` model), or in the cache, which forgets it by itself
(`Cached`). Until `lease_until` nobody else takes a job: with a token it is in a worker's hands,
without one it waits, in the queue or for its next attempt.
"""

import logging
import secrets
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from django.conf import settings
from django.core.cache import cache
from django.db import connection, models, transaction
from django.db.models import F, Q
from django.utils import timezone

logger = logging.getLogger(__name__)

#: Attempts after which a job is given up, and the pauses between those that failed.
MAX_ATTEMPTS: Final = 4
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=1)
#: Seconds after which a worker that still says it works is taken for stuck: its lease lapses.
LONGEST: Final = 3600.0


class LostLease(Exception):
    """Another worker has taken this job: whoever sees this stops without writing anything."""


class GivenUp(Exception):
    """A job that ended the worker's life at every attempt."""


@dataclass(frozen=True)
class Progress:
    """How far a job is: its stage, and how much of what is to be done."""

    stage: str = ""
    done: int = 0
    total: int = 0


class Store(Protocol):
    """Where the lease of one job is kept; each call is one indivisible step."""

    def take(self, token: uuid.UUID) -> int | None:
        """Hold the job: which attempt this is, or None while it is not to be taken."""

    def keep(self, token: uuid.UUID, progress: Progress | None = None) -> bool:
        """Lengthen the hold and say how far it is; False when it is no longer ours."""


class Leased(models.Model):
    """A row that is a worker's job, or has one."""

    lease_until = models.DateTimeField(null=True, blank=True)
    lease_token = models.UUIDField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    progress_stage = models.CharField(max_length=20, blank=True)
    progress_done = models.PositiveIntegerField(default=0)
    progress_total = models.PositiveIntegerField(default=0)

    class Meta:
        abstract = True


@dataclass(frozen=True)
class Rows:
    """The lease in the one row that a query finds; `when`: what lets it be taken."""

    rows: "models.QuerySet[Any]"
    when: Q

    def take(self, token: uuid.UUID) -> int | None:
        free = Q(lease_until__isnull=True) | Q(lease_until__lte=timezone.now())
        held = {"lease_token": token, "lease_until": _lapse(), "attempts": F("attempts") + 1}
        if not self.rows.filter(self.when, free).update(**held):
            return None
        attempts: int = self.held(token).values_list("attempts", flat=True).get()
        return attempts

    def keep(self, token: uuid.UUID, progress: Progress | None = None) -> bool:
        fields = asdict(progress) if progress else {}
        changes = {f"progress_{name}": value for name, value in fields.items()}
        return bool(self.held(token).update(lease_until=_lapse(), **changes))

    def held(self, token: uuid.UUID) -> "models.QuerySet[Any]":
        """The row, while this token holds it."""
        return self.rows.filter(lease_token=token)


@dataclass(frozen=True)
class Cached:
    """The lease in the cache, under a key of its own; `seconds` after which all is forgotten."""

    key: str
    seconds: float

    def take(self, token: uuid.UUID) -> int | None:
        if not cache.add(self._part("lease"), str(token), settings.LEASE_SECONDS):
            return None
        cache.add(self._part("attempts"), 0, self.seconds)
        return int(cache.incr(self._part("attempts")))

    def keep(self, token: uuid.UUID, progress: Progress | None = None) -> bool:
        if not self._is_ours(token):
            return False
        if progress is not None:
            cache.set(self._part("progress"), asdict(progress), self.seconds)
        return bool(cache.touch(self._part("lease"), settings.LEASE_SECONDS))

    def free(self, token: uuid.UUID) -> None:
        """Put the job down for good; nothing of its lease is left."""
        if self._is_ours(token):
            cache.delete_many([self._part(name) for name in ("lease", "attempts", "progress")])

    def is_held(self) -> bool:
        """Whether a living worker has it."""
        return cache.get(self._part("lease")) is not None

    def progress(self) -> Progress:
        """How far it is, as its worker last said."""
        return Progress(**cache.get(self._part("progress"), {}))

    def _is_ours(self, token: uuid.UUID) -> bool:
        return bool(cache.get(self._part("lease")) == str(token))

    def _part(self, name: str) -> str:
        return f"{self.key}:{name}"


@dataclass(frozen=True)
class Lease:
    """A worker's hold on a job."""

    store: Store
    token: uuid.UUID
    attempt: int


def take(store: Store) -> Lease | None:
    """Take a job, or None when it is done, waits for its time or is in living hands."""
    token = uuid.uuid4()
    attempt = store.take(token)
    return None if attempt is None else Lease(store, token, attempt)


def beat(lease: Lease, stage: str, done: int = 0, total: int = 0) -> None:
    """Say how far the work is. Raises LostLease when it is no longer ours."""
    if not lease.store.keep(lease.token, Progress(stage, done, total)):
        raise LostLease


def work(
    lease: Lease, job: Callable[[], object], *, what: str, failed: Callable[[str], object]
) -> None:
    """Do a job that we hold and keep its lease; whatever happens, it ends.

    `failed` gets the reference of a failure of ours; who lost the lease writes nothing.
    """
    try:
        try:
            if lease.attempt > MAX_ATTEMPTS:
                raise GivenUp(f"after {MAX_ATTEMPTS} attempts")
            with _kept(lease):
                job()
        except LostLease:
            raise
        except Exception:
            reference = secrets.token_hex(4)
            logger.exception("%s failed, reference %s", what, reference)
            failed(reference)
    except LostLease:
        logger.warning("%s was taken by another worker", what)


@contextmanager
def _kept(lease: Lease) -> Iterator[None]:
    """Keep the lease while the block works, also through one long statement."""
    over = threading.Event()
    keeper = threading.Thread(target=_keep_until, args=(lease, over), daemon=True)
    keeper.start()
    try:
        yield
    finally:
        over.set()
        keeper.join(settings.LEASE_SECONDS)


def _keep_until(lease: Lease, over: threading.Event) -> None:
    end = time.monotonic() + LONGEST
    while not over.wait(settings.LEASE_SECONDS / 3) and time.monotonic() < end:
        try:
            if not lease.store.keep(lease.token):
                break
        except Exception:
            logger.exception("a lease could not be kept: it is tried again")
            connection.close()
    connection.close()  # this thread's own


def queued() -> dict[str, Any]:
    """What is written on a row whose job is enqueued now, by a person or for the first time."""
    return {"lease_token": None, "lease_until": timezone.now(), "attempts": 0}


def paused(attempt: int) -> dict[str, Any]:
    """What is written on a row whose attempt failed: it waits, longer every time."""
    pause = min(FIRST_PAUSE * 5 ** (attempt - 1), LONGEST_PAUSE)
    return {"lease_token": None, "lease_until": timezone.now() + pause, "attempts": attempt}


def freed() -> dict[str, Any]:
    """What is written on a row whose job is over."""
    return {"lease_token": None, "lease_until": None, "attempts": 0, "progress_stage": ""}


@transaction.atomic
def lost(rows: "models.QuerySet[Any]") -> list[Any]:
    """Keys of the rows that no living worker has and that no queue seems to hold, to be enqueued
    again; from now on they wait in it."""
    now = timezone.now()
    left = Q(lease_until__isnull=True) | Q(lease_token__isnull=False, lease_until__lt=now)
    forgotten = Q(lease_token__isnull=True, lease_until__lt=now - _patience())
    found = rows.filter(left | forgotten).select_for_update(skip_locked=True, no_key=True)
    keys = [row.pk for row in found.only("pk")]
    rows.model._default_manager.filter(pk__in=keys).update(lease_token=None, lease_until=now)
    return keys


def _patience() -> timedelta:
    return timedelta(seconds=settings.LEASE_SECONDS)


def _lapse() -> datetime:
    return timezone.now() + _patience()
