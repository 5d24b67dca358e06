"""One service: what is shown of it, the records it
is made of in both readings, and its history."""

import datetime as dt
import json
from typing import Any, ClassVar

from django.http import HttpResponsePermanentRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import DAY, PublicRead
from core.errors import DomainError, NotFound
from services.api.features import GEOJSON, site
from services.api.schema import (
    ServiceFeatureSerializer,
    ServicePropertiesSerializer,
)
from services.filters import ServiceFilter
from services.geojson import feature_page
from services.models import Record, Service, ServiceEvent, ServiceState
from services.selectors import ServiceStory, for_page, service_story
from validator.schema import FIELDS
from zones.days import day_asked, end_of

#: Fields that anybody may see: contacts and what only served to read the file are withheld.
PUBLIC = frozenset(field.name for field in FIELDS if field.public)


class Gone(DomainError):
    """It was here and is no more."""

    status = 410


class RecordSerializer(serializers.ModelSerializer[Record]):
    """What one source says, from one edition to another."""

    item = serializers.IntegerField(source="item_id")
    source = serializers.CharField(source="item.source.slug")  # type: ignore[assignment]
    reading = serializers.IntegerField(source="item.source.reading")
    key = serializers.CharField(source="item.key")
    type = serializers.CharField(source="kind_id", allow_null=True)
    municipality = serializers.CharField(source="municipality_id", allow_null=True)
    from_edition = serializers.DateTimeField(source="from_edition.published_at")
    to_edition = serializers.SerializerMethodField()
    attributes = serializers.SerializerMethodField()

    class Meta:
        model = Record
        fields = (
            "item",
            "source",
            "reading",
            "key",
            "from_edition",
            "to_edition",
            "name",
            "type",
            "status",
            "valence",
            "municipality",
            "accuracy",
            "row",
            "attributes",
        )

    @extend_schema_field(serializers.DateTimeField(allow_null=True))
    def get_to_edition(self, record: Record) -> str | None:
        """Null also where it ended after the day asked for."""
        ended, before = record.to_edition, self.context.get("before")
        if ended is None or (before and ended.published_at >= before):
            return None
        shown: str = serializers.DateTimeField().to_representation(ended.published_at)
        return shown

    def get_attributes(self, record: Record) -> dict[str, Any]:
        return {name: value for name, value in record.attributes.items() if name in PUBLIC}


class EventSerializer(serializers.ModelSerializer[ServiceEvent]):
    """What happened and in which edition."""

    source = serializers.CharField(  # type: ignore[assignment]
        source="edition.source.slug", allow_null=True, default=None
    )
    edition = serializers.IntegerField(source="edition.number", allow_null=True, default=None)

    class Meta:
        model = ServiceEvent
        fields = ("at", "verb", "source", "edition")


class AssessmentSerializer(serializers.ModelSerializer[ServiceState]):
    """The four values of the valence on that day, with the criteria in use and their reasons."""

    criteria = serializers.CharField(source="criteria_set.version", allow_null=True, default=None)

    class Meta:
        model = ServiceState
        fields = ("criteria", "declared", "proposed", "validated", "confirmed", "reasons")


class ServiceDetailPropertiesSerializer(ServicePropertiesSerializer):
    """A service's properties and everything it is made of."""

    origins = serializers.DictField(
        child=serializers.IntegerField(), help_text="Per shown attribute, the item it comes from."
    )
    records = RecordSerializer(many=True)
    past_records = RecordSerializer(many=True)
    events = EventSerializer(many=True)
    assessment = AssessmentSerializer()


class ServiceDetailSerializer(ServiceFeatureSerializer):
    """A service as a feature, with records and history among its properties."""

    properties = ServiceDetailPropertiesSerializer()


class ServiceDetail(PublicRead):
    """One service with its records."""

    refuses: ClassVar[Any] = {"GET": (Gone,)}
    media_types = (GEOJSON,)

    @extend_schema(
        operation_id="services_retrieve",
        parameters=[DAY],
        responses={
            (200, GEOJSON): ServiceDetailSerializer,
            308: None,
        },
    )
    def get(self, request: Request, public_id: str) -> HttpResponseBase:
        service = Service.objects.select_related("redirect_to").filter(public_id=public_id).first()
        if service is None:
            raise NotFound("service", _("Non c'è un servizio con questo identificativo."))
        if service.redirect_to is not None:
            here = reverse("api-service", args=[service.redirect_to.public_id])
            tail = f"?{query}" if (query := request.query_params.urlencode()) else ""
            return HttpResponsePermanentRedirect(here + tail, preserve_request=True)
        day = day_asked(request.query_params)
        if service.retired_at is not None and end_of(day) is None:
            message = _("Il servizio non è più pubblicato: %(why)s.")
            why = service.retired_reason or _("ritirato")
            raise Gone("service-retired", message % {"why": why}, retired_at=service.retired_at)
        return Response(_feature(service, day), content_type=GEOJSON)


def _feature(service: Service, day: dt.date | None) -> dict[str, Any]:
    """The service as it is, or as it stood at the end of a day gone by."""
    chosen = ServiceFilter(id=(service.public_id,), level="all", al=day)
    page = feature_page(chosen.hits(), site=site(), after=0, limit=1)
    if not page.returned:
        raise NotFound("service-not-then", _("Quel giorno il servizio non era pubblicato."))
    story = service_story(for_page(chosen.queryset()).get(), before=chosen.before)
    feature: dict[str, Any] = json.loads(page.features)
    feature["properties"] |= _made_of(story, chosen.before)
    return feature


def _made_of(story: ServiceStory, before: dt.datetime | None) -> dict[str, Any]:
    for said in story.said:
        said.record.item = said.item
    return {
        "origins": story.service.origins,
        "records": RecordSerializer(
            [said.record for said in story.said], many=True, context={"before": before}
        ).data,
        "past_records": RecordSerializer(story.past, many=True).data,
        "events": EventSerializer(story.events, many=True).data,
        "assessment": AssessmentSerializer(story.service).data,
    }
