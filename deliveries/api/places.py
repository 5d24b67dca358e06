"""Positions from addresses by API: what is proposed, asking for it, taking it."""

import uuid
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.bodies import ROWS, takes
from core.shapes import RequestBody
from deliveries.actions import placing
from deliveries.api import serializers as shapes
from deliveries.api.access import DeliveryView, WriteThrottle
from deliveries.api.deliveries import shown
from deliveries.geocoding import client
from deliveries.geocoding.kinds import ACCURACY
from deliveries.models import Delivery, PlaceProposal, PlaceSearch
from people.access import caller


class CandidateOut(serializers.Serializer[Any]):
    """A proposed position, WGS 84. `metres`: how far outside the comune, 0 inside."""

    lon = serializers.FloatField()
    lat = serializers.FloatField()
    label = serializers.CharField()  # type: ignore[assignment]
    precision = serializers.ChoiceField(choices=list(ACCURACY))
    inside = serializers.BooleanField()
    metres = serializers.IntegerField()


class PlaceProposalOut(serializers.Serializer[Any]):
    """What the geocoder answered about one row; no candidates: it found nothing."""

    layer = serializers.CharField()
    row = serializers.IntegerField()
    question = serializers.CharField()
    service = serializers.CharField()
    at = serializers.DateTimeField()
    candidates = CandidateOut(many=True)


class PlaceSearchOut(serializers.Serializer[Any]):
    """How the questions about many rows stand. `failure`: why they ended before their time;
    `ours:REFERENCE` is a problem of the portal, to be cited."""

    total = serializers.IntegerField(source="progress_total")
    done = serializers.IntegerField(source="progress_done")
    asked_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)
    failure = serializers.CharField()


class PlacesOut(serializers.Serializer[Any]):
    """The host that addresses are sent to, the search if there was one, the proposals."""

    host = serializers.CharField()
    search = PlaceSearchOut(allow_null=True)
    proposals = PlaceProposalOut(many=True)


class PlaceQuestion(RequestBody):
    """The row to ask about; without a row all that have an address and no position."""

    layer = serializers.CharField(max_length=200, allow_blank=True, default="")
    row = serializers.IntegerField(min_value=1, required=False)


class PlaceChoice(RequestBody):
    """Of that row, the candidate with that number, from 0."""

    layer = serializers.CharField(max_length=200, allow_blank=True, default="")
    row = serializers.IntegerField(min_value=1)
    candidate = serializers.IntegerField(min_value=0)


class PlaceChoices(RequestBody):
    """Positions to take, several at once."""

    choices = PlaceChoice(many=True, allow_empty=False)


class PlaceThrottle(WriteThrottle):
    """Questions of one person, row by row; the pause between two is the geocoder's own."""

    THROTTLE_RATES: dict[str, str | None] = {"places": "300/hour"}


@takes(ROWS)
class Places(DeliveryView):
    """Proposed positions of rows with an address; POST asks: addresses go to the host named.

    404 where the installation has no geocoder.
    """

    throttle_classes = (PlaceThrottle,)
    throttle_scope = "places"

    @extend_schema(operation_id="deliveries_places", responses=PlacesOut)
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        delivery = self.delivery(request, pk)
        return _told(delivery)

    @extend_schema(
        operation_id="deliveries_places_ask",
        request=PlaceQuestion,
        responses={200: PlaceProposalOut, 202: PlacesOut},
    )
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        delivery = self.delivery(request, pk)
        given = PlaceQuestion(data=request.data)
        given.is_valid(raise_exception=True)
        if "row" not in given.validated_data:
            placing.propose_all(delivery, user=caller(request))
            return _told(delivery, status=202)
        found = placing.propose(delivery, user=caller(request), **given.validated_data)
        return Response(PlaceProposalOut(found).data)


def _told(delivery: Delivery, *, status: int = 200) -> Response:
    host = client.required().host
    found = PlaceProposal.objects.filter(delivery=delivery).order_by("layer", "row")
    search = PlaceSearch.objects.filter(delivery=delivery).first()
    body = PlacesOut({"host": host, "search": search, "proposals": found}).data
    return Response(body, status=status)


@takes(ROWS)
class TakePlaces(DeliveryView):
    """Take proposed positions; the delivery is checked again."""

    scopes: ClassVar[dict[str, str]] = {"POST": "upload"}

    @extend_schema(
        operation_id="deliveries_places_take",
        request=PlaceChoices,
        responses={202: shapes.DeliveryOut},
    )
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        delivery = self.delivery(request, pk)
        given = PlaceChoices(data=request.data)
        given.is_valid(raise_exception=True)
        taken = [placing.Taken(**one) for one in given.validated_data["choices"]]
        placing.take(delivery, user=caller(request), taken=taken)
        return shown(delivery, request, status=202)
