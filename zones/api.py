"""REST reads of the territory, and the shapes that every read of the API shares (collections,
public access)."""

from typing import Any

from django.contrib.gis.geos import GEOSGeometry
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers, viewsets
from rest_framework.pagination import BasePagination
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework_gis.fields import GeometryField
from rest_framework_gis.serializers import GeoFeatureModelSerializer

from zones.geo import GEOGRAPHIC_SRID
from zones.models import Municipality, Zone
from zones.selectors import ComparedFigure, population_profile, zone_summary

COUNTS: dict[str, Any] = {
    "numberMatched": {"type": "integer"},
    "numberReturned": {"type": "integer"},
}


class PublicRead(APIView):
    """What anybody may read: no account is looked at, so an answer is the same for everybody."""

    authentication_classes = ()
    permission_classes = ()


class Whole(BasePagination):
    """A short collection in one answer, with the counts that longer ones have too."""

    def paginate_queryset(self, queryset: Any, request: Any, view: Any = None) -> list[Any]:
        return list(queryset)

    def get_paginated_response(self, data: Any) -> Response:
        inner: dict[str, Any] = data if isinstance(data, dict) else {"items": data}
        number = len(inner["features"] if "features" in inner else inner["items"])
        counts = {"numberMatched": number, "numberReturned": number}
        kind = {"type": inner["type"]} if "type" in inner else {}
        rest = {key: value for key, value in inner.items() if key != "type"}
        return Response({**kind, **counts, **rest})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        inner = schema.get("properties") or {"items": schema}
        return {"type": "object", "properties": {**COUNTS, **inner}}


class PublicReadSet(viewsets.ReadOnlyModelViewSet[Any]):
    """A short public collection and its members."""

    authentication_classes = ()
    permission_classes = ()
    pagination_class: type[BasePagination] = Whole
    filter_backends = ()


GEOMETRY: dict[str, Any] = {
    "type": "object",
    "nullable": True,
    "description": "A GeoJSON geometry in CRS84 (degrees, longitude first).",
    "properties": {
        "type": {"type": "string", "enum": ["Point", "MultiPolygon"]},
        "coordinates": {"type": "array", "items": {}},
    },
}


@extend_schema_field(GEOMETRY)
class Crs84Field(GeometryField):  # type: ignore[misc]
    """A master geometry (EPSG:32632) as GeoJSON in degrees, six decimals (about ten
    centimetres)."""

    def __init__(self, **options: Any) -> None:
        super().__init__(precision=6, read_only=True, **options)

    def to_representation(self, value: GEOSGeometry) -> Any:
        return super().to_representation(value.transform(GEOGRAPHIC_SRID, clone=True))


class FigureSerializer(serializers.Serializer[ComparedFigure]):
    """A figure as a document states it, beside the computed one; null where one of them is
    missing."""

    figure = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    unit = serializers.CharField()
    official = serializers.DecimalField(16, 2, allow_null=True)
    computed = serializers.DecimalField(18, 4, allow_null=True)
    difference = serializers.DecimalField(18, 4, allow_null=True)
    unverified = serializers.IntegerField(
        help_text="Comuni for which this is still to be verified."
    )
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

    geometry = Crs84Field()
    municipalities = serializers.SerializerMethodField()

    class Meta:
        model = Zone
        geo_field = "geometry"
        id_field = "slug"
        fields: tuple[str, ...] = ("slug", "name", "name_en", "municipalities")

    def get_municipalities(self, zone: Zone) -> int:
        return int(zone.memberships.in_force().count())


class ZoneDetailSerializer(ZoneSerializer):
    """A zone with its comuni and its figures, official and computed."""

    comuni = serializers.SerializerMethodField()
    figures = serializers.SerializerMethodField()

    class Meta(ZoneSerializer.Meta):
        fields: tuple[str, ...] = (*ZoneSerializer.Meta.fields, "comuni", "figures")

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_comuni(self, zone: Zone) -> list[str]:
        codes = zone.memberships.in_force().values_list("municipality", flat=True)
        return sorted(codes)

    @extend_schema_field(FigureSerializer(many=True))
    def get_figures(self, zone: Zone) -> Any:
        figures: Any = zone_summary(zone).figures
        return FigureSerializer(figures, many=True).data


class ZoneViewSet(PublicReadSet):
    """The eight zones: seven Zone omogenee and Milano."""

    lookup_field = "slug"

    def get_queryset(self) -> QuerySet[Zone]:
        return Zone.objects.defer("geometry_web")

    def get_serializer_class(self) -> Any:
        return ZoneDetailSerializer if self.action == "retrieve" else ZoneSerializer


class MunicipalitySerializer(GeoFeatureModelSerializer):  # type: ignore[misc]
    """A comune as a GeoJSON feature."""

    geometry = Crs84Field()
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
    parameters=[OpenApiParameter("zone", str, description="Slug of a zone: only its comuni.")]
)
class MunicipalityViewSet(PublicReadSet):
    """The 133 comuni, by ISTAT code."""

    lookup_field = "istat"

    def get_queryset(self) -> QuerySet[Municipality]:
        comuni = Municipality.objects.current().with_zone()
        if self.action == "list" and (zone := self.request.query_params.get("zone")):
            get_object_or_404(Zone, slug=zone)
            comuni = comuni.filter(zone_slug=zone)
        return comuni.defer("geometry_web")

    def get_serializer_class(self) -> Any:
        retrieve = self.action == "retrieve"
        return MunicipalityDetailSerializer if retrieve else MunicipalitySerializer
