"""The REST API's root: an explicit list of collections, and what every layer carries."""

from typing import Any

from django.urls import NoReverseMatch
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.routers import SimpleRouter

from core.api import PublicRead
from funding.api import ProgrammeViewSet, ProjectViewSet
from lum.api import LumViewSet
from services.api import CategoryViewSet, EditionViewSet, ServiceTypeViewSet, SourceViewSet
from sttm2.layers import LAYERS, Layer, LayerDownload
from zones.api import MunicipalityViewSet, ZoneViewSet

router = SimpleRouter()
router.register("zones", ZoneViewSet, "api-zone")
router.register("municipalities", MunicipalityViewSet, "api-municipality")
router.register("categories", CategoryViewSet, "api-category")
router.register("types", ServiceTypeViewSet, "api-type")
router.register("sources", SourceViewSet, "api-source")
router.register("editions", EditionViewSet, "api-edition")
router.register("lum", LumViewSet, "api-lum")
router.register("programmes", ProgrammeViewSet, "api-programme")
router.register("projects", ProjectViewSet, "api-project")

#: What the root links to, by address name.
COLLECTIONS = {
    "services": "api-services",
    "zones": "api-zone-list",
    "municipalities": "api-municipality-list",
    "categories": "api-category-list",
    "types": "api-type-list",
    "sources": "api-source-list",
    "editions": "api-edition-list",
    "lum": "api-lum-list",
    "programmes": "api-programme-list",
    "projects": "api-project-list",
    "layers": "api-layers",
    "checks": "api-checks",
    "schema": "api-schema",
    "console": "api-console",
}


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the schema names the tokens of `people.tokens`; found by being declared."""

    target_class = "people.tokens.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "Authorization: Bearer sttm2_…"}


LINKS = {"type": "object", "additionalProperties": {"type": "string", "format": "uri"}}


class ApiRoot(PublicRead):
    """Where everything is."""

    @extend_schema(operation_id="root", responses={200: LINKS})
    def get(self, request: Request) -> Response:
        there = {name: url for name, url in COLLECTIONS.items() if _is_there(url)}
        return Response({name: reverse(url, request=request) for name, url in there.items()})


def _is_there(url: str) -> bool:
    """Whether the app that answers there is part of this installation."""
    try:
        reverse(url)
    except NoReverseMatch:
        return False
    return True


class LayerFieldSerializer(serializers.Serializer[Any]):
    """An attribute of a layer's features."""

    name = serializers.CharField()
    title = serializers.CharField()


class LayerDownloadSerializer(serializers.Serializer[LayerDownload]):
    """A way to all features of a layer."""

    format = serializers.CharField()
    path = serializers.CharField()


class LayerSerializer(serializers.Serializer[Layer]):
    """A map layer as vector tiles."""

    id = serializers.CharField()
    title = serializers.CharField()
    min_zoom = serializers.IntegerField()
    max_zoom = serializers.IntegerField()
    licence = serializers.CharField()
    attribution = serializers.CharField()
    filters = serializers.BooleanField(help_text="Takes the filters of the services.")
    attributes = LayerFieldSerializer(many=True, source="fields")
    tiles = serializers.CharField()
    downloads = LayerDownloadSerializer(many=True)


class LayersSerializer(serializers.Serializer[Any]):
    """All of them."""

    items = LayerSerializer(many=True)


class LayerList(PublicRead):
    """Every published map layer with its attributes and licence."""

    @extend_schema(operation_id="layers_list", responses=LayersSerializer)
    def get(self, request: Request) -> Response:
        layers: Any = LAYERS
        return Response({"items": LayerSerializer(layers, many=True).data})
