"""Which media type an answer has; apart from `sttm2.rest`, because the framework loads this while
it is itself being loaded."""

from typing import TYPE_CHECKING, Any

from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.utils.mediatypes import media_type_matches

from core.asked import choice

if TYPE_CHECKING:
    from rest_framework.request import Request


class Negotiation(DefaultContentNegotiation):
    """Accept held against what is there: what the framework renders, and what a view makes by
    itself (`media_types`). `?format=` chooses where there is something to choose."""

    def filter_renderers(self, renderers: Any, format: str) -> Any:
        """Raises Invalid for an unknown format."""
        known = [one.format for one in renderers]
        if len(known) == 1:
            return renderers
        choice({"format": format}, "format", known)
        return [one for one in renderers if one.format == format]

    def select_renderer(
        self, request: "Request", renderers: Any, format_suffix: str | None = None
    ) -> Any:
        """Raises Invalid, NotAcceptable."""
        try:
            return super().select_renderer(request, renderers, format_suffix)
        except NotAcceptable:
            asked = self.get_accept_list(request)
            made = getattr((request.parser_context or {}).get("view"), "media_types", ())
            kinds = [own.partition(";")[0] for own in made]
            if any(media_type_matches(kind, one) for kind in kinds for one in asked):
                return renderers[0], renderers[0].media_type
            raise
