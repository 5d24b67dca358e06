"""The office's desk over HTTP: proposals, decisions, sending back, closing and publishing."""

import uuid
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, PolymorphicProxySerializer, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.asked import choice, number
from core.bodies import ROWS, takes
from core.errors import Invalid, NotAllowed
from deliveries.actions import review
from deliveries.api import serializers as shapes
from deliveries.api.access import DeliveryView
from deliveries.api.deliveries import shown
from deliveries.models import Delivery, Proposal
from deliveries.reports import proposals
from deliveries.states import DeliveryStatus
from people.access import caller

_WORDS = {"accept": Proposal.Decision.ACCEPTED, "hold": Proposal.Decision.HELD,
          "refuse": Proposal.Decision.REFUSED}  # fmt: skip


MOST_PAGES = 10**6


class ReviewPage(serializers.Serializer[Any]):
    """A page of the differences to decide on, and how many have which decision."""

    status = serializers.CharField()
    numberMatched = serializers.IntegerField()
    numberReturned = serializers.IntegerField()
    page = serializers.IntegerField()
    pages = serializers.IntegerField()
    decisions = serializers.DictField(child=serializers.IntegerField())
    results = shapes.ProposalOut(many=True)


#: One by one, or many by a rule.
DECISIONS = PolymorphicProxySerializer(
    component_name="Decisions",
    serializers=[shapes.DecisionIn(many=True), shapes.BulkDecisionIn],
    resource_type_field_name=None,
    many=False,
)


class DecidedOut(serializers.Serializer[Any]):
    """How many differences were decided, and the delivery's state."""

    decided = serializers.IntegerField()
    status = serializers.CharField()


class Desk(DeliveryView):
    """A verb of the office."""

    scopes: ClassVar[dict[str, str]] = {"GET": "read", "POST": "review"}


@takes(ROWS)
class Review(Desk):
    """Proposals of a delivery, 50 a page; POST decides on some, in the order given."""

    @extend_schema(
        parameters=[
            OpenApiParameter("kind", str, enum=Proposal.Kind.values),
            OpenApiParameter("decision", str, enum=Proposal.Decision.values),
            OpenApiParameter("q", str),
            OpenApiParameter("page", {"type": "integer", "minimum": 1, "maximum": MOST_PAGES}),
        ],
        responses=ReviewPage,
    )
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        delivery, asked = self._readable(request, pk), request.query_params
        by = proposals.Filter.of(
            {
                "tipo": choice(asked, "kind", Proposal.Kind.values),
                "decisione": choice(asked, "decision", Proposal.Decision.values),
                "q": asked.get("q", ""),
            }
        )
        found = proposals.page_of(delivery, by, number(asked, "page", most=MOST_PAGES))
        return Response(
            {
                "status": delivery.status,
                "numberMatched": found.paginator.count,
                "numberReturned": len(found),
                "page": found.number,
                "pages": found.paginator.num_pages,
                "decisions": {name: n for name, _label, n in proposals.decision_counts(delivery)},
                "results": shapes.ProposalOut(list(found), many=True).data,
            }
        )

    def _readable(self, request: Request, pk: uuid.UUID) -> Delivery:
        """The comune reads what is decided on its own delivery once it was sent."""
        delivery = self.delivery(request, pk)
        if delivery.submitted_at is None:
            raise NotAllowed("not-submitted", _("Questa consegna non è ancora stata inviata."))
        return delivery

    @extend_schema(request=DECISIONS, responses=DecidedOut)
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        delivery = self.on_desk(request, pk)
        if delivery.status == DeliveryStatus.SUBMITTED:
            review.take(delivery, user=caller(request))
        body = request.data
        bulk = isinstance(body, dict)
        done = self._bulk(request, delivery, body) if bulk else self._rows(request, delivery)
        return Response({"decided": done, "status": delivery.status})

    def _rows(self, request: Request, delivery: Delivery) -> int:
        given = shapes.DecisionIn(data=request.data, many=True)
        given.is_valid(raise_exception=True)
        decisions = [decision_of(one) for one in given.validated_data]
        return review.decide(delivery, user=caller(request), decisions=decisions)

    def _bulk(self, request: Request, delivery: Delivery, body: Any) -> int:
        """`{"rule": "unchanged", "decision": "accepted"}` instead of a list."""
        if "rule" not in body:
            raise Invalid("decisions", _("Manda un elenco di decisioni, oppure una regola."))
        given = shapes.BulkDecisionIn(data=body)
        given.is_valid(raise_exception=True)
        one = decision_of({**given.validated_data, "proposal": 0})
        return review.decide_in_bulk(
            delivery,
            user=caller(request),
            rule=given.validated_data["rule"],
            decision=one.decision,
            reason_code=one.reason_code,
            note=one.note,
        )


def decision_of(given: dict[str, Any]) -> review.Decision:
    """A decision as the review takes it; a reason in free words becomes `other` and its note."""
    reason, note = given["reason"], given["note"]
    if reason and reason not in review.REASONS:
        reason, note = "other", note or reason
    decision = _WORDS.get(given["decision"], given["decision"])
    if decision == Proposal.Decision.ACCEPTED:
        reason = ""
    return review.Decision(given["proposal"], str(decision), reason, note)


class Take(Desk):
    """Begin the review."""

    @extend_schema(request=None, responses=shapes.DeliveryOut)
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        delivery = self.on_desk(request, pk)
        review.take(delivery, user=caller(request))
        return shown(delivery, request)


class SendBack(Desk):
    """Return the delivery to the comune with a note."""

    @extend_schema(request=shapes.ActionNote, responses=shapes.DeliveryOut)
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        delivery = self.on_desk(request, pk)
        given = shapes.ActionNote(data=request.data)
        given.is_valid(raise_exception=True)
        review.send_back(delivery, user=caller(request), note=given.validated_data["note"])
        return shown(delivery, request)


class Publish(Desk):
    """End the review and publish what was accepted, in the background."""

    @extend_schema(request=None, responses={202: shapes.DeliveryOut})
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        delivery = self.on_desk(request, pk)
        review.close(delivery, user=caller(request))
        return shown(delivery, request, status=202)


class PublishAgain(Desk):
    """Try a publication again that failed through our fault (status `decided`, with a
    reference)."""

    @extend_schema(request=None, responses={202: shapes.DeliveryOut})
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        delivery = self.on_desk(request, pk)
        review.publish_again(delivery, user=caller(request))
        return shown(delivery, request, status=202)


class Undecide(Desk):
    """Take the decision back before it is published: the delivery is in review again."""

    @extend_schema(request=None, responses=shapes.DeliveryOut)
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        delivery = self.on_desk(request, pk)
        review.undecide(delivery, user=caller(request))
        return shown(delivery, request)
