"""The services that filters select: a page of GeoJSON, or everything as a streamed file."""

import json

from django.conf import settings
from django.http import HttpResponse, HttpResponseNotModified, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request

from core.api import PublicRead
from core.asked import choice
from core.errors import Invalid
from services import exports
from services.api.schema import (
    FILTERS,
    PAGING,
    ServiceCollectionSerializer,
)
from services.filters import ServiceFilter
from services.geojson import feature_page
from services.models import Service
from services.versions import catalogue_version

GEOJSON = "application/geo+json"
EXPORT_TYPES = {
    "csv": "text/csv; charset=utf-8; header=present",
    "ndjson": "application/x-ndjson",
    "geojson": GEOJSON,
}
DEFAULT_LIMIT, MOST = 100, 1000
#: Where so few match, finding them first and ordering them after beats walking the primary key.
FEW = 5_000


def site() -> str:
    """The address of a service's page up to its id."""
    return f"{settings.PUBLIC_URL}/servizi/"


class ServiceList(PublicRead):
    """GeoJSON of the services that the filters select, a page at a time."""

    media_types = (GEOJSON,)

    @extend_schema(
        operation_id="services_list",
        parameters=[*FILTERS, *PAGING],
        responses={
            (200, GEOJSON): ServiceCollectionSerializer,
            304: None,
        },
    )
    def get(self, request: Request) -> HttpResponseBase:
        chosen = ServiceFilter.from_query(request.query_params, others=("limit", "after"))
        limit = _limit(request)
        version = catalogue_version()
        etag = f'"{version}-{chosen.day:%y%m%d}"'
        if request.headers.get("If-None-Match") == etag:
            return HttpResponseNotModified(headers={"ETag": etag})
        matched = chosen.matched(version)
        after = _after(request)
        hits = chosen.hits(few=_are_few(chosen, matched, version))
        page = feature_page(hits, site=site(), after=after, limit=limit)
        head = {
            "type": "FeatureCollection",
            "numberMatched": matched,
            "numberReturned": page.returned,
            "timeStamp": timezone.now().isoformat(timespec="seconds"),
            "links": _links(request, page.next_after),
        }
        body = json.dumps(head, ensure_ascii=False)[:-1] + f',"features":[{page.features}]}}'
        headers = {"ETag": etag, "Cache-Control": "public, no-cache", "Vary": "Accept-Encoding"}
        return HttpResponse(body, content_type=GEOJSON, headers=headers)


def _are_few(chosen: ServiceFilter, matched: int, version: str) -> bool:
    """Whether a page's rows are found sooner by the conditions than by going along the index of
    all: the rest of a box or a search that holds a quarter of everything is never looked at."""
    if matched <= FEW or chosen.is_aggregate:
        return matched <= FEW
    return matched * 4 < ServiceFilter(level=chosen.level, al=chosen.al).matched(version)


def _limit(request: Request) -> int:
    text = request.query_params.get("limit", "").strip() or str(DEFAULT_LIMIT)
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:9]) <= MOST:
        message = _(
            "Il parametro «limit» va da 1 a %(most)d: per averne di più segui il link «next»"
            " o scarica il file intero."
        )
        raise Invalid("parameter", message % {"most": MOST}, parameter="limit")
    return int(text)


def _after(request: Request) -> int:
    """The key of the service that the page begins behind."""
    public_id = request.query_params.get("after", "").strip()
    if not public_id:
        return 0
    key = (
        Service.objects.filter(public_id=public_id.replace("\x00", "")[:20])
        .values_list("pk", flat=True)
        .first()
    )
    if key is None:
        message = _(
            "Il parametro «after» è l'identificativo di un servizio, come lo dà il link «next»."
        )
        raise Invalid("parameter", message, parameter="after")
    return int(key)


def _links(request: Request, next_after: str) -> list[dict[str, str]]:
    here = request.build_absolute_uri()
    links = [{"rel": "self", "type": GEOJSON, "href": here}]
    if next_after:
        query = request.query_params.copy()
        query["after"] = next_after
        onward = f"{request.build_absolute_uri(request.path)}?{query.urlencode()}"
        links.append({"rel": "next", "type": GEOJSON, "href": onward})
    return links


class ServiceExport(PublicRead):
    """The whole result as one streamed file."""

    media_types = tuple(EXPORT_TYPES.values())

    @extend_schema(
        operation_id="services_export",
        parameters=[
            *FILTERS,
            OpenApiParameter("extension", str, OpenApiParameter.PATH, enum=list(EXPORT_TYPES)),
            OpenApiParameter("sep", str, enum=[",", ";"], description="CSV: the separator."),
            OpenApiParameter(
                "excel",
                str,
                enum=["0", "1"],
                description="CSV: 1 for a file that an Italian Excel opens right.",
            ),
        ],
        responses={
            (200, media): OpenApiTypes.OBJECT if media == GEOJSON else OpenApiTypes.BINARY
            for media in EXPORT_TYPES.values()
        },
    )
    def get(self, request: Request, extension: str) -> HttpResponseBase:
        chosen = ServiceFilter.from_query(request.query_params, others=("sep", "excel"))
        excel = choice(request.query_params, "excel", ("", "0", "1")) == "1"
        hits = chosen.hits()
        if extension == "csv":
            separator = _separator(request)
            stream = exports.csv(hits, site=site(), separator=separator, excel=excel)
        elif extension == "ndjson":
            stream = exports.ndjson(hits, site=site())
        else:
            stream = exports.geojson(hits, site=site())
        answer = StreamingHttpResponse(stream, content_type=EXPORT_TYPES[extension])
        name = f"servizi-sttm2-{chosen.day:%Y-%m-%d}.{extension}"
        answer["Content-Disposition"] = f'attachment; filename="{name}"'
        answer["Cache-Control"] = "public, no-cache"
        return answer


def _separator(request: Request) -> str:
    separator = request.query_params.get("sep", ",")
    if separator not in {",", ";"}:
        raise Invalid(
            "parameter",
            _("Il parametro «sep» è la virgola o il punto e virgola."),
            parameter="sep",
        )
    return separator
