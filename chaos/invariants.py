"""What must be true once all harm is undone and nothing moves any more."""

import os
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from django.db import connection
from django.utils import timezone

from chaos.desk import Api
from chaos.stage import Stage
from chaos.stream import Ledger
from core.queue import app
from deliveries.leases import Leased
from deliveries.models import Delivery, Errand
from deliveries.models.delivery import FOLDER
from deliveries.states import FOR_A_WORKER, DeliveryStatus
from notices.models import Notice
from services.models import Record
from sttm2 import verification

#: Two days and more: a file that old is the sweep's.
_LONG_AGO: Final = 60 * 60 * 72
_SHOWN: Final = 5
#: How else a check without account may end than with its report: its hour is over or it was given
#: up after it had taken workers with it.
ENDS: Final = {(404, "check-unknown"), (500, "check-failed")}


@dataclass(frozen=True)
class Held:
    """One invariant: in words, and what it does not hold of."""

    words: str
    broken: list[str]

    @property
    def line(self) -> str:
        """As it is printed."""
        if not self.broken:
            return f"  ok  {self.words}"
        shown = "".join(f"\n        {one}" for one in self.broken[:_SHOWN])
        return f"  NO  {self.words}: {len(self.broken)}{shown}"


def settle(stage: Stage, patience: float) -> None:
    """What time brings by itself is brought now: claims of letters lapse, sweeps come round, and
    files that no delivery knows grow old."""
    Notice.objects.filter(mail__in=(Notice.Mail.DUE, Notice.Mail.SENDING)).update(
        mail_after=timezone.now()
    )
    long_ago = time.time() - _LONG_AGO
    for path in (stage.media / FOLDER).rglob("*"):
        if path.is_file():
            os.utime(path, (long_ago, long_ago))
    for task in ("notices.sweep", "deliveries.sweep", "deliveries.sweep_files"):
        app.send_task(task)
    end = time.monotonic() + patience
    while time.monotonic() < end and (
        _letters() or _work() or verification_faults("rowless-files")
    ):
        time.sleep(0.5)


def verification_faults(*names: str) -> list[str]:
    """What `verify_installation` finds, of all requirements or of some."""
    found = []
    for one in verification.requirements():
        if not names or one.name in names:
            found += [f"{one.name}: {thing}" for thing in one.find()]
    return found


def look(ledger: Ledger, api: Api, keys: dict[str, str]) -> list[Held]:
    """All of them; `keys`: of the operator of each comune."""
    looks: tuple[tuple[str, Callable[[], Iterable[str]]], ...] = (
        ("every accepted delivery is there, with the file that was sent", lambda: _lost(ledger)),
        ("each ended, or waits for a person and says so", lambda: _mute(ledger, api, keys)),
        ("none is there twice, none that nobody sent", lambda: _doubled(ledger)),
        ("what is published is what its file says, row by row", lambda: _rows(ledger)),
        ("no work is in dead hands, none overdue", _work),
        ("no letter is half sent or waits", _letters),
        (
            "each check without account ended, or is said to be gone",
            lambda: _strangers(ledger, api),
        ),
        ("verify_installation finds nothing", verification_faults),
    )
    return [Held(words, list(find())) for words, find in looks]


def _lost(ledger: Ledger) -> Iterable[str]:
    kept = {str(pk): sha for pk, sha in Delivery.objects.values_list("pk", "sha256")}
    for sent in ledger.accepted:
        if kept.get(sent.delivery) != sent.made.sha256:
            yield f"{sent.delivery} of {sent.comune}"


def _mute(ledger: Ledger, api: Api, keys: dict[str, str]) -> Iterable[str]:
    moving = {*FOR_A_WORKER, DeliveryStatus.DECIDED}
    status_of = {str(pk): status for pk, status in Delivery.objects.values_list("pk", "status")}
    for sent in {one.delivery: one for one in ledger.accepted}.values():
        status = status_of.get(sent.delivery, "")
        told = api.get(f"uploads/{sent.delivery}/", keys[sent.comune])
        if status in moving:
            yield f"{sent.delivery} is still {status}"
        elif not told.ok or told.body["status"] != status or not told.body["meaning"]:
            yield f"{sent.delivery} is {status}, and is told as {told.status} {told.body}"
        elif status == DeliveryStatus.FAILED and not told.body["error_reference"]:
            yield f"{sent.delivery} failed without a reference"


def _doubled(ledger: Ledger) -> Iterable[str]:
    keyed = Counter(Delivery.objects.values_list("by", "idempotency_key"))
    for (_by, key), number in keyed.items():
        if number > 1 or key not in ledger.asked:
            yield f"{number} deliveries under the key {key}"
    editions = """
        SELECT e.delivery || ': ' || count(*) FROM services_edition e
        WHERE e.delivery IS NOT NULL GROUP BY e.delivery HAVING count(*) > 1
    """
    with connection.cursor() as cursor:
        cursor.execute(editions)
        yield from (f"editions of {row[0]}" for row in cursor.fetchall())


def _rows(ledger: Ledger) -> Iterable[str]:
    """All that was offered was accepted: the last edition of a comune shows its file's rows."""
    last: dict[str, Delivery] = {}
    published = Delivery.objects.filter(status=DeliveryStatus.PUBLISHED, edition__isnull=False)
    for delivery in published.select_related("source").order_by("edition__number", "updated_at"):
        last[delivery.source.municipality_id or ""] = delivery
    for comune, delivery in last.items():
        shown = Counter(
            Record.objects.filter(
                item__source=delivery.source_id, to_edition__isnull=True
            ).values_list("item__key", flat=True)
        )
        made = ledger.asked.get(delivery.idempotency_key)
        rows = made.rows if made and made.rows else frozenset()
        if shown != Counter(rows):
            yield f"{comune}: {len(shown)} rows are shown, {len(rows)} were sent"


def _work() -> list[str]:
    """Where nothing moves nobody holds anything, and nothing waits for its turn."""
    now, found = timezone.now(), list[str]()
    for model in Leased.__subclasses__():
        held = model._default_manager.filter(lease_token__isnull=False)
        found += [f"{model.__name__} {key}" for key in held.values_list("pk", flat=True)]
    open_errands = Errand.objects.filter(ended_at__isnull=True, until__gt=now)
    found += [f"Errand {key} waits" for key in open_errands.values_list("pk", flat=True)]
    waiting = Delivery.objects.for_a_worker().filter(lease_until__lt=now, error_reference="")
    return found + [f"Delivery {key} waits" for key in waiting.values_list("pk", flat=True)]


def _letters() -> list[str]:
    waiting = Notice.objects.filter(mail__in=(Notice.Mail.DUE, Notice.Mail.SENDING))
    return [f"notice {pk} {mail}" for pk, mail in waiting.values_list("pk", "mail")]


def _strangers(ledger: Ledger, api: Api) -> Iterable[str]:
    for token in ledger.prechecks:
        said = api.get(f"checks/{token}/")
        code = said.body.get("code", "") if isinstance(said.body, dict) else ""
        if (said.status, code) not in ENDS and said.status != 200:
            yield f"{token}: {said.status} {code}"
