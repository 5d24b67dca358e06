"""A mail server that is away, or refuses, as whoever waits for the letter reads it."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.utils.translation import gettext as _

from core.errors import Away

#: Seconds after which to ask again.
_REST: Final = 60

logger = logging.getLogger(__name__)


@contextmanager
def or_in_words() -> Iterator[None]:
    """What is sent within, or Away (raised, and logged why)."""
    try:
        yield
    except OSError as error:  # what smtplib raises is one too
        logger.exception("a letter that somebody waits for was not sent")
        text = _("Il server di posta non risponde, o rifiuta. Nulla è partito: riprova fra poco.")
        raise Away("mail-away", text, retry_after=_REST) from error
