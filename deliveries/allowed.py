"""What a delivery may cost in this installation."""

from dataclasses import replace

from django.conf import settings

from validator.limits import DEFAULT, Limits


def allowed() -> Limits:
    """The published limits, with those that an installation sets."""
    return replace(DEFAULT, rows=settings.MOST_ROWS, upload_bytes=settings.UPLOAD_MAX_BYTES)
