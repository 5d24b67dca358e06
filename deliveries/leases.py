"""Leases and progress: who works on a job, until when, at which attempt, and how far it is.

Every job of a worker goes through `take` and `work`. Its lease is kept in the row that the job is
about (a `Leased` model). Until `lease_until` nobody else takes a job: with a token it is in a
worker's hands, without one it waits, in the queue or for its next attempt.

Attempts and deaths are counted in the row, attempts before the work begins: whatever ends the
worker's life is known of afterwards. A job that ended it twice is given up in words.
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
from typing import Any, Final

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection, models, transaction
from django.db.models import Q
from django.utils import timezone

from core import ending
from core.away import is_cut_off
from core.bounds import LOCK_SECONDS, bounded

logger = logging.getLogger(__name__)

#: Attempts after which a job is given up, and the pauses between those that failed.
MAX_ATTEMPTS: Final = 4
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=1)
#: Workers whose life a job may end.
MAX_DEATHS: Final = 2
#: Seconds after which a worker that still says it works is taken for stuck: its lease lapses.
LONGEST: Final = 1200.0
#: Seconds for which a database that went away is asked to take a job back.
AWAY_SECONDS: Final = 120.0
#: Seconds for which a row that somebody is just writing is asked for again; never waited for.
_TRIES: Final = (0.0, 0.2, 0.5, 1.0)


class LostLease(Exception):
    """Another worker has taken this job: whoever sees this stops without writing anything."""


class GivenUp(Exception):
    """A job that ended the worker's life twice, or used all its attempts up."""


@dataclass(frozen=True)
class Progress:
    """How far a job is: its stage, and how much of what is to be done."""

    stage: str = ""
    done: int = 0
    total: int = 0


class Leased(models.Model):
    """A row that is a worker's job, or has one.

    `turn`: how often it was enqueued; only the message of the last turn is heard.
    """

    lease_until = models.DateTimeField(null=True, blank=True)
    lease_token = models.UUIDField(null=True, blank=True)
    turn = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    deaths = models.PositiveSmallIntegerField(default=0)
    progress_stage = models.CharField(max_length=20, blank=True)
    progress_done = models.PositiveIntegerField(default=0)
    progress_total = models.PositiveIntegerField(default=0)

    class Meta:
        abstract = True


@dataclass(frozen=True)
class Lease:
    """A worker's hold on the job in one row of `rows`."""

    rows: "models.QuerySet[Any]"
    token: uuid.UUID
    attempt: int
    deaths: int

    @property
    def is_spent(self) -> bool:
        """Whether the job is not to be begun again."""
        return self.attempt > MAX_ATTEMPTS or self.deaths >= MAX_DEATHS

    @property
    def held(self) -> "models.QuerySet[Any]":
        """The row, while this lease holds it."""
        return self.rows.filter(lease_token=self.token)


def take(rows: "models.QuerySet[Any]", turn: int | None = None) -> Lease | None:
    """Take the job in the one row that may be done; None when it is done, waits for its time, is
    in living hands or was enqueued anew since (`turn`: the message's; None asks for no turn)."""
    due = rows if turn is None else rows.filter(turn=turn)
    for pause in _TRIES:
        time.sleep(pause)
        lease = _take_at_once(rows, due)
        if lease is not None or not due.filter(_free()).exists():
            return lease
    return None


@transaction.atomic
def _take_at_once(rows: "models.QuerySet[Any]", due: "models.QuerySet[Any]") -> Lease | None:
    found = due.filter(_free()).select_for_update(of=("self",), no_key=True, skip_locked=True)
    row = found.only("lease_token", "attempts", "deaths").first()
    if row is None:
        return None
    mine = rows.model._default_manager.filter(pk=row.pk)
    died = row.lease_token is not None
    lease = Lease(mine, uuid.uuid4(), row.attempts + 1, row.deaths + died)
    mine.update(
        lease_token=lease.token,
        lease_until=_lapse(),
        attempts=lease.attempt,
        deaths=lease.deaths,
    )
    return lease


def beat(lease: Lease, stage: str, done: int = 0, total: int = 0) -> None:
    """Say how far the work is. Raises LostLease when it is no longer ours."""
    if not _keep(lease, Progress(stage, done, total)):
        raise LostLease


def _keep(lease: Lease, progress: Progress | None = None) -> bool:
    """Lengthen the hold and say how far it is; False when it is no longer ours."""
    fields = asdict(progress) if progress else {}
    changes = {f"progress_{name}": value for name, value in fields.items()}
    return bool(lease.held.update(lease_until=_lapse(), **changes))


def work(
    lease: Lease,
    job: Callable[[], object],
    *,
    what: str,
    failed: Callable[[str], object],
    lock_seconds: int = LOCK_SECONDS,
) -> None:
    """Do a job that we hold and keep its lease; whatever happens, it ends.

    `failed` gets the reference of a failure of ours; who lost the lease writes nothing. Statements
    have a limit of time, and wait for what others hold no longer than `lock_seconds`. When the
    connection to the database breaks the job has not failed: it waits for another attempt.
    """
    try:
        try:
            if lease.is_spent:
                raise GivenUp(f"attempt {lease.attempt}, {lease.deaths} workers died")
            with _kept(lease), bounded(settings.STATEMENT_SECONDS, locks=lock_seconds):
                job()
        except LostLease:
            raise
        except Exception as error:
            if is_cut_off(error):
                raise
            reference = secrets.token_hex(4)
            logger.exception("%s failed, reference %s", what, reference)
            _drop_broken_connection()
            with bounded(settings.STATEMENT_SECONDS):
                failed(reference)
    except LostLease:
        logger.warning("%s was taken by another worker", what)
    except (DatabaseError, InterfaceError) as error:
        # Nothing can be written now: a sweep hands the job on, at the latest as the lease lapses.
        logger.exception("%s was cut off, or its end could not be written", what)
        if is_cut_off(error):
            _give_back(lease)


def _give_back(lease: Lease) -> None:
    """The database went away under a worker that lives: once it is back, the job waits again, and
    nobody counts a death. The attempt is counted."""
    end = time.monotonic() + AWAY_SECONDS
    while True:
        _drop_broken_connection()
        try:
            lease.held.update(**_given_back())
            return
        except (DatabaseError, InterfaceError):
            if time.monotonic() >= end:
                logger.exception("a job could not be given back: its lease lapses")
                return
        time.sleep(1)


def _given_back() -> dict[str, Any]:
    """What is written on a row whose job waits again through no fault of its own."""
    return {"lease_token": None, "lease_until": timezone.now(), "progress_stage": ""}


def _drop_broken_connection() -> None:
    """A connection that the server closed is opened anew by the next statement."""
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()


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
    """Keep the lease until the work is over, lost or stuck, or the worker must have ended."""
    end, pause = time.monotonic() + LONGEST, settings.LEASE_SECONDS / 3
    due = time.monotonic() + pause
    while not over.wait(min(pause, 1)) and (now := time.monotonic()) < end:
        try:
            if ending.is_over():
                lease.held.update(**_given_back())
                break
            if now >= due:
                due = now + pause
                if not _keep(lease):
                    break
        except Exception:
            logger.exception("a lease could not be kept: it is tried again")
            connection.close()
    connection.close()  # this thread's own


def queued(turn: int) -> dict[str, Any]:
    """What is written on a row whose job is enqueued now, by a person or for the first time;
    `turn`: the row's last one."""
    waits = {"lease_token": None, "lease_until": timezone.now(), "attempts": 0}
    return {**waits, "turn": turn + 1}


def paused(attempt: int) -> dict[str, Any]:
    """What is written on a row whose attempt failed: it waits, longer every time."""
    pause = min(FIRST_PAUSE * 5 ** (attempt - 1), LONGEST_PAUSE)
    return {"lease_token": None, "lease_until": timezone.now() + pause, "attempts": attempt}


def freed() -> dict[str, Any]:
    """What is written on a row whose job is over."""
    return {
        "lease_token": None,
        "lease_until": None,
        "attempts": 0,
        "deaths": 0,
        "progress_stage": "",
    }


@transaction.atomic
def lost(rows: "models.QuerySet[Any]", is_queued: Callable[[Any], bool]) -> list[Any]:
    """The rows that no living worker has and that no queue holds, each in a new turn, in which it
    is to be enqueued. `is_queued`: whether the message of a row's last turn lies in its queue."""
    now = timezone.now()
    left = Q(lease_until__isnull=True) | (Q(lease_token__isnull=False) & _free())
    forgotten = Q(lease_token__isnull=True) & (Q(lease_until__lt=now - _patience()) | _void(now))
    found = rows.filter(left | forgotten).select_for_update(
        of=("self",), skip_locked=True, no_key=True
    )
    kept = rows.model._default_manager
    taken = []
    for row in found:
        died = row.lease_token is not None
        if not died and is_queued(row):
            continue
        row.turn, row.deaths = row.turn + 1, row.deaths + died
        kept.filter(pk=row.pk).update(
            lease_token=None,
            lease_until=now,
            turn=row.turn,
            deaths=row.deaths,
            progress_stage="",
        )
        taken.append(row)
    return taken


def _free() -> Q:
    now = timezone.now()
    return Q(lease_until__isnull=True) | Q(lease_until__lte=now) | _void(now)


def _void(now: datetime) -> Q:
    """Further ahead than any lease is given, or any pause: the clock was wrong then, or is now."""
    ahead = now + 2 * _patience()
    return Q(lease_token__isnull=False, lease_until__gt=ahead) | Q(
        lease_until__gt=ahead + LONGEST_PAUSE
    )


def _patience() -> timedelta:
    return timedelta(seconds=settings.LEASE_SECONDS)


def _lapse() -> datetime:
    return timezone.now() + _patience()
