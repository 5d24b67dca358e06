"""The parts of the portal that are not public, and the policy of each: who knows of what is there,
and who may ask. What none of them names is public.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from deliveries.models import Delivery
from deliveries.policies import may_upload
from notices.models import Notice
from people.models import ApiToken, Invitation, Mandate, Role, User
from people.policies import has_role, is_manager, is_operator, is_reviewer
from services.models import Correction
from tests.routes import Route
from zones.models import Municipality

SAFE = ("get", "head")
#: Person, what stands in the last places of the address, method -> whether.
Policy = Callable[[User, Any, str], bool]


def anybody(user: User, key: Any, method: str) -> bool:
    return True


def office(user: User, key: Any, method: str) -> bool:
    return is_reviewer(user)


def office_writes(user: User, key: Any, method: str) -> bool:
    return method in SAFE or is_reviewer(user)


def desk(user: User, key: Any, method: str) -> bool:
    """What came of a delivery's review is for its comune to read, once it was sent."""
    sent = Delivery.objects.filter(pk=key, submitted_at__isnull=False).exists()
    return is_reviewer(user) or (method in SAFE and sent)


def delivery(user: User, key: Any, method: str) -> bool:
    return Delivery.objects.for_user(user).filter(pk=key).exists()


def correction(user: User, key: Any, method: str) -> bool:
    return Correction.objects.for_user(user).filter(pk=key).exists()


def package(user: User, key: Any, method: str) -> bool:
    return may_upload(user, Municipality.objects.get(pk=key))


def notice(user: User, key: Any, method: str) -> bool:
    return Notice.objects.of(user).filter(pk=key).exists()


def own_key(user: User, key: Any, method: str) -> bool:
    return ApiToken.objects.filter(user=user, pk=key).exists()


def answers_for_others(user: User, key: Any, method: str) -> bool:
    return has_role(user, Role.OPERATOR, Role.MANAGER)


def _given_by(model: type[Mandate] | type[Invitation]) -> Policy:
    def answers_for(user: User, key: Any, method: str) -> bool:
        return is_manager(user) or is_operator(user, model.objects.get(pk=key).principal)

    return answers_for


@dataclass(frozen=True)
class Area:
    """Addresses that begin so (and are answered in that module). Who does not know of what is
    there gets a 404, who knows of it and may not ask a 403."""

    begins: str
    knows: Policy = anybody
    may: Policy = anybody
    module: str = ""

    def holds(self, route: Route) -> bool:
        inside = route.view.__module__.startswith(self.module)
        return inside and re.match(self.begins, route.template) is not None


#: The first that holds.
AREAS = (
    Area("/istruttoria/<uuid:pk>", delivery, office),
    Area("/istruttoria/", may=office),
    Area("/servizi/<str:public_id>/rettifica/", may=office),
    Area("/rettifiche/<uuid:pk>/annulla/", correction, office),
    Area("/rettifiche/<uuid:pk>", correction),
    Area("/rettifiche/"),
    Area("/consegne/<uuid:pk>", delivery),
    Area("/consegne/pacchetto/", package),
    Area(r"/consegne/(?!esempio\.csv)"),
    Area("/avvisi/<int:pk>", notice),
    Area("/avvisi/"),
    Area("/profilo/chiavi/<int:pk>", own_key),
    Area("/profilo/inviti/<int:pk>", _given_by(Invitation)),
    Area("/profilo/mandati/<int:pk>", _given_by(Mandate)),
    Area("/profilo/persone/", may=answers_for_others),
    Area("/profilo/"),
    Area("/api/v1/uploads/<uuid:pk>", delivery, desk, module="deliveries.api.desk"),
    Area("/api/v1/uploads/<uuid:pk>", delivery),
    Area("/api/v1/uploads/"),
    Area("/api/v1/confirmations/"),
    Area("/api/v1/packages/", package),
    Area("/api/v1/corrections/<uuid:pk>/undo/", correction, office),
    Area("/api/v1/corrections/<uuid:pk>", correction),
    Area("/api/v1/corrections/", may=office_writes),
    Area("/api/v1/remarks/(?!<str:token>)", may=office),
    Area("/api/v1/notices/"),
)


def area_of(route: Route) -> Area | None:
    """The area that an address belongs to; None: it is public."""
    return next((area for area in AREAS if area.holds(route)), None)
