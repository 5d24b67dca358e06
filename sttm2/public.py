"""What the public addresses of machines share: any
site may read them, and unchanged tiles cost little."""

import re
from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse

from sttm2.tiles import tile

Handler = Callable[[HttpRequest], HttpResponse]
OPEN: Final = ("/api/v1/", "/tiles/")
READS: Final = ("GET", "HEAD")
TILE: Final = re.compile(r"/tiles/([-a-z0-9_]{1,40})/(\d{1,3})/(\d{1,9})/(\d{1,9})\.mvt")
PREFLIGHT: Final = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "Accept, Accept-Language, If-None-Match",
    "Access-Control-Max-Age": "86400",
}


class OpenReadMiddleware:
    """Lets pages of other sites read the API and the tiles (CORS), never with anybody's cookies.

    A browser gives an answer marked `*` only to requests without credentials, so what a
    signed-in person may see stays theirs; writes from other sites are not allowed at all.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(OPEN):
            return self.get_response(request)
        if request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers:
            return HttpResponse(status=204, headers=PREFLIGHT)
        answer = self.get_response(request)
        if request.method in READS:
            answer["Access-Control-Allow-Origin"] = "*"
            answer["Access-Control-Expose-Headers"] = "ETag, Content-Disposition, Location"
        return answer


class TileMiddleware:
    """Answers tiles before sessions, languages and
    accounts are looked at, which no tile depends on.

    A map asks for dozens at a time and mostly has them already; the rest of
    the chain would cost more than the answer "unchanged" (`bench tiles`).
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        place = TILE.fullmatch(request.path_info)
        if place is None:
            return self.get_response(request)
        layer, z, x, y = place.groups()
        return tile(request, layer, z=int(z), x=int(x), y=int(y))
