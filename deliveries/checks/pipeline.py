"""The check of a delivery, on one screen: take the file, examine it, store what was found; nothing
here decides.
"""

import datetime as dt
import logging
import secrets
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from core.queue import OutOfTime
from core.statistics import MANY, analyse
from deliveries import audience, leases, leftovers, originals, workflow, works
from deliveries.checks import facts, staging, withheld
from deliveries.checks.examination import CheckRequest, Examination, examine
from deliveries.models import Delivery, Finding
from deliveries.querysets import APART_KIND
from deliveries.states import Verb
from notices.models import Event
from validator.reading.errors import Unreadable

logger = logging.getLogger(__name__)
#: Nothing of a check is in its private folder for longer.
_LONGEST = dt.timedelta(seconds=leases.LONGEST)


def check(lease: workflow.DeliveryLease) -> None:
    """Check a delivery that we hold; whatever happens, it ends in a state that can be left."""
    what = f"the check of {lease.delivery.pk}"
    leases.work(lease, partial(_check, lease), what=what, failed=partial(_fail, lease))


def _check(lease: workflow.DeliveryLease) -> None:
    day = timezone.localdate()
    try:
        found = _examine_stored(lease, day)
    except Unreadable as refusal:
        _refuse(lease, refusal)
    except originals.OriginalMissing:
        _miss(lease)
    else:
        _store(lease, found, day)
        _make_ready(lease.delivery)


def _examine_stored(lease: workflow.DeliveryLease, day: dt.date) -> Examination:
    delivery = lease.delivery

    def on_progress(stage: str, done: int, total: int) -> None:
        leases.beat(lease, stage, done, total)

    leftovers.delete_private(older_than=_LONGEST, names=(leftovers.CHECK,))
    with tempfile.TemporaryDirectory(prefix=leftovers.CHECK) as folder:
        path = Path(folder) / "delivery"
        with originals.opened(delivery) as stored, path.open("wb") as local:
            shutil.copyfileobj(stored, local, 1024 * 1024)
        request = CheckRequest(path, delivery.file_name, delivery.source, day, delivery.options)
        judge = partial(examine, on_progress=on_progress, ends=(OutOfTime,))
        try:
            return judge(request)
        except Unreadable:
            if not delivery.options.get("layers"):
                raise
        # The chosen layers hold nothing to read, which is no fault of the file: a refusal would
        # delete it. It is read as before the choice; FIL-06 says what was left out.
        delivery.options = {**delivery.options, "layers": []}
        return judge(replace(request, options=delivery.options))


def _store(lease: workflow.DeliveryLease, found: Examination, day: dt.date) -> None:
    report, delivery = found.report, lease.delivery
    leases.beat(lease, "store")
    with transaction.atomic():
        staging.store_rows(delivery, found.dataset, report.blocked)
        for frame in report.frames():
            staging.store_findings(delivery, frame)
        withheld.release(delivery)
        outcome = facts.outcome_of(found.dataset, report)
        workflow.finish(
            lease,
            Verb.FINISH_CHECK,
            facts=facts.facts_of(found.dataset, report),
            mapping=facts.mapping_of(found.dataset),
            outcome=outcome,
            rule_set=report.rule_set,
            row_count=report.rows,
            error_count=report.severities["error"],
            warning_count=report.severities["warning"],
            blocked_count=report.blocked_count,
            is_valid=report.valid,
            checked_at=timezone.now(),
            error_reference="",
            options=delivery.options,
        )
        if report.crashed:
            _tell_office(delivery, report.crashed)


def _make_ready(delivery: Delivery) -> None:
    """After much was written: what the next statements join is known of, and what is sent with a
    large delivery is made while its report is read."""
    if delivery.row_count >= MANY:
        analyse("deliveries_stagedrow", "deliveries_finding")
    works.compare_later(delivery.pk, delivery.turn, rows=delivery.row_count)


def _tell_office(delivery: Delivery, codes: Sequence[str]) -> None:
    """SYS-01 says that the office is told: once for the same rules, however often the delivery is
    checked."""
    earlier = Event.objects.about(APART_KIND, delivery.pk).filter(verb=audience.RULE_FAILED)
    if any(set(codes) <= set(event.payload["codes"]) for event in earlier):
        return
    reference = secrets.token_hex(4)
    logger.error("rules %s failed in the check of %s, reference %s", codes, delivery.pk, reference)
    workflow.tell_office(delivery, audience.RULE_FAILED, reference, codes=list(codes))


def _refuse(lease: workflow.DeliveryLease, refusal: Unreadable) -> None:
    """The file cannot be read: of it only name, size and hash remain, and the reason in words.

    One on which a reader broke is kept: the fault may be ours.
    """
    delivery = lease.delivery
    storage, name = delivery.file.storage, delivery.file.name or ""
    kept = name if refusal.is_ours else ""
    with transaction.atomic():
        staging.clear(delivery)
        Finding.objects.create(
            delivery=delivery, code=refusal.code, severity="error", params=dict(refusal.params)
        )
        workflow.finish(
            lease,
            Verb.REFUSE_FILE,
            file=kept,
            checked_at=timezone.now(),
            facts={},
            mapping={},
            row_count=0,
            blocked_count=0,
            warning_count=0,
            error_count=1,
            is_valid=False,
            outcome={"file_blocked": True, "refused": refusal.code},
        )
        if not kept:
            transaction.on_commit(lambda: storage.delete(name))


def _miss(lease: workflow.DeliveryLease) -> None:
    """The storage has not the file that we said was safe: the sender is told to send it again."""
    reference = secrets.token_hex(4)
    logger.error("original of %s is missing, reference %s", lease.delivery.pk, reference)
    with transaction.atomic():
        workflow.finish(lease, Verb.FAIL_CHECK, note=reference, error_reference=reference, file="")
        workflow.tell_office(lease.delivery, audience.FILE_MISSING, reference)


@transaction.atomic
def _fail(lease: workflow.DeliveryLease, reference: str) -> None:
    """A failure of ours; a check that ends the life of workers is the office's news too."""
    workflow.finish(
        lease,
        Verb.FAIL_CHECK,
        note=reference,
        error_reference=reference,
        deaths=lease.deaths,
    )
    if lease.is_spent:
        workflow.tell_office(lease.delivery, audience.WORKER_DIED, reference)
