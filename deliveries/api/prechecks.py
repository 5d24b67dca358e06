"""The check without account over HTTP: send a file, take its report; and the report's schema."""

from dataclasses import asdict
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import permissions, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.bodies import file_bytes, takes
from core.errors import DomainError
from core.shapes import RequestBody
from deliveries import precheck
from deliveries.allowed import allowed
from deliveries.api.sending import FILE_HELP
from deliveries.reports import rulebook
from deliveries.reports.wording import asked_language, language
from deliveries.waiting import place_of_errand
from validator.reading.format import Format
from validator.reading.registry import FORMATS
from zones.models import Municipality

JSON = "application/json; charset=utf-8"
JSON_SCHEMA = "application/schema+json"


class CheckFailed(DomainError):
    """A check that stopped through our fault."""

    status = 500


class NewCheck(RequestBody):
    """A file to check and what may be said of it."""

    file = serializers.FileField(allow_empty_file=True, max_length=255, help_text=FILE_HELP)
    municipality = serializers.PrimaryKeyRelatedField(
        queryset=Municipality.objects.current(), help_text="Codice ISTAT, sei cifre"
    )
    layer = serializers.ListField(
        child=serializers.CharField(max_length=200),
        required=False,
        help_text="Strato da leggere; si può ripetere",
    )
    crs = serializers.RegexField(
        r"^([Ee][Pp][Ss][Gg]:)?[0-9]{4,6}$", required=False, help_text="Per esempio EPSG:3003"
    )
    date = serializers.DateField(required=False, help_text="Giorno di riferimento")


class CheckState(serializers.Serializer[Any]):
    """A check that is not over yet."""

    id = serializers.CharField(source="token")
    status = serializers.ChoiceField(choices=[precheck.WAITING, precheck.CHECKING])
    seconds_left = serializers.IntegerField(
        help_text="Fra quanti secondi la verifica sarà cancellata"
    )
    queue = serializers.SerializerMethodField()

    def get_queue(self, ticket: precheck.Ticket) -> dict[str, Any] | None:
        """How many are before it and in how many minutes its turn usually comes; null once it is
        under way."""
        place = place_of_errand(ticket.job)
        return asdict(place) if place else None


class Open(APIView):
    """For anybody: no account is looked at."""

    authentication_classes = ()
    permission_classes = (permissions.AllowAny,)


class AcceptedFormat(serializers.Serializer[Format]):
    """A format that a file may have."""

    name = serializers.CharField()
    title = serializers.SerializerMethodField()
    suffixes = serializers.ListField(child=serializers.CharField())

    def get_title(self, accepted: Format) -> str:
        return accepted.title(language())


class CheckTerms(serializers.Serializer[Any]):
    """What a check without account takes, and for how long its report can be read."""

    upload_bytes = serializers.IntegerField()
    unpacked_bytes = serializers.IntegerField()
    rows = serializers.IntegerField()
    seconds_kept = serializers.IntegerField()
    formats = AcceptedFormat(many=True)
    rule_set = serializers.CharField()


@takes(file_bytes)
class CheckList(Open):
    """POST checks a file; nothing of it is kept beyond the stated hour. GET says the limits."""

    def get_throttles(self) -> list[Any]:
        return [precheck.PrecheckThrottle()] if self.request.method == "POST" else []

    @extend_schema(operation_id="checks_terms", responses=CheckTerms)
    def get(self, request: Request) -> Response:
        bounds = allowed()
        terms = {
            "upload_bytes": bounds.upload_bytes,
            "unpacked_bytes": bounds.unpacked_bytes,
            "rows": bounds.rows,
            "seconds_kept": settings.PRECHECK_SECONDS,
            "formats": FORMATS,
            "rule_set": rulebook.version(),
        }
        return Response(CheckTerms(terms).data)

    @extend_schema(
        operation_id="checks_create",
        request={"multipart/form-data": NewCheck},
        responses={202: CheckState},
    )
    def post(self, request: Request) -> Response:
        given = NewCheck(data=request.data)
        given.is_valid(raise_exception=True)
        asked = given.validated_data
        options: dict[str, Any] = {"layers": asked.get("layer", [])}
        if crs := asked.get("crs"):
            options["crs"] = int(crs.upper().removeprefix("EPSG:"))
        ticket = precheck.receive(
            asked["file"],
            municipality=asked["municipality"],
            options=options,
            day=asked.get("date"),
        )
        return _state(ticket)


def _state(ticket: precheck.Ticket) -> Response:
    headers = {
        "Location": reverse("api-check", args=[ticket.token]),
        "Retry-After": "1",
        "Cache-Control": "no-store",
    }
    return Response(CheckState(ticket).data, status=202, headers=headers)


class CheckDetail(Open):
    """202 with the state while the check runs; then 200 with the report until its hour ends."""

    @extend_schema(
        operation_id="checks_read",
        parameters=[OpenApiParameter("language", str, enum=["it", "en"])],
        responses={200: OpenApiTypes.OBJECT, 202: CheckState},
    )
    def get(self, request: Request, token: str) -> Response | HttpResponse:
        ticket = precheck.ticket_of(token)
        if ticket.status == precheck.FAILED:
            message = _("Un nostro problema ha interrotto il controllo. Riferimento: %(ref)s.")
            raise CheckFailed("check-failed", message % {"ref": ticket.reference})
        if not ticket.is_over:
            return _state(ticket)
        language = asked_language(request.query_params)
        body = precheck.report_of(ticket, language)
        return HttpResponse(body, content_type=JSON, headers={"Cache-Control": "no-store"})


class ReportSchema(Open):
    """The JSON Schema of the report."""

    media_types = (JSON_SCHEMA,)

    @extend_schema(
        operation_id="report_schema", responses={(200, JSON_SCHEMA): OpenApiTypes.OBJECT}
    )
    def get(self, request: Request) -> HttpResponse:
        return HttpResponse(_schema(), content_type=JSON_SCHEMA)


@cache
def _schema() -> bytes:
    path = settings.BASE_DIR / "docs" / "report.schema.json"
    body: bytes = path.read_bytes()
    return body
