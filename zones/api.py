"""REST reads of the territory."""

import datetime as dt
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework_gis.serializers import GeoFeatureModelSerializer

from core.api import DAY, Crs84Field, PublicReadSet, as_crs84
from core.errors import wrong_parameter
from zones.days import day_asked
from zones.models import Municipality, Zone
from zones.selectors import ComparedFigure, in_use, population_profile, zone_summary


class FigureSerializer(serializers.Serializer[ComparedFigure]):
    """A figure as a document states it, beside the computed one; null where one of them is
    missing."""

    figure = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    unit = serializers.CharField()
    official = serializers.DecimalField(16, 2, allow_null=True)
    computed = serializers.DecimalField(18, 4, allow_null=True)
    difference = serializers.DecimalField(18, 4, allow_null=True)
    note = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]


class IndicatorFigureSerializer(serializers.Serializer[Any]):
    """An indicator of the comune in a year."""

    indicator = serializers.CharField(source="indicator.slug")
    name = serializers.CharField(source="indicator.name")
    unit = serializers.CharField(source="indicator.unit")
    year = serializers.IntegerField()
    value = serializers.DecimalField(18, 4)


class ZoneSerializer(GeoFeatureModelSerializer):  # type: ignore[misc]
    """A zone of the STTM 2 as a GeoJSON feature."""

    geometry = Crs84Field(source="crs84")
    municipalities = serializers.SerializerMethodField()

    class Meta:
        model = Zone
        geo_field = "geometry"
        id_field = "slug"
        fields: tuple[str, ...] = ("slug", "name", "name_en", "municipalities")

    def get_municipalities(self, zone: Zone) -> int:
        return int(zone.memberships.in_force(self.context["day"]).count())


class ZoneDetailSerializer(ZoneSerializer):
    """A zone with its comuni and its figures, official and computed."""

    comuni = serializers.SerializerMethodField()
    figures = serializers.SerializerMethodField()

    class Meta(ZoneSerializer.Meta):
        fields: tuple[str, ...] = (*ZoneSerializer.Meta.fields, "comuni", "figures")

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_comuni(self, zone: Zone) -> list[str]:
        codes = zone.memberships.in_force(self.context["day"]).values_list(
            "municipality", flat=True
        )
        return sorted(codes)

    @extend_schema_field(FigureSerializer(many=True))
    def get_figures(self, zone: Zone) -> Any:
        figures: Any = zone_summary(zone, self.context["day"]).figures
        return FigureSerializer(figures, many=True).data


def _outlined(places: QuerySet[Any]) -> QuerySet[Any]:
    """With their outlines as the answer has them, and without those that it does not show."""
    outlined: QuerySet[Any] = places.annotate(crs84=as_crs84("geometry"))
    return outlined.defer("geometry", "geometry_web")


class _DatedSet(PublicReadSet):
    """A collection in which comuni and zones belong together as on the day asked for."""

    dated = True

    @cached_property
    def day(self) -> dt.date | None:
        return day_asked(self.request.query_params)

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "day": self.day}


@extend_schema(parameters=[DAY])
class ZoneViewSet(_DatedSet):
    """The eight zones: seven Zone omogenee and Milano."""

    lookup_field = "slug"

    def get_queryset(self) -> QuerySet[Zone]:
        return _outlined(Zone.objects.all())

    def get_serializer_class(self) -> Any:
        return ZoneDetailSerializer if self.action == "retrieve" else ZoneSerializer


class MunicipalitySerializer(GeoFeatureModelSerializer):  # type: ignore[misc]
    """A comune as a GeoJSON feature."""

    geometry = Crs84Field(source="crs84")
    zone = serializers.CharField(source="zone_slug", allow_null=True, read_only=True)

    class Meta:
        model = Municipality
        geo_field = "geometry"
        id_field = "istat"
        fields: tuple[str, ...] = (
            "istat",
            "cadastral_code",
            "name",
            "slug",
            "zone",
            "polo_attrattore",
            "citta_centrale",
            "role_source",
            "role_source_url",
            "role_year",
            "boundary_accuracy_m",
            "boundary_source",
        )


class MunicipalityDetailSerializer(MunicipalitySerializer):
    """A comune with its residents by age and year and its computed figures."""

    indicators = serializers.SerializerMethodField()

    class Meta(MunicipalitySerializer.Meta):
        fields = (*MunicipalitySerializer.Meta.fields, "note", "indicators")

    @extend_schema_field(IndicatorFigureSerializer(many=True))
    def get_indicators(self, comune: Municipality) -> Any:
        return IndicatorFigureSerializer(population_profile([comune.istat]), many=True).data


@extend_schema(
    parameters=[
        OpenApiParameter("zone", str, description="Slug of a zone: only its comuni."),
        DAY,
    ]
)
class MunicipalityViewSet(_DatedSet):
    """The 133 comuni, by ISTAT code; a code of before leads to the one in use."""

    lookup_field = "istat"

    @extend_schema(
        parameters=[OpenApiParameter("zone", exclude=True)],
        responses={200: MunicipalityDetailSerializer, 308: None},
    )
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        asked = self.kwargs["istat"]
        code = in_use([asked], self.day)[asked]
        if code == asked:
            return super().retrieve(request, *args, **kwargs)
        address = reverse("api-municipality-detail", kwargs={**self.kwargs, "istat": code})
        tail = f"?{query}" if (query := request.query_params.urlencode()) else ""
        return HttpResponse(status=308, headers={"Location": address + tail})

    def get_queryset(self) -> QuerySet[Municipality]:
        comuni = Municipality.objects.current(self.day).with_zone(self.day)
        if self.action == "list" and (zone := self.request.query_params.get("zone")):
            if not Zone.objects.filter(slug=zone).exists():
                raise wrong_parameter("zone", _("non c'è nessuna zona con questo nome"))
            comuni = comuni.filter(zone_slug=zone)
        return _outlined(comuni)

    def get_serializer_class(self) -> Any:
        retrieve = self.action == "retrieve"
        return MunicipalityDetailSerializer if retrieve else MunicipalitySerializer
