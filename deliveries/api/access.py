"""Who may call: signed in or with a token of the right scope; another comune's delivery is a
404."""

import uuid
from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework import permissions
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import ScopedRateThrottle
from rest_framework.views import APIView

from core.api import whole
from core.errors import NotAllowed, NotFound, WrongState
from deliveries.models import Delivery
from deliveries.policies import may_review
from deliveries.reports.steps import has_report
from people.access import ScopedView

#: How many a page holds if nobody asks, and at most.
PAGE, MOST = 100, 1_000
#: The parameters of `DeliveryView.paged`.
PAGED = [
    OpenApiParameter("after", int, description="id dell'ultimo già letto"),
    OpenApiParameter("limit", int, description="Fino a 1.000"),
]


class WriteThrottle(ScopedRateThrottle):
    """Counts what costs a check; reading is not counted."""

    def allow_request(self, request: Request, view: APIView) -> bool:
        if request.method in permissions.SAFE_METHODS:
            return True
        return super().allow_request(request, view)


class DeliveryView(ScopedView):
    """A view of deliveries: everything starts from what the caller may know of."""

    def delivery(self, request: Request, pk: uuid.UUID) -> Delivery:
        """The delivery. Raises NotFound when there is none, or none of the caller's."""
        visible = Delivery.objects.for_user(request.user).with_waiting().with_sender()
        found = visible.select_related("by", "edition").filter(pk=pk).first()
        if found is None:
            raise NotFound("delivery-unknown", _("Qui non c'è nessuna consegna."))
        delivery: Delivery = found
        return delivery

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

    def paged(
        self, request: Request, found: QuerySet[Any], shown: Callable[[list[Any]], Iterable[Any]]
    ) -> Response:
        """A page of a list, by key: `after` is the key of the last one that was read, `next` the
        address of the page that follows."""
        asked, matched = request.query_params, found.count()
        if asked.get("after"):
            found = found.filter(pk__gt=whole(asked["after"], default=1, most=2**62))
        limit = whole(asked.get("limit"), default=PAGE, most=MOST)
        listed = list(found.order_by("pk")[:limit])
        following = None
        if len(listed) == limit:
            query = asked.copy()
            query["after"] = str(listed[-1].pk)
            following = request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
        return Response(
            {
                "numberMatched": matched,
                "numberReturned": len(listed),
                "results": list(shown(listed)),
                "next": following,
            }
        )

    def on_desk(self, request: Request, pk: uuid.UUID) -> Delivery:
        """A delivery for the office. Raises NotFound, NotAllowed."""
        delivery = self.delivery(request, pk)
        if not may_review(request.user, delivery):
            raise NotAllowed("not-reviewer", _("L'istruttoria è dell'ufficio metropolitano."))
        return delivery
