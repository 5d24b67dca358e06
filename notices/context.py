"""What every page shows of one's notices."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from notices.models import Notice


def unread(request: HttpRequest) -> dict[str, Any]:
    """`portal_notices`: how many the person signed in has not read, counted when asked for."""
    mine = Notice.objects.of
    return {"portal_notices": SimpleLazyObject(lambda: mine(request.user).unread().count())}
