"""What goes on around a delivery: offered answers, effects, receipt, the file, the thread."""

import uuid
from typing import Any, ClassVar

from django.http import FileResponse, HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.errors import NoLongerKept, WrongState
from core.shapes import RequestBody
from deliveries import originals, selectors
from deliveries.actions import answers, intake, review
from deliveries.api import serializers as shapes
from deliveries.api.access import DeliveryView, ReportView
from deliveries.api.deliveries import shown
from deliveries.publishing import impact
from deliveries.reports import story
from deliveries.reports.receipt import as_pdf, receipt_of, said_of
from deliveries.reports.steps import has_report
from notices.api import MessageIn, ThreadLineOut
from people.access import KEY, PAGED, caller, page_of

PDF = "application/pdf"


class OfferedOut(shapes.AnswerOut):
    """An answer of an earlier delivery that still fits, and which delivery that was."""

    id = serializers.IntegerField(source="pk")
    given_in = serializers.UUIDField(source="delivery_id")


class TakeIn(RequestBody):
    """Which of the answers offered are given again; nothing named: all of them."""

    code = serializers.CharField(max_length=8, required=False, default="")
    ids = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=KEY),
        required=False,
        default=None,
        allow_null=True,
    )


class TakenOut(serializers.Serializer[Any]):
    """How many answers were given again."""

    taken = serializers.IntegerField()


class OfferedAnswers(DeliveryView):
    """Answers that travel: the same finding on the same unchanged record offers the old one."""

    @extend_schema(
        operation_id="deliveries_answers_offered",
        parameters=PAGED,
        responses=page_of(OfferedOut),
    )
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        found = selectors.offered(self.delivery(request, pk))
        return self.paged(request, found, lambda some: OfferedOut(some, many=True).data)

    @extend_schema(
        operation_id="deliveries_answers_take", request=TakeIn, responses={201: TakenOut}
    )
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        delivery = self.delivery(request, pk)
        given = TakeIn(data=request.data)
        given.is_valid(raise_exception=True)
        taken = answers.take_offered(delivery, user=caller(request), **given.validated_data)
        return Response({"taken": taken}, status=201)


class FigureOut(serializers.Serializer[Any]):
    """A figure of a sheet that would change."""

    label = serializers.CharField()  # type: ignore[assignment]
    before = serializers.FloatField()
    after = serializers.FloatField()
    rate = serializers.BooleanField(help_text="Ogni 10.000 abitanti")


class SheetOut(serializers.Serializer[Any]):
    """A sheet of which figures would change."""

    name = serializers.CharField()
    figures = FigureOut(many=True)


class ImpactOut(serializers.Serializer[Any]):
    """What the delivery would do if all of it were accepted."""

    changes = serializers.IntegerField()
    confirmed = serializers.IntegerField()
    kinds = serializers.DictField(child=serializers.IntegerField())
    sheets = SheetOut(many=True)
    others = serializers.IntegerField(
        help_text="Comuni in cui cambiano valori, oltre quelli elencati"
    )


class ImpactPreview(ReportView):
    """Which figures of the sheets of comuni and zones would change; nothing is written."""

    @extend_schema(responses=ImpactOut)
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        delivery = self.checked(request, pk)
        found = impact.preview(delivery) if has_report(delivery) else None
        if found is None:
            raise WrongState(
                "no-preview",
                _("Gli effetti si vedono prima dell'invio, e fino a 20.000 righe."),
                state=delivery.status,
            )
        return Response(ImpactOut(found).data)


NUMBERED = OpenApiParameter("number", str, description="Di un invio precedente")


class SaidAtSubmission(serializers.Serializer[Any]):
    """What a rule said of the submission; a warning was confirmed by its sender."""

    code = serializers.CharField()
    severity = serializers.CharField()
    message = serializers.CharField()
    confirmed = serializers.BooleanField()


class ReceiptOut(serializers.Serializer[Any]):
    """The proof of a submission, with what was said then."""

    number = serializers.CharField()
    at = serializers.DateTimeField()
    sha256 = serializers.CharField()
    by = serializers.CharField()
    row_count = serializers.IntegerField()
    blocked_count = serializers.IntegerField()
    act = serializers.CharField()
    act_date = serializers.DateField(allow_null=True)
    reference_date = serializers.DateField(allow_null=True)
    findings = SaidAtSubmission(many=True, source="said")


class ReceiptDetail(DeliveryView):
    """The receipt of the last submission, or of an earlier one."""

    @extend_schema(parameters=[NUMBERED], responses=ReceiptOut)
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        delivery = self.delivery(request, pk)
        found = receipt_of(delivery, request.GET.get("number", ""))
        found.said = said_of(found)  # type: ignore[attr-defined]
        return Response(ReceiptOut(found).data)


class ReceiptPdf(DeliveryView):
    """The receipt on paper."""

    media_types = (PDF,)

    @extend_schema(parameters=[NUMBERED], responses={(200, PDF): OpenApiTypes.BINARY})
    def get(self, request: Request, pk: uuid.UUID) -> HttpResponse:
        delivery = self.delivery(request, pk)
        found = receipt_of(delivery, request.GET.get("number", ""))
        headers = {"Content-Disposition": f'attachment; filename="ricevuta-{found.number}.pdf"'}
        return HttpResponse(as_pdf(delivery, found), content_type=PDF, headers=headers)


class Original(DeliveryView):
    """The delivered file as it came, under its own name."""

    refuses: ClassVar[Any] = {"GET": (NoLongerKept,)}
    media_types = ("application/octet-stream",)

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    def get(self, request: Request, pk: uuid.UUID) -> FileResponse:
        delivery = self.delivery(request, pk)
        return FileResponse(
            originals.given_back(delivery),
            as_attachment=True,
            filename=delivery.file_name,
            content_type="application/octet-stream",
        )


class Thread(DeliveryView):
    """Messages and acts of comune and office, oldest first; POST writes one."""

    # The office writes with a key made for its review.
    scopes: ClassVar[dict[str, str]] = {"GET": "read", "POST": "upload review"}

    @extend_schema(operation_id="deliveries_messages_list", responses=ThreadLineOut(many=True))
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        return Response(ThreadLineOut(story.thread(self.delivery(request, pk)), many=True).data)

    @extend_schema(
        operation_id="deliveries_messages_create",
        request=MessageIn,
        responses={201: ThreadLineOut(many=True)},
    )
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        delivery = self.delivery(request, pk)
        given = MessageIn(data=request.data)
        given.is_valid(raise_exception=True)
        review.message(delivery, user=caller(request), text=given.validated_data["text"])
        return Response(ThreadLineOut(story.thread(delivery), many=True).data, status=201)


class TakeOver(DeliveryView):
    """Go on with a colleague's open delivery."""

    @extend_schema(request=None, responses=shapes.DeliveryOut)
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        delivery = self.delivery(request, pk)
        intake.take_over(delivery, user=caller(request))
        return shown(delivery, request)
