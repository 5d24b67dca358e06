"""What every page shows of the deliveries: how many wait for the person signed in."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from deliveries.models import Delivery
from deliveries.states import DeliveryStatus
from people.models import Role
from people.policies import Person, has_role, is_reviewer

#: States in which a delivery waits for its sender, and for the office.
SENDER_TURN = (
    DeliveryStatus.CHECKED,
    DeliveryStatus.UNREADABLE,
    DeliveryStatus.FAILED,
    DeliveryStatus.RETURNED,
)
OFFICE_TURN = (DeliveryStatus.SUBMITTED, DeliveryStatus.IN_REVIEW, DeliveryStatus.DECIDED)


def tasks(request: HttpRequest) -> dict[str, Any]:
    """`portal_tasks`: counted when asked for."""
    return {"portal_tasks": SimpleLazyObject(lambda: _waiting(request.user))}


def _waiting(user: Person) -> int:
    turn: list[DeliveryStatus] = []
    if has_role(user, Role.OPERATOR, Role.CONSULTANT):
        turn += SENDER_TURN
    if is_reviewer(user):
        turn += OFFICE_TURN
    return Delivery.objects.for_user(user).filter(status__in=turn).count() if turn else 0
