"""System checks that stop a production start with an unsafe setting."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error


def production_is_safe(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """In production: a real secret, named hosts, no debugging, no demonstration accounts."""
    if not settings.PRODUCTION:
        return []
    wrong: list[CheckMessage] = []
    if len(settings.SECRET_KEY) < 32:
        wrong.append(
            Error("Set STTM2_SECRET_KEY to at least 32 random characters.", id="sttm2.E001")
        )
    if not settings.ALLOWED_HOSTS or "*" in settings.ALLOWED_HOSTS:
        wrong.append(Error("Set STTM2_HOSTS to the names the portal answers to.", id="sttm2.E002"))
    if settings.DEBUG:
        wrong.append(Error("STTM2_DEBUG must be off in production.", id="sttm2.E003"))
    return wrong
