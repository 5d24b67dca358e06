"""To whom an answer belongs: what anybody may read, any site may, and caches may keep; all else
is one person's. Unchanged tiles cost little."""

import re
from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils.cache import patch_vary_headers

from sttm2.tiles import tile

Handler = Callable[[HttpRequest], HttpResponse]
API: Final = "/api/v1/"
OPEN: Final = (API, "/tiles/")
READS: Final = ("GET", "HEAD")
TILE: Final = re.compile(r"/tiles/([-a-z0-9_]{1,40})/(\d{1,3})/(\d{1,9})/(\d{1,9})\.mvt")
PREFLIGHT: Final = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "Accept, Accept-Language, If-None-Match",
    "Access-Control-Max-Age": "86400",
}
#: What the portal's pages may use of a browser: nothing but their own full screen.
POLICY: Final = ", ".join(
    [
        "fullscreen=(self)",
        *(
            f"{name}=()"
            for name in (
                *("accelerometer", "autoplay", "browsing-topics", "camera", "display-capture"),
                *("encrypted-media", "geolocation", "gyroscope", "magnetometer", "microphone"),
                *("midi", "payment", "publickey-credentials-get", "screen-wake-lock", "usb"),
            )
        ),
    ]
)
#: What an answer that is one person's depends on.
DEPENDS: Final = ("Authorization", "Cookie", "Accept", "Accept-Language")
KEPT_BY_NOBODY: Final = "private, no-store"


def looks_at_nobody(match: ResolverMatch | None) -> bool:
    """Whether a view of the API answers everybody alike: it looks at no account."""
    view = getattr(match.func, "cls", None) if match else None
    return view is not None and not view.authentication_classes


def is_public(request: HttpRequest, answer: HttpResponse) -> bool:
    """Whether the answer is everybody's: it says nothing against it, was read, sets no cookie,
    and was made without looking at an account, or for nobody."""
    said = answer.get("Cache-Control", "")
    if request.method not in READS or answer.cookies or "no-store" in said or "private" in said:
        return False
    if request.path_info.startswith(API):
        return request.resolver_match is None or looks_at_nobody(request.resolver_match)
    if answer.status_code not in (200, 204, 206, 304):
        return False
    user = getattr(request, "user", None)
    return user is None or not user.is_authenticated


class BelongingMiddleware:
    """Says on every answer whose it is: what is not public is kept by nobody on the way."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        answer.setdefault("Permissions-Policy", POLICY)
        if not is_public(request, answer):
            answer["Cache-Control"] = KEPT_BY_NOBODY
            answer.setdefault("Cross-Origin-Resource-Policy", "same-origin")
            patch_vary_headers(answer, DEPENDS)
            del answer["Expires"]
        return answer


class OpenReadMiddleware:
    """Lets pages of other sites read what is public of the API, and the tiles (CORS).

    What belongs to one person is never marked `*`; writes from other sites are not allowed at all.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(OPEN):
            return self.get_response(request)
        asks_before = "Access-Control-Request-Method" in request.headers
        if request.method == "OPTIONS" and asks_before and is_open(request.path_info):
            return HttpResponse(status=204, headers=PREFLIGHT)
        answer = self.get_response(request)
        if request.method in READS and answer.get("Cache-Control") != KEPT_BY_NOBODY:
            answer["Access-Control-Allow-Origin"] = "*"
            answer["Access-Control-Expose-Headers"] = "ETag, Content-Disposition, Location"
        return answer


def is_open(path: str) -> bool:
    """Whether what stands at the address answers everybody alike."""
    if not path.startswith(API):
        return True
    try:
        return looks_at_nobody(resolve(path))
    except Resolver404:
        return False


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
