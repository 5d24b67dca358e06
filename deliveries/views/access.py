"""How every page finds its delivery: `for_user` first, so that another comune's does not exist."""

import uuid
from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from core.errors import DomainError, Invalid, NotAllowed, NotFound
from deliveries.models import Delivery
from deliveries.policies import may_review
from people.models import User

View = Callable[..., HttpResponseBase]


def private(view: View) -> View:
    """Only signed in, never kept by a shared cache."""
    return never_cache(login_required(view))


def acting(view: View) -> View:
    """A private POST."""
    return private(require_POST(view))


def person(request: HttpRequest) -> User:
    """Who is signed in; `private` let nobody else through."""
    if not isinstance(request.user, User):
        raise NotAllowed("sign-in", _("Accedi per continuare."))
    return request.user


def delivery_of(request: HttpRequest, pk: uuid.UUID) -> Delivery:
    """The delivery, if this person may know of it. Raises NotFound."""
    visible = Delivery.objects.for_user(request.user).with_waiting()
    found = visible.select_related("municipality", "by", "submitted_by", "reviewer", "edition")
    delivery: Delivery | None = found.filter(pk=pk).first()
    if delivery is None:
        raise NotFound("delivery-unknown", _("Qui non c'è nessuna consegna."))
    return delivery


def reviewed(request: HttpRequest, pk: uuid.UUID) -> Delivery:
    """The delivery for the office's desk. Raises NotFound, NotAllowed."""
    delivery = delivery_of(request, pk)
    if not may_review(request.user, delivery):
        raise NotAllowed("review-not-yours", _("L'istruttoria è dell'ufficio metropolitano."))
    return delivery


def back_on_mistake(to: str) -> Callable[[View], View]:
    """Turn a mistake in what was typed into a message on
    the page `to` (a URL name with the delivery's id).

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
