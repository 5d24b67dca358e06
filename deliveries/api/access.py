"""Who may call: signed in or with a token of the right scope; another comune's delivery is a
404."""

import uuid
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from rest_framework import permissions
from rest_framework.request import Request
from rest_framework.throttling import ScopedRateThrottle
from rest_framework.views import APIView

from core.errors import NotAllowed, NotFound, WrongState
from core.throttles import ByNetwork
from deliveries.models import Delivery
from deliveries.policies import may_review
from deliveries.reports.steps import has_report
from people.access import ScopedView


class WriteThrottle(ByNetwork, ScopedRateThrottle):
    """Counts what costs a check; reading is not counted."""

    def allow_request(self, request: Request, view: APIView) -> bool:
        if request.method in permissions.SAFE_METHODS:
            return True
        return super().allow_request(request, view)


class DeliveryView(ScopedView):
    """A view of deliveries: everything starts from what the caller may know of."""

    refuses: ClassVar[Any] = {"POST": (WrongState,)}

    def delivery(self, request: Request, pk: uuid.UUID) -> Delivery:
        """The delivery. Raises NotFound when there is none, or none of the caller's."""
        visible = Delivery.objects.for_user(request.user).with_waiting().with_sender()
        found = visible.select_related("by", "edition").filter(pk=pk).first()
        if found is None:
            raise NotFound("delivery-unknown", _("Qui non c'è nessuna consegna."))
        delivery: Delivery = found
        return delivery

    def on_desk(self, request: Request, pk: uuid.UUID) -> Delivery:
        """A delivery for the office. Raises NotFound, NotAllowed."""
        delivery = self.delivery(request, pk)
        if not may_review(request.user, delivery):
            raise NotAllowed("not-reviewer", _("L'istruttoria è dell'ufficio metropolitano."))
        return delivery


class ReportView(DeliveryView):
    """A view of what a check found."""

    refuses: ClassVar[Any] = {"GET": (WrongState,)}

    def checked(self, request: Request, pk: uuid.UUID) -> Delivery:
        """A delivery with a report. Raises NotFound, WrongState before the end of the check."""
        delivery = self.delivery(request, pk)
        if not has_report(delivery) and not delivery.findings.exists():
            raise WrongState(
                "not-checked",
                _("Il controllo non è ancora finito: il rapporto arriva."),
                state=delivery.status,
            )
        return delivery
