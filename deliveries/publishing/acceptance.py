"""What the office accepted becomes an edition: one transaction, all or nothing, once."""

from collections.abc import Iterator
from functools import partial

from django.db import transaction
from django.db.models import F, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils import timezone

from core.statistics import MANY, analyse
from deliveries import leases, workflow
from deliveries.models import Delivery, Proposal
from deliveries.publishing import neighbours
from deliveries.publishing.compare import edition_in_force, propose
from deliveries.querysets import answers_of, free_identifiers
from deliveries.states import Verb
from services.actions import EditionHead, NewRecord, publish_edition
from services.models import Edition, Source
from validator import schema

#: What a record takes from its staged row as it stands.
_OF_ROW = (
    "identifier",
    "fingerprint",
    "name",
    "municipality",
    "attributes",
    "raw",
    "private",
    "layer",
    "row",
)
_VERBS = {
    Proposal.Kind.NEW: "created",
    Proposal.Kind.MOVED: "moved",
    Proposal.Kind.RECLASSIFIED: "reclassified",
    Proposal.Kind.EDITED: "changed",
}


#: Seconds that a publication waits for another one, or for a correction of the office.
QUEUE_SECONDS = 120
#: What the publication joins, and what it writes.
_STAGED = ("deliveries_stagedrow", "deliveries_proposal")
_SHOWN = ("services_sourceitem", "services_record", "services_service", "services_servicestate")


class BaseMoved(Exception):
    """Another edition was published while the differences were looked at: to be tried again."""


def run(lease: workflow.DeliveryLease) -> None:
    """Publish; a failure of ours leaves the delivery decided, with a reference, to be tried again
    later by itself until the attempts are used up."""
    what = f"the publication of {lease.delivery.pk}"
    leases.work(
        lease,
        partial(publish, lease),
        what=what,
        failed=partial(_fail, lease),
        lock_seconds=QUEUE_SECONDS,
    )


def _fail(lease: workflow.DeliveryLease, reference: str) -> None:
    over = lease.is_spent or lease.attempt == leases.MAX_ATTEMPTS
    workflow.finish(
        lease,
        Verb.FAIL_PUBLICATION,
        note=reference,
        error_reference=reference,
        payload={"given_up": over},
        deaths=lease.deaths,
        **leases.paused(leases.MAX_ATTEMPTS if over else lease.attempt),
    )


def publish(lease: workflow.DeliveryLease) -> Edition | None:
    """Publish the accepted proposals of a decided delivery; None when it had to go back to review,
    or when there is nothing to publish.

    Its row is not locked until the end, so that its lease can be kept meanwhile.
    """
    leases.beat(lease, "publish")
    large = lease.delivery.row_count >= MANY
    if large:
        analyse(*_STAGED)
    if _back_to_review(lease):
        return None
    edition = _publish(lease)
    if large:
        analyse(*_SHOWN)
    return edition


def _publish(lease: workflow.DeliveryLease) -> Edition | None:
    with transaction.atomic():
        # The source's row is the queue of its editions.
        Source.objects.select_for_update().get(pk=lease.delivery.source_id)
        delivery = Delivery.objects.get(pk=lease.delivery.pk)
        if delivery.base_edition != edition_in_force(delivery):
            raise BaseMoved
        edition = publish_accepted(delivery)
        if edition is not None:
            neighbours.tell(delivery, edition)
        held = delivery.proposals.filter(decision=Proposal.Decision.HELD).exists()
        verb = Verb.PUBLISH_PART if held else Verb.PUBLISH
        base = edition or delivery.base_edition
        # While some is held, its edition says that a part is published; nothing else does.
        mine = edition or delivery.edition or (None if held else base)
        workflow.finish(lease, verb, edition=mine, base_edition=base, error_reference="")
    return edition


@transaction.atomic
def _back_to_review(lease: workflow.DeliveryLease) -> bool:
    """Whether the delivery went back to the desk.

    A base that is no longer in force means the differences are other than those decided on: they
    are computed anew, decisions on equal differences are kept, and the reviewer is told.
    """
    delivery = Delivery.objects.get(pk=lease.delivery.pk)
    if delivery.base_edition == edition_in_force(delivery):
        return False
    propose(delivery)
    if not delivery.proposals.filter(decision=Proposal.Decision.PENDING).exists():
        return False
    note = "L'edizione in vigore è cambiata: le differenze sono state ricalcolate."
    workflow.finish(lease, Verb.PUBLISH_PART, note=note, error_reference="")
    return True


def publish_accepted(delivery: Delivery) -> Edition | None:
    """Publish the accepted proposals in the caller's transaction; None when there is none."""
    accepted = delivery.proposals.filter(
        decision=Proposal.Decision.ACCEPTED, published_in__isnull=True
    )
    changed = accepted.filter(kind__in=_VERBS).order_by("pk")
    withdrawn = _items(accepted, Proposal.Kind.WITHDRAWN)
    confirmed = _items(accepted, Proposal.Kind.UNCHANGED)
    if not accepted.exists():
        return None
    edition = publish_edition(
        _head(delivery),
        _records(delivery, changed),
        withdrawn=withdrawn,
        confirmed=confirmed,
    )
    accepted.update(published_in=edition)
    return edition


def _items(proposals: "QuerySet[Proposal]", kind: str) -> list[int]:
    items = proposals.filter(kind=kind, item__isnull=False).values_list("item_id", flat=True)
    return [item for item in items if item is not None]


def _head(delivery: Delivery) -> EditionHead:
    return EditionHead(
        source=delivery.source,
        by=delivery.reviewer,
        delivery=delivery.pk,
        delivered_on=timezone.localdate(delivery.created_at),
        file_name=delivery.file_name,
        sha256=delivery.sha256,
        rule_set=delivery.rule_set,
        act=delivery.act,
        reference_date=delivery.reference_date,
    )


def _records(delivery: Delivery, changed: "QuerySet[Proposal]") -> Iterator[NewRecord]:
    """The accepted rows; geometry goes from table to table as text, without becoming an object."""
    answers, keys = answers_of(delivery), free_identifiers(delivery)
    rows = changed.filter(staged_row__isnull=False).annotate(
        geometry=Cast("staged_row__geometry", TextField()),
        point=Cast("staged_row__point", TextField()),
        **{name: F(f"staged_row__{name}") for name in _OF_ROW},
    )
    for row in rows.values(
        "kind", "item_id", "changes", "geometry", "point", *_OF_ROW, type=F("staged_row__kind")
    ):
        attributes = {k: v for k, v in row["attributes"].items() if k not in schema.PORTAL_FIELDS}
        identifier = row["identifier"]
        yield NewRecord(
            fingerprint=row["fingerprint"],
            name=row["name"],
            kind=row["type"] or None,
            municipality=row["municipality"] or None,
            verb=_VERBS[Proposal.Kind(row["kind"])],
            item=row["item_id"],
            key=identifier if identifier in keys else "",
            status=attributes.get("status") or "esistente",
            valence=attributes.get("valence") or "",
            attributes=attributes,
            answers=answers.get(row["fingerprint"], []),
            geometry=row["geometry"],
            point=row["point"],
            accuracy=attributes.get("accuracy") or "",
            raw=row["raw"],
            withheld={k: v for k, v in row["private"].items() if attributes.get(k) is None},
            layer=row["layer"],
            row=row["row"],
            changes=row["changes"],
        )
