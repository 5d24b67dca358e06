"""«Non è così» over HTTP: anybody says it, who has
the address reads the answer, the office gives it."""

from typing import Any, ClassVar

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import permissions, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.asked import choice
from core.errors import NotAllowed, WrongState
from core.shapes import RequestBody
from people.access import PAGED, ScopedView, caller, page_of
from people.policies import is_reviewer
from services import remarks
from services.models import Remark


class RemarkIn(RequestBody):
    """What is not so; `data` and `other` need a text."""

    kind = serializers.ChoiceField(choices=Remark.Kind.choices)
    text = serializers.CharField(
        max_length=remarks.LONGEST, required=False, allow_blank=True, default=""
    )


class RemarkOut(serializers.Serializer[Any]):
    """A remark and what came of it; the token is known only to who wrote it."""

    service = serializers.CharField(source="service.public_id")
    kind = serializers.CharField()
    text = serializers.CharField()
    at = serializers.DateTimeField()
    outcome = serializers.ChoiceField(choices=Remark.Outcome.choices)
    answer = serializers.CharField()
    closed_at = serializers.DateTimeField(allow_null=True)


class RemarkMade(RemarkOut):
    """What the writer keeps to find the answer: /api/v1/remarks/{token}/."""

    token = serializers.CharField()


class OfficeRemark(RemarkOut):
    """A remark in the office's queue."""

    id = serializers.IntegerField(source="pk")


class RemarkClosing(RequestBody):
    """The office's answer."""

    outcome = serializers.ChoiceField(
        choices=[one for one in Remark.Outcome.choices if one[0] != Remark.Outcome.OPEN]
    )
    answer = serializers.CharField(max_length=1000)


class Public(APIView):
    """Nobody signs in for these, and nobody's cookies count."""

    authentication_classes = ()
    permission_classes = (permissions.AllowAny,)


class ServiceRemarks(Public):
    """Say that a published service is not so; ten an hour from one address."""

    refuses: ClassVar[Any] = {"POST": (WrongState,)}
    throttle_classes = (remarks.RemarkThrottle,)

    @extend_schema(operation_id="remarks_create", request=RemarkIn, responses={201: RemarkMade})
    def post(self, request: Request, public_id: str) -> Response:
        service = remarks.service_of(public_id)
        given = RemarkIn(data=request.data)
        given.is_valid(raise_exception=True)
        made = remarks.say(service, **given.validated_data)
        return Response(RemarkMade(made).data, status=201)


class RemarkDetail(Public):
    """What came of a remark."""

    @extend_schema(operation_id="remarks_retrieve", responses=RemarkOut)
    def get(self, request: Request, token: str) -> Response:
        # Public only for who has the address.
        shown = RemarkOut(remarks.remark_of(token)).data
        return Response(shown, headers={"Cache-Control": "no-store"})


class _Office(ScopedView):
    scopes: ClassVar[dict[str, str]] = {"GET": "review", "POST": "review"}

    def office(self, request: Request) -> None:
        """Raises NotAllowed for anybody else."""
        if not is_reviewer(request.user):
            raise NotAllowed("not-the-office", _("Risponde solo l'ufficio metropolitano."))


class RemarkList(_Office):
    """The office's queue, oldest first."""

    @extend_schema(
        operation_id="remarks_list",
        parameters=[
            OpenApiParameter("outcome", str, enum=Remark.Outcome.values),
            *PAGED,
        ],
        responses=page_of(OfficeRemark),
    )
    def get(self, request: Request) -> Response:
        self.office(request)
        outcome = choice(
            request.query_params, "outcome", Remark.Outcome.values, Remark.Outcome.OPEN
        )
        found = Remark.objects.select_related("service").filter(outcome=outcome)
        return self.paged(request, found, lambda some: OfficeRemark(some, many=True).data)


class RemarkClose(_Office):
    """The office's answer to a remark."""

    refuses: ClassVar[Any] = {"POST": (WrongState,)}

    @extend_schema(
        operation_id="remarks_close", request=RemarkClosing, responses={200: OfficeRemark}
    )
    def post(self, request: Request, pk: int) -> Response:
        self.office(request)
        remark = get_object_or_404(Remark, pk=pk)
        given = RemarkClosing(data=request.data)
        given.is_valid(raise_exception=True)
        remarks.close(remark, user=caller(request), **given.validated_data)
        return Response(OfficeRemark(Remark.objects.get(pk=pk)).data)
