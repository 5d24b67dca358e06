"""Deliveries over HTTP: send, list, look, findings and files, mend, answer, submit, withdraw."""

import datetime as dt
import json
import uuid
from collections.abc import Iterator
from functools import partial
from typing import Any, ClassVar

from django.http import StreamingHttpResponse
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from core.asked import choice, number
from core.bodies import ROWS, file_bytes, takes
from core.errors import DomainError, NotAllowed, wrong_parameter
from deliveries.actions import answers, intake, review
from deliveries.api import sending
from deliveries.api import serializers as shapes
from deliveries.api.access import DeliveryView, ReportView, WriteThrottle
from deliveries.checks.submission import statement_of
from deliveries.models import Delivery, Finding
from deliveries.policies import may_submit
from deliveries.reports import document, page
from deliveries.reports.wording import asked_language
from deliveries.states import DeliveryStatus
from people.access import LIMIT, MOST, PAGE, PAGED, caller, page_of
from validator.findings import Severity, together


def shown(
    delivery: Delivery, request: Request, *, status: int = 200, again: bool = False
) -> Response:
    """A delivery as answer, at its own address; `again`: its file was just sent once more."""
    body = shapes.DeliveryOut(delivery, context={"request": request, "again": again}).data
    response = Response(body, status=status)
    if status == 202:
        response["Location"] = reverse("api-upload", args=[delivery.pk])
        response["Retry-After"] = "1"
    return response


#: Its like again is the same sending again.
IDEMPOTENCY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "maxLength": intake.MOST_KEY},
    OpenApiParameter.HEADER,
)


class DeliveryPage(serializers.Serializer[Any]):
    """A page of deliveries, newest first."""

    results = shapes.DeliveryOut(many=True)
    next = serializers.URLField(allow_null=True)


@takes(file_bytes)
class DeliveryList(DeliveryView):
    """The caller's deliveries, newest first; POST sends a file."""

    throttle_classes = (WriteThrottle,)
    throttle_scope = "upload"
    refuses: ClassVar[Any] = {"POST": (DomainError,)}

    @extend_schema(
        operation_id="deliveries_list",
        parameters=[
            OpenApiParameter("municipality", str, description="Codice ISTAT"),
            OpenApiParameter("source", str, description="Slug della fonte"),
            OpenApiParameter("status", str, enum=DeliveryStatus.values),
            LIMIT,
            OpenApiParameter("before", dt.datetime, description="created_at dell'ultima letta"),
        ],
        responses=DeliveryPage,
    )
    def get(self, request: Request) -> Response:
        asked = request.query_params
        limit = number(asked, "limit", default=PAGE, most=MOST)
        found = Delivery.objects.for_user(request.user).with_waiting()
        found = found.with_sender().select_related("edition").prefetch_related("receipts")
        if "municipality" in asked:
            found = found.filter(source__municipality=asked["municipality"])
        if "source" in asked:
            found = found.filter(source__slug=asked["source"])
        if status := choice(asked, "status", DeliveryStatus.values):
            found = found.filter(status=status)
        if "before" in asked:
            found = found.filter(created_at__lt=_moment(asked["before"]))
        listed = list(found.order_by("-created_at")[:limit])
        context = {"request": request, "brief": True}
        results = shapes.DeliveryOut(listed, many=True, context=context).data
        return Response({"results": results, "next": self._next(request, listed, limit)})

    def _next(self, request: Request, listed: list[Delivery], limit: int) -> str | None:
        if len(listed) < limit:
            return None
        query = request.query_params.copy()
        query["before"] = listed[-1].created_at.isoformat()
        return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")

    @extend_schema(
        operation_id="deliveries_create",
        request={"multipart/form-data": sending.NewDelivery},
        parameters=[IDEMPOTENCY],
        responses={202: shapes.DeliveryOut},
    )
    def post(self, request: Request) -> Response:
        given = sending.NewDelivery(data=request.data, context={"request": request})
        given.is_valid(raise_exception=True)
        received = intake.receive(
            caller(request),
            sender=given.validated_data["sender"],
            file=given.validated_data["file"],
            idempotency_key=request.headers.get("Idempotency-Key", ""),
            take_over=given.validated_data["take_over"],
        )
        again = received.duplicate
        response = shown(received.delivery, request, status=202, again=again)
        response["Idempotency-Replayed"] = "true" if received.duplicate else "false"
        return response


def _moment(text: str) -> dt.datetime:
    """A moment of the parameter `before`. Raises Invalid."""
    try:
        found = parse_datetime(text.replace(" ", "+"))
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise wrong_parameter("before", _("serve un momento come 2026-06-30T12:00:00Z"))
    return found


class ConfirmationList(DeliveryView):
    """«Nothing changed»: opens a submission without a file, to be submitted like the others."""

    throttle_classes = (WriteThrottle,)
    throttle_scope = "upload"

    @extend_schema(request=sending.NewConfirmation, responses={202: shapes.DeliveryOut})
    def post(self, request: Request) -> Response:
        given = sending.NewConfirmation(data=request.data, context={"request": request})
        given.is_valid(raise_exception=True)
        sender = given.validated_data["sender"]
        return shown(intake.confirm_unchanged(caller(request), sender=sender), request, status=202)


class DeliveryDetail(DeliveryView):
    """One delivery: status, progress, counts, links."""

    @extend_schema(responses=shapes.DeliveryOut)
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        return shown(self.delivery(request, pk), request)


SEVERITIES = [one.value for one in Severity]


class NdjsonRenderer(BaseRenderer):
    """Lets `?format=ndjson` through the negotiation; the view streams by itself."""

    media_type = "application/x-ndjson"
    format = "ndjson"

    def render(self, data: Any, *_args: Any, **_kwargs: Any) -> bytes:
        return json.dumps(data).encode() + b"\n"


class FindingList(ReportView):
    """Findings, a keyset page at a time, or all of them as a stream with `?format=ndjson`."""

    renderer_classes = (JSONRenderer, NdjsonRenderer)

    @extend_schema(
        parameters=[
            OpenApiParameter("code", str),
            OpenApiParameter("severity", str, enum=SEVERITIES),
            *PAGED,
        ],
        responses={
            (200, JSONRenderer.media_type): page_of(shapes.FindingOut),
            (200, NdjsonRenderer.media_type): OpenApiTypes.BINARY,
        },
    )
    def get(self, request: Request, pk: uuid.UUID) -> Response | StreamingHttpResponse:
        delivery, asked = self.checked(request, pk), request.query_params
        found = Finding.objects.of(delivery).order_by("pk")
        if "code" in asked:
            found = found.filter(code=asked["code"])
        if severity := choice(asked, "severity", SEVERITIES):
            found = found.filter(severity=severity)
        if getattr(request.accepted_renderer, "format", "") == "ndjson":
            return StreamingHttpResponse(
                _stream(delivery, found), content_type=NdjsonRenderer.media_type
            )
        return self.paged(request, found, partial(_told, delivery))


def _told(delivery: Delivery, findings: list[Finding]) -> list[dict[str, Any]]:
    context = {"staged": page.staged_rows(delivery, findings)}
    return list(shapes.FindingOut(findings, many=True, context=context).data)


def _stream(delivery: Delivery, found: Any) -> Iterator[bytes]:
    """Findings as lines of JSON, some at a time, so that memory stays that of some."""
    for some in together(found.light(), lambda one: len(one.rows)):
        yield _as_lines(delivery, some)


def _as_lines(delivery: Delivery, chunk: list[Finding]) -> bytes:
    lines = (json.dumps(one, ensure_ascii=False, default=str) for one in _told(delivery, chunk))
    return "".join(f"{line}\n" for line in lines).encode()


class ReportDocument(ReportView):
    """The report as one JSON document, the same bytes as the page's and the command line's."""

    @extend_schema(
        parameters=[OpenApiParameter("language", str, enum=["it", "en"])],
        responses=OpenApiTypes.OBJECT,
    )
    def get(self, request: Request, pk: uuid.UUID) -> StreamingHttpResponse:
        delivery = self.checked(request, pk)
        language = asked_language(request.query_params)
        body = document.stored_blocks(delivery, language=language)
        return StreamingHttpResponse(body, content_type="application/json; charset=utf-8")


class AnsweredOut(serializers.Serializer[Any]):
    """How many warnings were answered."""

    answers = serializers.IntegerField()


class AnswerList(DeliveryView):
    """Answers to warnings."""

    @extend_schema(parameters=PAGED, responses=page_of(shapes.AnswerOut))
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        given = self.delivery(request, pk).answers.select_related("by")
        return self.paged(request, given, lambda some: shapes.AnswerOut(some, many=True).data)

    @extend_schema(request=shapes.NewAnswer, responses={201: AnsweredOut})
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        delivery = self.delivery(request, pk)
        given = shapes.NewAnswer(data=request.data)
        given.is_valid(raise_exception=True)
        return Response(
            {"answers": answers.answer(delivery, user=caller(request), **given.validated_data)},
            status=201,
        )


@takes(ROWS)
class ColumnMapping(DeliveryView):
    """What was understood of the columns; POST confirms: {layer: {column: field or null}}."""

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        delivery = self.delivery(request, pk)
        return Response({"layers": delivery.mapping, "facts": delivery.facts})

    @extend_schema(
        request={"application/json": shapes.COLUMNS}, responses={202: shapes.DeliveryOut}
    )
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        delivery = self.delivery(request, pk)
        mapping = shapes.ColumnChoices(data={"layers": request.data})
        mapping.is_valid(raise_exception=True)
        chosen = merged(delivery, mapping.validated_data["layers"])
        answers.confirm_columns(delivery, user=caller(request), mapping=chosen)
        return shown(delivery, request, status=202)


def merged(
    delivery: Delivery, given: dict[str, dict[str, str | None]]
) -> dict[str, dict[str, str | None]]:
    """The choices over what was understood: a column that is not named stays as it was."""
    known = {
        layer: {match["column"]: match["field"] for match in facts.get("columns", [])}
        for layer, facts in delivery.mapping.items()
    }
    return {layer: {**fields, **given.get(layer, {})} for layer, fields in known.items()}


@takes(ROWS)
class RowEdits(DeliveryView):
    """Mend a row; the delivery is checked again."""

    scopes: ClassVar[dict[str, str]] = {"POST": "upload"}

    @extend_schema(request=shapes.RowEdit, responses={202: shapes.DeliveryOut})
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        delivery = self.delivery(request, pk)
        given = shapes.RowEdit(data=request.data)
        given.is_valid(raise_exception=True)
        answers.edit_row(delivery, user=caller(request), **given.validated_data)
        return shown(delivery, request, status=202)


class Submit(DeliveryView):
    """Send to the office; only an operator of the comune or body may."""

    @extend_schema(request=shapes.SubmissionIn, responses=shapes.DeliveryOut)
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        delivery = self.delivery(request, pk)
        if not may_submit(request.user, delivery):
            raise NotAllowed(
                "not-operator",
                _("Un consulente prepara la consegna; la invia un operatore."),
            )
        given = shapes.SubmissionIn(data=request.data)
        given.is_valid(raise_exception=True)
        said = statement_of(given.validated_data)
        review.submit(delivery, user=caller(request), statement=said)
        return shown(self.delivery(request, pk), request)


class Withdraw(DeliveryView):
    """Take the delivery back."""

    @extend_schema(request=shapes.ActionNote, responses=shapes.DeliveryOut)
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        delivery = self.delivery(request, pk)
        given = shapes.ActionNote(data=request.data)
        given.is_valid(raise_exception=True)
        intake.withdraw(delivery, user=caller(request), note=given.validated_data["note"])
        return shown(delivery, request)


@takes(ROWS)
class Recheck(DeliveryView):
    """Check again: after a failure of ours, or with other choices (crs, layers, undone,
    accepted); a returned delivery is taken up again. Not of a confirmation, which has no file."""

    @extend_schema(request=shapes.Choices, responses={202: shapes.DeliveryOut})
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        delivery = self.delivery(request, pk)
        given = shapes.Choices(data=request.data)
        given.is_valid(raise_exception=True)
        intake.recheck(delivery, user=caller(request), options=dict(given.validated_data))
        return shown(delivery, request, status=202)
