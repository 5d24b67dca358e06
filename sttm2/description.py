"""The API's document (OpenAPI), as JSON and as YAML: made once in each process and language, since
making it takes a second and the generator bears no threads."""

import hashlib
from dataclasses import dataclass
from threading import Lock
from typing import Any, Final

from django.conf import settings
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.cache import get_conditional_response
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import (
    OpenApiJsonRenderer,
    OpenApiJsonRenderer2,
    OpenApiYamlRenderer,
    OpenApiYamlRenderer2,
)
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request

from core.api import PublicRead
from core.asked import choice

LANGUAGES: Final = [code for code, _name in settings.LANGUAGES]
_making: Final = Lock()


@dataclass(frozen=True)
class Document:
    """The document as it is sent, and by which tag it is known again."""

    body: bytes
    tag: str


_made: Final[dict[tuple[str, str], Document]] = {}


def document(language: str, renderer: Any) -> Document:
    """The document in that language, in the renderer's form."""
    wanted = (language, renderer.format)
    with _making:
        if wanted not in _made:
            _made[wanted] = _make(language, renderer)
        return _made[wanted]


def _make(language: str, renderer: Any) -> Document:
    with translation.override(language):
        generator: Any = SchemaGenerator()  # type: ignore[no-untyped-call]
        said = generator.get_schema(request=None, public=True)
    body: bytes = renderer.render(said, renderer_context={})
    return Document(body, f'"{hashlib.sha256(body).hexdigest()[:24]}"')


class SchemaJson(PublicRead):
    """What the API takes and answers (OpenAPI 3)."""

    renderer_classes: tuple[Any, ...] = (OpenApiJsonRenderer, OpenApiJsonRenderer2)

    @extend_schema(
        operation_id="schema",
        parameters=[OpenApiParameter("lang", str, enum=LANGUAGES)],
        responses={200: {"type": "object"}, 304: None},
    )
    def get(self, request: Request) -> HttpResponseBase:
        asked = choice(request.query_params, "lang", LANGUAGES)
        found = document(asked or translation.get_language(), request.accepted_renderer)
        headers = {
            "ETag": found.tag,
            "Cache-Control": "public, no-cache",
            "Vary": "Accept, Accept-Language",
        }
        answer = HttpResponse(
            found.body, content_type=request.accepted_renderer.media_type, headers=headers
        )
        return get_conditional_response(request._request, found.tag, response=answer) or answer


class SchemaYaml(SchemaJson):
    """The same as YAML."""

    renderer_classes = (OpenApiYamlRenderer, OpenApiYamlRenderer2)

    @extend_schema(
        operation_id="schema_yaml",
        parameters=[OpenApiParameter("lang", str, enum=LANGUAGES)],
        responses={200: {"type": "object"}, 304: None},
    )
    def get(self, request: Request) -> HttpResponseBase:
        return super().get(request)
