"""`/tiles/{layer}/{z}/{x}/{y}.mvt` for the layers
of `sttm2.layers`: versions, ETags, compression."""

import datetime as dt
import gzip

from django.db import connection
from django.db.models import ExpressionWrapper, F, TextField
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, JsonResponse, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core.errors import DomainError, Invalid, NotFound
from core.sqlfiles import SqlFolder
from services import tilesets
from services.cells import CELLS
from services.filters import ServiceFilter
from services.tilesets import BUFFER, TileAddress
from services.versions import tables_version, tiles_version
from sttm2.layers import BY_ID, Layer
from zones.days import day_asked

MVT = "application/vnd.mapbox-vector-tile"
DEEPEST_ZOOM = 22
SQL = SqlFolder(__file__)
#: Says that the same data are drawn otherwise: raise
#: it when tiles change their attributes or cells.
FORM = 1


@require_safe
def tile(request: HttpRequest, layer: str, *, z: int, x: int, y: int) -> HttpResponse:
    """One vector tile; 204 where nothing stands, 304 where the asker has the current one."""
    try:
        return _tile(request, _layer(layer), _address(z, x, y))
    except DomainError as error:
        body = {"type": f"/api/problemi/{error.code}", "code": error.code, "status": error.status}
        body |= {"detail": str(error.message), **error.extra}
        return JsonResponse(body, status=error.status, content_type="application/problem+json")


def etag(layer: Layer, query: QueryDict) -> str:
    """Changes with the layer's data; the address says the rest (layer, place, filters).

    Which comuni a zone has is asked of the memberships of a day: of today, unless `al` names one.
    """
    version = tiles_version() if layer.filters else tables_version(layer.tables)
    by_day = (layer.dated or (layer.filters and "zone" in query)) and day_asked(query) is None
    return tag_of(f"{version}-{timezone.localdate():%y%m%d}" if by_day else version)


def tag_of(version: str) -> str:
    """The ETag of a tile of that version."""
    return f'"{FORM}-{version}"'


def packed(body: bytes, accepted: str) -> tuple[bytes, dict[str, str]]:
    """A tile as who accepts these codings gets it, and the headers that say how."""
    headers = {}
    if "gzip" in accepted:
        body = gzip.compress(body, 1, mtime=0)
        headers["Content-Encoding"] = "gzip"
    return body, {**headers, "Content-Length": str(len(body))}


def _layer(name: str) -> Layer:
    if name not in BY_ID:
        message = _("Non c'è uno strato «%(name)s»: ci sono %(all)s.")
        raise NotFound("layer", message % {"name": name[:40], "all": ", ".join(BY_ID)})
    return BY_ID[name]


def _address(z: int, x: int, y: int) -> TileAddress:
    if z > DEEPEST_ZOOM or x >= 2**z or y >= 2**z:
        message = _(
            "Non c'è una tessera %(z)s/%(x)s/%(y)s: lo zoom va da 0 a %(deepest)d,"
            " x e y da 0 a 2^zoom − 1."
        )
        raise NotFound("tile", message % {"z": z, "x": x, "y": y, "deepest": DEEPEST_ZOOM})
    return TileAddress(z, x, y)


def _tile(request: HttpRequest, layer: Layer, address: TileAddress) -> HttpResponse:
    tag = etag(layer, request.GET)
    headers = {"ETag": tag, "Cache-Control": "public, no-cache", "Vary": "Accept-Encoding"}
    if request.headers.get("If-None-Match") == tag:
        return HttpResponseNotModified(headers=headers)
    body = _services(request, address) if layer.filters else _reference(request, layer, address)
    if not body:
        return HttpResponse(status=204, content_type=MVT, headers=headers)
    body, how = packed(body, request.headers.get("Accept-Encoding", ""))
    return HttpResponse(body, content_type=MVT, headers=headers | how)


def _services(request: HttpRequest, address: TileAddress) -> bytes:
    """Points; cells where there are many, or many in this tile alone."""
    chosen = ServiceFilter.from_query(request.GET)
    deep = address.z >= tilesets.POINTS_FROM_ZOOM
    found = None
    if deep or chosen.matched() <= tilesets.MANY:
        most = tilesets.MANY if deep else None
        found = tilesets.points(address, chosen.hits(web_box=address.box()), most=most)
    elif chosen.is_aggregate:
        by_comune = bool(chosen.zone or chosen.municipality)
        found = tilesets.stored_cells(address, chosen.cells(), by_comune=by_comune)
    if found is None:
        around = address.box(margin=1 / CELLS)
        found = tilesets.live_cells(address, chosen.hits(web_box=around))
    return found or b""


def _reference(request: HttpRequest, layer: Layer, address: TileAddress) -> bytes:
    day = _day(request.GET, layer)
    # Django would select a geometry as bytes; as text it leaves the column alone.
    shape = ExpressionWrapper(F(layer.geometry), output_field=TextField())
    rows = layer.rows(day).order_by().annotate(shape_web=shape)
    inner, params = rows.values(*layer.columns, "shape_web").query.sql_with_params()
    columns = ", ".join(layer.columns)
    shape_sql = _shape(layer, address)
    sql = SQL.filled("tile", rows=inner, layer=layer.id, columns=columns, shape=shape_sql)
    place = (address.z, address.x, address.y)
    with connection.cursor() as cursor:
        cursor.execute(sql, (*place, *place, BUFFER / 4096, *params, BUFFER))
        return bytes(cursor.fetchone()[0] or b"")


def _day(query: QueryDict, layer: Layer) -> dt.date | None:
    """The day of a dated layer. Raises Invalid on anything else that is asked."""
    other = [name for name in query if not (layer.dated and name == "al")]
    if other:
        message = _("Lo strato «%(layer)s» non ha filtri.") % {"layer": layer.id}
        raise Invalid("parameter", message, parameter=other[0])
    return day_asked(query)


def _shape(layer: Layer, address: TileAddress) -> str:
    """Outlines lose what is smaller than half a pixel of a 512-pixel tile; points stay."""
    if layer.geometry.startswith("point"):
        return "shape_web"
    return f"ST_SimplifyPreserveTopology(shape_web, {address.width / 1024:.3f})"
