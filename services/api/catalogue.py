"""REST reads of what services are made from: the taxonomy, the sources and their editions."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import PublicReadSet
from core.asked import number
from core.errors import wrong_parameter
from services.models import Edition, MacroCategory, ServiceType, Source


class ServiceTypeSerializer(serializers.ModelSerializer[ServiceType]):
    """A type with the words plans use for it and its names in other vocabularies."""

    class Meta:
        model = ServiceType
        fields = (
            "slug",
            "name",
            "name_en",
            "category",
            "level",
            "default_valence",
            "synonyms",
            "codes",
            "mappings",
        )


class CategorySerializer(serializers.ModelSerializer[MacroCategory]):
    """A macro-category with its types, supra-municipal and local."""

    types = ServiceTypeSerializer(many=True, read_only=True)

    class Meta:
        model = MacroCategory
        fields = ("slug", "name", "name_en", "color", "glyph", "types")


class CategoryViewSet(PublicReadSet):
    """The deck's eight macro-categories."""

    lookup_field = "slug"
    serializer_class = CategorySerializer

    def get_queryset(self) -> QuerySet[MacroCategory]:
        return MacroCategory.objects.prefetch_related("types")


class ServiceTypeViewSet(PublicReadSet):
    """All types, those without a macro-category too."""

    lookup_field = "slug"
    serializer_class = ServiceTypeSerializer
    queryset = ServiceType.objects.all()


class SourceSerializer(serializers.ModelSerializer[Source]):
    """Who says so: a comune's plan (reading 1) or another database (reading 2).

    It speaks of its `municipality`, else of its `municipalities`, or of all (`covers_all`).
    """

    class Meta:
        model = Source
        fields = (
            "slug",
            "name",
            "reading",
            "municipality",
            "body",
            "municipalities",
            "covers_all",
            "owner",
            "licence",
            "frequency",
            "is_demonstration",
            "note",
        )


class SourceViewSet(PublicReadSet):
    """The sources."""

    lookup_field = "slug"
    serializer_class = SourceSerializer
    queryset = Source.objects.prefetch_related("municipalities").order_by("slug")


class EditionSerializer(serializers.ModelSerializer[Edition]):
    """One accepted state of one source; never rewritten."""

    source = serializers.CharField(source="source.slug")  # type: ignore[assignment]
    title = serializers.CharField()

    class Meta:
        model = Edition
        fields = (
            "id",
            "source",
            "number",
            "published_at",
            "reference_date",
            "act",
            "delivery",
            "title",
            "sha256",
            "rule_set",
            "counts",
            "note",
        )


class EditionPages(CursorPagination):
    """Newest first, by keyset, in the shape of the other collections."""

    ordering = ("-published_at", "-id")
    page_size = 100
    page_size_query_param = "limit"
    max_page_size = 1000

    def get_page_size(self, request: Request) -> int:
        """Raises Invalid."""
        return number(request.query_params, "limit", default=100, most=self.max_page_size)

    def decode_cursor(self, request: Request) -> Any:
        """Raises Invalid."""
        try:
            return super().decode_cursor(request)
        except NotFound:
            words = _("è quello che dà il link «next»")
            raise wrong_parameter(self.cursor_query_param, words) from None

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        limit = {"type": "integer", "minimum": 1, "maximum": self.max_page_size, "default": 100}
        cursor = {"type": "string"}
        return [
            {"name": self.cursor_query_param, "in": "query", "schema": cursor},
            {"name": self.page_size_query_param, "in": "query", "schema": limit},
        ]

    def get_paginated_response(self, data: Any) -> Response:
        onward = self.get_next_link()
        links = [{"rel": "next", "href": onward}] if onward else []
        return Response({"numberReturned": len(data), "links": links, "items": data})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"rel": {"type": "string"}, "href": {"type": "string", "format": "uri"}}
        links = {"type": "array", "items": {"type": "object", "properties": link}}
        number = {"type": "integer"}
        return {
            "type": "object",
            "properties": {"numberReturned": number, "links": links, "items": schema},
        }


class EditionViewSet(PublicReadSet):
    """Every publication, newest first."""

    serializer_class = EditionSerializer
    pagination_class = EditionPages
    queryset = Edition.objects.select_related("source")
