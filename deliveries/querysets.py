"""Which deliveries, rows and findings; `for_user` is the wall between comuni."""

from collections.abc import Iterator
from typing import Any

from django.contrib.gis.db import models
from django.db.models import Count, F, Func, Min, Q, Sum
from django.db.models.functions import Coalesce

from core.sqlfiles import SqlFolder
from deliveries.leases import MAX_ATTEMPTS
from deliveries.states import DRAFT, FOR_A_WORKER, OPEN, DeliveryStatus
from notices.models import Event
from people.policies import Person, Reach, reach_of
from validator.findings import MOST_FINDINGS, together

#: What a delivery is called where events and notices speak of anything that has a log.
SUBJECT_KIND = "delivery"
#: News of a delivery for people who may not know the delivery itself.
APART_KIND = "delivery_apart"
#: News of work that is about no delivery, for the office.
ERRAND_KIND = "errand"


class DeliveryQuerySet(models.QuerySet[Any]):
    """Deliveries."""

    def for_user(self, user: Person) -> "DeliveryQuerySet":
        """What a person may know of: the deliveries of
        their comuni and bodies; the office's from submission on."""
        reach = reach_of(user)
        visible = _within(reach)
        if reach.office:
            visible |= ~Q(status__in=DRAFT) & Q(submitted_at__isnull=False)
        return self.filter(visible)

    def sent_within(self, reach: Reach) -> "DeliveryQuerySet":
        """Those of the sources of these comuni and bodies."""
        return self.filter(_within(reach))

    def sent_by(self, word: str) -> "DeliveryQuerySet":
        """Those of a comune or of a source whose name holds the word."""
        comune = Q(source__municipality__name__icontains=word)
        other = Q(source__municipality=None, source__name__icontains=word)
        return self.filter(comune | other)

    def with_sender(self) -> "DeliveryQuerySet":
        """With whose they are."""
        found: DeliveryQuerySet = self.select_related("source__municipality", "source__body")
        return found

    def open(self) -> "DeliveryQuerySet":
        return self.filter(status__in=OPEN)

    def with_waiting(self) -> "DeliveryQuerySet":
        """Annotate `waiting_since`: when the delivery came into the status it has now."""
        mine = Event.objects.about(SUBJECT_KIND, models.OuterRef("pk"))
        moved = mine.filter(to_status=models.OuterRef("status")).order_by("-at").values("at")[:1]
        found: DeliveryQuerySet = self.annotate(
            waiting_since=Coalesce(models.Subquery(moved), F("created_at"))
        )
        return found

    def for_a_worker(self) -> "DeliveryQuerySet":
        """In a worker's hands, or waiting for one; not those whose publication was given up."""
        decided = Q(status=DeliveryStatus.DECIDED, attempts__lt=MAX_ATTEMPTS)
        return self.filter(Q(status__in=FOR_A_WORKER) | decided)


def _within(reach: Reach) -> Q:
    return Q(source__municipality__in=reach.comuni) | Q(source__body__in=reach.bodies)


class StagedRowQuerySet(models.QuerySet[Any]):
    """Rows of a delivery as read and understood."""

    def of(self, delivery: Any) -> "StagedRowQuerySet":
        return self.filter(delivery=delivery)


class FindingQuerySet(models.QuerySet[Any]):
    """Findings of deliveries."""

    def of(self, delivery: Any) -> "FindingQuerySet":
        return self.filter(delivery=delivery)

    def by_code(self) -> "FindingQuerySet":
        """One line per group of findings: code, severity, `findings`,
        `cells` (rows counted once per finding)."""
        lines = self.order_by().values("code", "severity")
        found: FindingQuerySet = lines.annotate(
            findings=Count("pk"), cells=Sum(_rows_named()), first=Min("pk")
        )
        return found

    def light(self) -> Iterator[Any]:
        """All of them, in this order, some at a time: one that names every row weighs as much as
        thousands that name one, so they are counted by their rows."""
        weights = self.annotate(weight=_rows_named()).values_list("pk", "weight")
        for some in together(weights.iterator(MOST_FINDINGS), lambda one: int(one[1])):
            yield from self.filter(pk__in=[key for key, _weight in some])

    def of_whole_file(self) -> "FindingQuerySet":
        """Findings that name no row: about the file, a layer or a column."""
        return self.filter(rows__len=0)


def _rows_named() -> Func:
    return Func(F("rows"), function="cardinality", output_field=models.IntegerField())


SQL = SqlFolder(__file__)
run_sql, rows_of = SQL.run, SQL.rows


def answers_of(delivery: Any) -> dict[str, list[dict[str, str]]]:
    """The answers given on a delivery, by the fingerprint of the row they speak of."""
    grouped: dict[str, list[dict[str, str]]] = {}
    for answer in delivery.answers.exclude(fingerprint=""):
        until = answer.until.isoformat() if answer.until else ""
        line = {"code": answer.code, "kind": answer.kind, "reason": answer.reason, "until": until}
        line |= {"cell": answer.cell} if answer.cell else {}
        grouped.setdefault(answer.fingerprint, []).append(line)
    return grouped


def free_identifiers(delivery: Any) -> set[str]:
    """Identifiers that the delivery uses exactly once and that are no other thing's key: only
    these can be keys."""
    rows = delivery.rows.exclude(identifier="").values("identifier")
    lone = rows.annotate(n=models.Count("pk")).filter(n=1).values_list("identifier", flat=True)
    return set(lone) - set(delivery.source.items.values_list("key", flat=True))
