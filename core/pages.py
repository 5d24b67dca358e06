"""What pages of signed-in people share: who may open them, the trail, numbers in addresses."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from core.errors import DomainError, Invalid

View = Callable[..., HttpResponseBase]


@dataclass(frozen=True)
class Crumb:
    """One step of the trail above a page."""

    label: str | Promise
    url: str | Promise = ""


def private(view: View) -> View:
    """Only signed in, never kept by a shared cache."""
    return never_cache(login_required(view))


def acting(view: View) -> View:
    """A private POST."""
    return private(require_POST(view))


def back_on_mistake(to: str) -> Callable[[View], View]:
    """Turn a mistake in what was typed into a message on the page `to` (a URL name with the
    subject's id).

    Being kept out (403, 404) and a wrong state (409) keep their own page and status.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapped(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
            try:
                return view(request, pk)
            except DomainError as error:
                if error.status != Invalid.status and error.status != DomainError.status:
                    raise
                messages.error(request, str(error.message))
                return redirect(reverse(to, args=[pk]))

        return wrapped

    return decorate


def number(text: str | None) -> int | None:
    """A row or page number from an address, or None when it is not one."""
    return int(text) if text and text.isdecimal() and len(text) < 9 else None
