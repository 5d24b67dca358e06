"""The office's own corrections over HTTP: correct a service, open one, undo; read and answer."""

import uuid
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.errors import NotAllowed, NotFound, WrongState
from core.shapes import RequestBody
from notices.api import MessageIn, ThreadLineOut
from notices.thread import thread
from people.access import KEY, PAGED_BY_UUID, ScopedView, caller, page_of
from people.policies import is_reviewer
from services import corrections
from services.models import Correction, Service, ServiceStatus, Valence
from validator import schema


class CorrectionChanges(RequestBody):
    """What the service should say; what is left out stays, an empty text takes a value away."""

    name = serializers.CharField(max_length=300, required=False)
    type = serializers.CharField(max_length=80, required=False, source="kind")
    status = serializers.ChoiceField(choices=ServiceStatus.choices, required=False)
    valence = serializers.ChoiceField(choices=Valence.choices, required=False, allow_blank=True)
    address = serializers.CharField(max_length=300, required=False, allow_blank=True)
    manager_name = serializers.CharField(max_length=300, required=False, allow_blank=True)
    url = serializers.URLField(max_length=300, required=False, allow_blank=True)
    accuracy = serializers.ChoiceField(choices=schema.ACCURACIES, required=False, allow_blank=True)
    area = serializers.FloatField(required=False, allow_null=True)
    capacity = serializers.FloatField(required=False, allow_null=True)
    lon = serializers.FloatField(required=False)
    lat = serializers.FloatField(required=False)


class CorrectionIn(RequestBody):
    """A correction; without `service` it opens a new one. `gone` takes the service away."""

    service = serializers.CharField(max_length=10, required=False)
    reason = serializers.CharField(max_length=1000)
    changes = CorrectionChanges(required=False, default=dict)
    gone = serializers.BooleanField(default=False)
    seen = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=KEY,
        help_text="Chiave della registrazione letta; se è cambiata, 409.",
    )


class CorrectionOut(serializers.Serializer[Any]):
    """The act: an edition whose sender is the office. `changes`: attribute -> [before, now]."""

    id = serializers.UUIDField(source="pk")
    municipality = serializers.CharField(source="municipality_id", allow_null=True)
    source = serializers.CharField(source="edition.source.slug")  # type: ignore[assignment]
    edition = serializers.IntegerField(source="edition.number")
    created_at = serializers.DateTimeField(source="at")
    service = serializers.CharField(source="service.public_id")
    changes = serializers.DictField(child=serializers.ListField())
    gone = serializers.BooleanField()
    undoes = serializers.UUIDField(source="undoes_id", allow_null=True)
    reason = serializers.CharField()


class CorrectionReason(RequestBody):
    """Why."""

    reason = serializers.CharField(max_length=1000)


class _CorrectionView(ScopedView):
    scopes: ClassVar[dict[str, str]] = {"GET": "read", "POST": "review"}
    refuses: ClassVar[Any] = {"POST": (NotFound, WrongState)}

    def office(self, request: Request) -> None:
        """Raises NotAllowed for anybody else."""
        if not is_reviewer(request.user):
            raise NotAllowed("not-the-office", _("Rettifica solo l'ufficio metropolitano."))

    def correction(self, request: Request, pk: uuid.UUID) -> Correction:
        """The correction. Raises NotFound when there is none, or none of the caller's."""
        found = Correction.objects.for_user(request.user).whole().filter(pk=pk).first()
        if found is None:
            raise NotFound("correction-unknown", _("Qui non c'è nessuna rettifica."))
        correction: Correction = found
        return correction


class CorrectionList(_CorrectionView):
    """The corrections of one's comuni, for the office all, newest first; POST corrects a service
    or opens one."""

    @extend_schema(
        operation_id="corrections_list",
        parameters=PAGED_BY_UUID,
        responses=page_of(CorrectionOut),
    )
    def get(self, request: Request) -> Response:
        found = Correction.objects.for_user(request.user).whole()
        return self.paged(
            request, found, lambda some: CorrectionOut(some, many=True).data, newest="at"
        )

    @extend_schema(
        operation_id="corrections_create", request=CorrectionIn, responses={201: CorrectionOut}
    )
    def post(self, request: Request) -> Response:
        self.office(request)
        given = CorrectionIn(data=request.data)
        given.is_valid(raise_exception=True)
        asked = given.validated_data
        correction = corrections.NewCorrection(
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


class CorrectionDetail(_CorrectionView):
    """One correction."""

    @extend_schema(operation_id="corrections_retrieve", responses=CorrectionOut)
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        return Response(CorrectionOut(self.correction(request, pk)).data)


class CorrectionUndo(_CorrectionView):
    """Another correction, the other way round."""

    @extend_schema(
        operation_id="corrections_undo", request=CorrectionReason, responses={201: CorrectionOut}
    )
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        correction = self.correction(request, pk)
        self.office(request)
        given = CorrectionReason(data=request.data)
        given.is_valid(raise_exception=True)
        reason = given.validated_data["reason"]
        made = corrections.undo(correction, user=caller(request), reason=reason)
        return Response(CorrectionOut(made).data, status=201)


class CorrectionThread(_CorrectionView):
    """Messages of comune and office about a correction, oldest first; POST writes one."""

    scopes: ClassVar[dict[str, str]] = {"GET": "read", "POST": "upload review"}

    @extend_schema(operation_id="corrections_messages_list", responses=ThreadLineOut(many=True))
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        said = thread(self.correction(request, pk).events, {})
        return Response(ThreadLineOut(said, many=True).data)

    @extend_schema(
        operation_id="corrections_messages_create",
        request=MessageIn,
        responses={201: ThreadLineOut(many=True)},
    )
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        correction = self.correction(request, pk)
        given = MessageIn(data=request.data)
        given.is_valid(raise_exception=True)
        text = given.validated_data["text"]
        corrections.message(correction, user=caller(request), text=text)
        return Response(ThreadLineOut(thread(correction.events, {}), many=True).data, status=201)
