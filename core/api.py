"""The shapes that every read of the API shares: public access, short collections, geometry."""

import json
from collections.abc import Mapping
from typing import Any, ClassVar, Final

from django.contrib.gis.db.models.functions import AsGeoJSON, Transform
from django.contrib.gis.geos import GEOSGeometry
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema_field
from rest_framework import viewsets
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework_gis.fields import GeometryField

from core.errors import DomainError, wrong_parameter
from core.geo import GEOGRAPHIC_SRID

DAY: Final = OpenApiParameter(
    "al",
    # An empty one means today, as forms send it.
    {"type": "string", "anyOf": [{"format": "date", "pattern": "^20"}, {"maxLength": 0}]},
    description="As published at the end of a day, from 2000 to today.",
)
COUNTS: dict[str, Any] = {
    "numberMatched": {"type": "integer"},
    "numberReturned": {"type": "integer"},
}


class PublicRead(APIView):
    """What anybody may read: no account is looked at, so an answer is the same for everybody."""

    authentication_classes = ()
    #: Which refusals it knows beside those of every view: {method: kinds of DomainError}.
    refuses: ClassVar[Mapping[str, tuple[type[DomainError], ...]]] = {}
    #: Media types of answers that it makes by itself, for who asks for them by Accept.
    media_types: tuple[str, ...] = ()


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
    """A short public collection and its members; one that is not `dated` refuses `al` in words,
    because today's answer would pass for that of the day asked for."""

    authentication_classes = ()
    pagination_class: type[BasePagination] = Whole
    filter_backends = ()
    dated = False

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if not self.dated and "al" in request.query_params:
            raise wrong_parameter("al", _("questi dati non hanno un giorno, sono quelli di oggi"))


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

    def to_representation(self, value: GEOSGeometry | str | None) -> Any:
        """Of a geometry, or of the text that `as_crs84` made of it."""
        if value is None:
            return None
        if isinstance(value, str):
            return json.loads(value)
        return super().to_representation(value.transform(GEOGRAPHIC_SRID, clone=True))


def as_crs84(field: str) -> AsGeoJSON:
    """A geometry as the same text of GeoJSON, made by the database: the outlines of all comuni
    take a tenth of the time that they take here."""
    return AsGeoJSON(Transform(field, GEOGRAPHIC_SRID), precision=6)
