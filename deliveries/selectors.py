"""What is asked of a delivery for its pages and its verbs alike; nothing here writes."""

from collections.abc import Sequence

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import Invalid
from deliveries import policies
from deliveries.models import Answer, Delivery, Proposal
from deliveries.querysets import rows_of

#: Moves shorter than this may be accepted all at once, in metres.
MOVE_LIMIT_M = 5.0


def offered(
    delivery: Delivery, *, code: str = "", contents: Sequence[str] | None = None
) -> QuerySet[Answer]:
    """Answers of earlier deliveries that still fit: the same warning on a row of the same content;
    of one code, or on some contents alone (their fingerprints).

    A row that changed drops its answer, and so does a promise whose day has passed.
    """
    if delivery.status not in policies.EDITABLE:
        return Answer.objects.none()
    found = rows_of(
        "offered_answers",
        delivery=delivery.pk,
        source=delivery.source_id,
        day=timezone.localdate(),
        code=code,
        contents=None if contents is None else list(contents),
    )
    wanted = Answer.objects.filter(pk__in=[row[0] for row in found])
    return wanted.select_related("by").order_by("code", "pk")


def bulk_selection(delivery: Delivery, rule: str) -> QuerySet[Proposal]:
    """The undecided proposals that a bulk rule would touch, so that it can be previewed."""
    pending = delivery.proposals.filter(
        decision=Proposal.Decision.PENDING, published_in__isnull=True
    )
    rules = {
        "unchanged": Q(kind=Proposal.Kind.UNCHANGED),
        "moves_under_5m": Q(kind=Proposal.Kind.MOVED, distance_m__lte=MOVE_LIMIT_M),
        "new": Q(kind=Proposal.Kind.NEW),
        "all_pending": Q(),
    }
    if rule not in rules:
        raise Invalid(
            "bulk-rule", _("Regola sconosciuta: scegli %(rules)s.") % {"rules": ", ".join(rules)}
        )
    return pending.filter(rules[rule])
