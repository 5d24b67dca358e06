"""How every page finds its delivery: `for_user` first, so that another comune's does not exist."""

import uuid

from django.http import HttpRequest
from django.utils.translation import gettext as _

from core.errors import NotAllowed, NotFound
from deliveries.models import Delivery
from deliveries.policies import may_review


def delivery_of(request: HttpRequest, pk: uuid.UUID) -> Delivery:
    """The delivery, if this person may know of it. Raises NotFound."""
    visible = Delivery.objects.for_user(request.user).with_waiting().with_sender()
    found = visible.select_related("by", "submitted_by", "reviewer", "edition")
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
