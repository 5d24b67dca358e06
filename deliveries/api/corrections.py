"""The office's own corrections over HTTP: correct a service, open one, undo."""

import uuid
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.errors import NotAllowed, NotFound
from deliveries.actions import corrections
from deliveries.api.access import DeliveryView
from deliveries.models import Delivery
from people.access import caller
from people.policies import is_reviewer
from services.models import Service, Status, Valence
from validator import schema


class CorrectionChanges(serializers.Serializer[Any]):
    """What the service should say; what is left out stays, an empty text takes a value away."""

    name = serializers.CharField(max_length=300, required=False)
    type = serializers.CharField(max_length=80, required=False, source="kind")
    status = serializers.ChoiceField(choices=Status.choices, required=False)
    valence = serializers.ChoiceField(choices=Valence.choices, required=False, allow_blank=True)
    address = serializers.CharField(max_length=300, required=False, allow_blank=True)
    manager_name = serializers.CharField(max_length=300, required=False, allow_blank=True)
    url = serializers.URLField(max_length=300, required=False, allow_blank=True)
    accuracy = serializers.ChoiceField(choices=schema.ACCURACIES, required=False, allow_blank=True)
    area = serializers.FloatField(required=False, allow_null=True)
    capacity = serializers.FloatField(required=False, allow_null=True)
    lon = serializers.FloatField(required=False)
    lat = serializers.FloatField(required=False)


class CorrectionIn(serializers.Serializer[Any]):
    """A correction; without `service` it opens a new one. `gone` takes the service away."""

    service = serializers.CharField(max_length=10, required=False)
    reason = serializers.CharField(max_length=1000)
    changes = CorrectionChanges(required=False, default=dict)
    gone = serializers.BooleanField(default=False)
    seen = serializers.IntegerField(
        required=False, help_text="Chiave della registrazione letta; se è cambiata, 409."
    )


class CorrectionOut(serializers.Serializer[Any]):
    """The act: an edition whose sender is the office."""

    id = serializers.UUIDField(source="pk")
    municipality = serializers.CharField(source="municipality_id")
    source = serializers.CharField(source="source.slug")  # type: ignore[assignment]
    edition = serializers.IntegerField(source="edition.number")
    created_at = serializers.DateTimeField()
    service = serializers.SerializerMethodField()
    changes = serializers.SerializerMethodField()
    reason = serializers.SerializerMethodField()

    def _event(self, delivery: Delivery) -> Any:
        return delivery.events.get(verb=corrections.VERB)

    def get_service(self, delivery: Delivery) -> str:
        return str(self._event(delivery).payload["service"])

    def get_changes(self, delivery: Delivery) -> dict[str, Any]:
        return dict(self._event(delivery).payload["changes"])

    def get_reason(self, delivery: Delivery) -> str:
        return str(self._event(delivery).note)


class Reason(serializers.Serializer[Any]):
    """Why."""

    reason = serializers.CharField(max_length=1000)


class OfficeView(DeliveryView):
    """A verb of the office alone."""

    scopes: ClassVar[dict[str, str]] = {"GET": "read", "POST": "review"}

    def office(self, request: Request) -> None:
        """Raises NotAllowed for anybody else."""
        if not is_reviewer(request.user):
            raise NotAllowed("not-the-office", _("Rettifica solo l'ufficio metropolitano."))


class CorrectionList(OfficeView):
    """Correct a service, or open one."""

    @extend_schema(
        operation_id="corrections_create", request=CorrectionIn, responses={201: CorrectionOut}
    )
    def post(self, request: Request) -> Response:
        self.office(request)
        given = CorrectionIn(data=request.data)
        given.is_valid(raise_exception=True)
        asked = given.validated_data
        correction = corrections.Correction(
            asked["reason"], asked["changes"], gone=asked["gone"], seen=asked.get("seen")
        )
        if "service" in asked:
            service = Service.objects.filter(public_id=asked["service"]).first()
            if service is None:
                raise NotFound("service", _("Non c'è un servizio con questo identificativo."))
            made = corrections.correct(service, user=caller(request), correction=correction)
        else:
            made = corrections.open_new(user=caller(request), correction=correction)
        return Response(CorrectionOut(made).data, status=201)


class CorrectionUndo(OfficeView):
    """Another correction, the other way round."""

    @extend_schema(request=Reason, responses={201: CorrectionOut})
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        delivery = self.delivery(request, pk)
        self.office(request)
        given = Reason(data=request.data)
        given.is_valid(raise_exception=True)
        reason = given.validated_data["reason"]
        made = corrections.undo(delivery, user=caller(request), reason=reason)
        return Response(CorrectionOut(made).data, status=201)
