"""What is away for a moment, as who asked reads it: in their language and media type."""

import logging
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from core.errors import Away
from sttm2.rest import PROBLEM, document

logger = logging.getLogger(__name__)
API: Final = "/api/v1/"
TILES: Final = "/tiles/"


def away_answer(request: HttpRequest, told: Away) -> HttpResponse:
    """503 as who asked reads it: machines a problem document, maps nothing, people a page that
    stands alone."""
    logger.error("503 %s: %s", told.code, request.path)
    made = _answer(request, told)
    made["Retry-After"] = str(told.retry_after)
    made["Cache-Control"] = "private, no-store"
    return made


def _answer(request: HttpRequest, told: Away) -> HttpResponse:
    if request.path_info.startswith(TILES):
        return HttpResponse(status=told.status)
    if request.path_info.startswith(API):
        body: dict[str, Any] = document(told.status, told.code, str(told.message))
        return JsonResponse(body, status=told.status, content_type=PROBLEM)
    page = render_to_string("away.html", {"title": _("Riprova fra poco"), "words": told.message})
    return HttpResponse(page, status=told.status)
