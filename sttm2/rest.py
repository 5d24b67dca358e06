"""What DRF finds by dotted path: the one table from exceptions to problem+json (RFC 9457)."""

import logging
import secrets
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response
from rest_framework.views import exception_handler as drf_handler

from core.away import away
from core.errors import DomainError
from core.storage import no_room

logger = logging.getLogger(__name__)


PROBLEM = "application/problem+json"


def document(status: int, code: str, detail: Any, **extra: Any) -> dict[str, Any]:
    """A problem document; `code` is stable, `detail` is for people in their language."""
    body = {"type": f"/api/problemi/{code}", "code": code, "status": status, "detail": detail}
    return {**body, **extra}


def problem(status: int, code: str, detail: Any, **extra: Any) -> Response:
    """A problem document as an answer."""
    body = document(status, code, detail, **extra)
    return Response(body, status=status, content_type=PROBLEM)


def exception_handler(exc: Exception, context: dict[str, Any]) -> Response | HttpResponse | None:
    """DomainErrors and DRF's own become problems;
    anything else is ours and says a reference number."""
    if (request := context.get("request")) is not None:
        # Whatever was asked for, a problem is JSON.
        request.accepted_renderer = JSONRenderer()
        request.accepted_media_type = JSONRenderer.media_type
    told = exc if isinstance(exc, DomainError) else no_room(exc)
    if told is not None:
        return problem(told.status, told.code, str(told.message), **told.extra)
    if (gone := away(exc)) is not None:
        answer = problem(gone.status, gone.code, str(gone.message))
        answer["Retry-After"], answer["Cache-Control"] = str(gone.retry_after), "private, no-store"
        return answer
    response = drf_handler(exc, context)
    if response is not None:
        code = getattr(exc, "default_code", "error")
        headers = {
            k: v for k, v in response.items() if k.lower() in {"www-authenticate", "retry-after"}
        }
        errors = {"errors": response.data} if isinstance(exc, exceptions.ValidationError) else {}
        detail = getattr(exc, "detail", None)
        text = str(detail) if isinstance(detail, str) else _("La richiesta non è valida.")
        answer = problem(response.status_code, code, text, **errors)
        for name, value in headers.items():
            answer[name] = value
        return answer
    reference = secrets.token_hex(4)
    logger.exception("reference %s", reference, exc_info=exc)
    detail = _("Un nostro problema ha impedito la risposta. Riferimento: %(ref)s.") % {
        "ref": reference
    }
    return problem(500, "internal", detail, reference=reference)
