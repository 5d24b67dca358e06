"""Addresses of machines: REST API, its schema and console, vector tiles. No language prefix."""

from django.apps import apps
from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.views import SpectacularSwaggerSplitView

from notices.api import NoticeList, NoticesRead
from sttm2.api import ApiRoot, LayerList, router
from sttm2.description import SchemaJson, SchemaYaml
from sttm2.tiles import tile

APPS = ("services", "deliveries")

V1: list[URLPattern | URLResolver] = [
    path("", ApiRoot.as_view(), name="api-root"),
    path("schema/", SchemaJson.as_view(), name="api-schema"),
    path("schema.yaml", SchemaYaml.as_view(), name="api-schema-yaml"),
    path("layers/", LayerList.as_view(), name="api-layers"),
    *(path("", include(f"{app}.api.urls")) for app in APPS if apps.is_installed(app)),
    path("notices/", NoticeList.as_view(), name="api-notices"),
    path("notices/read/", NoticesRead.as_view(), name="api-notices-read"),
    path("", include(router.urls)),
]

urlpatterns = [
    path(
        "api/",
        SpectacularSwaggerSplitView.as_view(
            url_name="api-schema", template_name="pages/console.html"
        ),
        name="api-console",
    ),
    path("api/v1/", include(V1)),
    path("tiles/<slug:layer>/<int:z>/<int:x>/<int:y>.mvt", tile, name="tile"),
]
