"""Who is told that a published area goes over into their comune: what GEO-08 promises to whoever
confirms a shared service."""

from collections import defaultdict
from typing import Any

from deliveries import audience, workflow
from deliveries.models import Answer, Delivery
from services.models import Edition, Record
from zones.models import Municipality

CODE = "GEO-08"


def tell(delivery: Delivery, edition: Edition) -> None:
    """Write the news of each neighbour, in the transaction of the edition itself."""
    for name, services in sorted(_shared(delivery, edition).items()):
        comune = Municipality.objects.current().filter(name=name).first()
        if comune is not None:
            payload = {"services": services}
            workflow.record_apart(
                delivery, audience.SHARED, municipality=comune.pk, payload=payload
            )


def _shared(delivery: Delivery, edition: Edition) -> dict[str, list[dict[str, Any]]]:
    """Place named by GEO-08 -> what the edition brings of areas confirmed as shared with it."""
    confirmed = delivery.answers.filter(code=CODE, kind=Answer.Kind.RIGHT).values("fingerprint")
    rows = delivery.rows.filter(fingerprint__in=confirmed).values_list("layer", "row")
    places = set(rows)
    if not places:
        return {}
    records = Record.objects.filter(from_edition=edition).select_related("item__service")
    begun = {(record.layer, record.row): record for record in records.iterator()}
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for finding in delivery.findings.filter(code=CODE):
        where = (finding.layer, finding.rows[0])
        if where in places and (record := begun.get(where)) is not None:
            public_id = record.item.service.public_id
            for name in finding.params["other"]:
                found[name].append({"id": public_id, "name": record.name or public_id})
    return found
