"""What the OpenAPI document says of features and filters;
the answers themselves are written by PostGIS."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from core.api import DAY, Crs84Field
from services.filters import LEVELS, LONGEST_QUERY, READINGS, STATUSES, VALENCES
from services.models import Level, ServiceState


class ServicePropertiesSerializer(serializers.Serializer[Any]):
    """What is published of a service."""

    id = serializers.CharField(help_text="Stable public id, like s-7k3m9x2a.")
    name = serializers.CharField(allow_blank=True)
    category = serializers.CharField(allow_null=True)
    type = serializers.CharField(allow_null=True)
    level = serializers.ChoiceField(Level.choices)
    status = serializers.CharField()
    valence = serializers.CharField(allow_blank=True, help_text="Empty: undeclared.")
    valence_origin = serializers.ChoiceField(ServiceState.ValenceOrigin.choices, allow_blank=True)
    municipality = serializers.CharField(allow_null=True, help_text="ISTAT code.")
    municipality_name = serializers.CharField(allow_null=True)
    zone = serializers.CharField(allow_null=True)
    readings = serializers.CharField(help_text="Readings that know it: 1, 2 or 1,2.")
    address = serializers.CharField(allow_blank=True)
    accuracy = serializers.CharField(allow_blank=True)
    confirmed_on = serializers.DateField(allow_null=True)
    demonstration = serializers.BooleanField()
    website = serializers.CharField(allow_null=True)
    url = serializers.URLField()


class ServiceFeatureSerializer(serializers.Serializer[Any]):
    """A service as a GeoJSON feature in CRS84."""

    type = serializers.ChoiceField(["Feature"])
    id = serializers.CharField()
    geometry = Crs84Field(allow_null=True)
    properties = ServicePropertiesSerializer()


class LinkSerializer(serializers.Serializer[Any]):
    """A link to this or the next page."""

    rel = serializers.ChoiceField(["self", "next"])
    type = serializers.CharField()
    href = serializers.URLField()


class ServiceCollectionSerializer(serializers.Serializer[Any]):
    """A page of services; `numberMatched` is exact."""

    type = serializers.ChoiceField(["FeatureCollection"])
    numberMatched = serializers.IntegerField()  # the name is OGC API's
    numberReturned = serializers.IntegerField()
    timeStamp = serializers.DateTimeField()
    links = LinkSerializer(many=True)
    features = ServiceFeatureSerializer(many=True)


def _several(name: str, words: str, allowed: tuple[str, ...] = ()) -> OpenApiParameter:
    many: dict[str, Any] = {"type": "array", "items": {"type": "string"}}
    if allowed:
        many["items"]["enum"] = list(allowed)
    return OpenApiParameter(name, many, description=words, explode=False, style="form")


_DEGREES = r"-?[0-9]{1,3}(\.[0-9]+)?"
BOX = f"^({_DEGREES}(,{_DEGREES}){{3}})?$"  # an empty one is none: forms send it
FILTERS = [
    _several("zone", "Slugs of zones."),
    _several("municipality", "ISTAT codes of comuni."),
    _several("category", "Slugs of macro-categories."),
    _several("type", "Slugs of types of service."),
    OpenApiParameter(
        "reading",
        str,
        enum=READINGS,
        description="Known to reading 1, to 2, to both (entrambe), only to one; unione is all.",
    ),
    _several("valence", "How far the service reaches.", VALENCES),
    _several("status", "Where the service stands in its life.", STATUSES),
    OpenApiParameter(
        "level",
        str,
        enum=LEVELS,
        description="supra unless a local type or another level is asked.",
    ),
    OpenApiParameter("locali", str, enum=("0", "1"), description="1: the local services too."),
    OpenApiParameter(
        "q",
        {"type": "string", "maxLength": LONGEST_QUERY},
        description="Words of name, address or type, eight at the most; forgiving.",
    ),
    OpenApiParameter(
        "bbox",
        str,
        pattern=BOX,
        description="West,south,east,north in degrees (CRS84); of the shown point.",
    ),
    DAY,
    _several("id", "Public ids, at most 1,000."),
]
PAGING = [
    OpenApiParameter("limit", {"type": "integer", "minimum": 1, "maximum": 1000, "default": 100}),
    OpenApiParameter("after", str, description="As the `next` link gives it."),
]
