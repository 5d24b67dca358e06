"""What the office accepted becomes an edition: one transaction, all or nothing, once."""

import logging
import secrets
from collections.abc import Iterator

from django.db import transaction
from django.db.models import F, QuerySet, TextField
from django.db.models.functions import Cast

from deliveries import workflow
from deliveries.models import Delivery, Proposal
from deliveries.publishing.compare import edition_in_force, propose
from deliveries.querysets import answers_of, lone_identifiers
from deliveries.states import Verb
from services.actions import EditionHead, NewRecord, publish_edition
from services.models import Edition
from validator import schema

logger = logging.getLogger(__name__)

#: What a record takes from its staged row as it stands.
_OF_ROW = ("identifier", "fingerprint", "name", "attributes", "raw", "layer", "row")
_VERBS = {
    Proposal.Kind.NEW: "created",
    Proposal.Kind.MOVED: "moved",
    Proposal.Kind.RECLASSIFIED: "reclassified",
    Proposal.Kind.EDITED: "changed",
}


def run(lease: workflow.Lease) -> None:
    """Publish, or say with a reference number that it
    is our fault and leave the delivery decided."""
    try:
        publish(lease)
    except workflow.LostLease:
        logger.warning("publication of %s was taken by another worker", lease.delivery.pk)
    except Exception:
        reference = secrets.token_hex(4)
        logger.exception("publication of %s failed, reference %s", lease.delivery.pk, reference)
        workflow.finish(lease, Verb.FAIL_PUBLICATION, note=reference, error_reference=reference)


def publish(lease: workflow.Lease) -> Edition | None:
    """Publish the accepted proposals of a decided delivery; None when it had to go back to review.

    A base that is no longer in force means the differences are other than those decided on:
    they are computed anew, decisions on equal differences are kept, and the reviewer is told.
    """
    with transaction.atomic():
        delivery = workflow.locked(lease.delivery.pk)
        if delivery.base_edition != edition_in_force(delivery):
            propose(delivery)
            if delivery.proposals.filter(decision=Proposal.Decision.PENDING).exists():
                note = "L'edizione in vigore è cambiata: le differenze sono state ricalcolate."
                workflow.finish(lease, Verb.PUBLISH_PART, note=note)
                return None
        edition = publish_accepted(delivery)
        held = delivery.proposals.filter(decision=Proposal.Decision.HELD).exists()
        verb = Verb.PUBLISH_PART if held else Verb.PUBLISH
        base = edition or delivery.base_edition
        workflow.finish(lease, verb, edition=base, base_edition=base)
    return edition


def publish_accepted(delivery: Delivery, *, rehearsal: bool = False) -> Edition | None:
    """Publish the accepted proposals in the caller's transaction; None when there is none.

    A `rehearsal` is undone by the caller (`impact.preview`).
    """
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
        rehearsal=rehearsal,
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
        file_name=delivery.file_name,
        sha256=delivery.sha256,
        rule_set=delivery.rule_set,
        act=delivery.act,
        reference_date=delivery.reference_date,
    )


def _records(delivery: Delivery, changed: "QuerySet[Proposal]") -> Iterator[NewRecord]:
    """The accepted rows; geometry goes from table to table as text, without becoming an object."""
    answers, keys = answers_of(delivery), lone_identifiers(delivery)
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
            municipality=delivery.municipality_id,
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
            layer=row["layer"],
            row=row["row"],
            changes=row["changes"],
        )
