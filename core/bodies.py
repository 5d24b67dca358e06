"""How much a request may send, by address: a view says it, who stands before all views holds it.

Refused before anything of it is stored (`sttm2.middleware.BodyLimitMiddleware`): Django's own
bounds speak only after the whole of a file lies on the disk.
"""

from collections.abc import Callable
from typing import Any, Final, TypeVar

from django.conf import settings
from django.utils.translation import gettext as _

from core.errors import DomainError, TooLarge

KIB: Final = 1024
MIB: Final = 1024 * KIB
#: Bytes of what no view says otherwise of: a form, an act of the API.
FORM: Final = 128 * KIB
#: Bytes of a sign-in, of a password, of a code.
SIGN_IN: Final = 16 * KIB
#: Bytes of many rows at once; as much as Django takes that is not a file.
ROWS: Final = 2_621_440
#: What a form says beside its file.
_BESIDE: Final = MIB
_NAME: Final = "body_limit"

Limit = int | Callable[[], int]
View = TypeVar("View", bound=Any)


class LengthRequired(DomainError):
    """A body that does not say how long it is."""

    status = 411


def file_bytes() -> int:
    """What an address takes that takes a file."""
    return int(settings.UPLOAD_MAX_BYTES) + _BESIDE


def takes(limit: Limit) -> Callable[[View], View]:
    """Mark a view (a function, or a class of the API) that takes more, or less, than a form."""

    def mark(view: View) -> View:
        setattr(view, _NAME, limit)
        return view

    return mark


def limit_of(view: Any) -> int:
    """Bytes that the view takes; those of packages are the pages of the sign-in, and small."""
    limit = getattr(getattr(view, "cls", view), _NAME, None)
    if limit is None:
        limit = SIGN_IN if view.__module__.startswith("allauth.") else FORM
    return int(limit() if callable(limit) else limit)


def check_body(view: Any, sent: str, *, chunked: bool) -> None:
    """Raises TooLarge over the view's limit, LengthRequired where the length is not said: such a
    body is never read, by Django neither."""
    if chunked:
        text = _("Dì quanto è lungo ciò che invii (Content-Length): a pezzi non lo leggiamo.")
        raise LengthRequired("length-required", text)
    limit = limit_of(view)
    if not sent.isdecimal() or int(sent) <= limit:
        return
    if limit >= MIB:
        text = _("Quello che hai inviato supera il limite di %(limit)d MB di questo indirizzo.")
        raise TooLarge("too-large", text % {"limit": limit // MIB}, limit=limit)
    text = _("Quello che hai inviato supera il limite di %(limit)d kB di questo indirizzo.")
    raise TooLarge("too-large", text % {"limit": limit // KIB}, limit=limit)
