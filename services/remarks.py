"""«Non è così»: anybody says it, the office answers, the comune finds it in its next package."""

from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.throttling import SimpleRateThrottle

from core.errors import Invalid, NotAllowed, NotFound, WrongState
from core.throttles import ByNetwork
from people.models import User
from people.policies import is_reviewer
from services.models import Remark, Service

LONGEST: Final = 1_000
#: Open remarks on one service beyond which one more says nothing new.
ENOUGH: Final = 20


class RemarkThrottle(ByNetwork, SimpleRateThrottle):
    """Remarks that one address may send, page and API together."""

    scope = "remark"

    def get_cache_key(self, request: Any, view: Any) -> str:
        return str(self.cache_format % {"scope": self.scope, "ident": self.get_ident(request)})


def service_of(public_id: str) -> Service:
    """The published service of that id. Raises NotFound."""
    found: Service | None = Service.objects.published().filter(public_id=public_id).first()
    if found is None:
        raise NotFound("service", _("Non c'è un servizio con questo identificativo."))
    return found


@transaction.atomic
def say(service: Service, *, kind: str, text: str) -> Remark:
    """Write a remark. Raises Invalid; WrongState when many have said so already."""
    if kind not in Remark.Kind.values:
        raise Invalid("kind", _("Scegli che cosa non va."))
    if kind in (Remark.Kind.OTHER, Remark.Kind.DATA) and not text.strip():
        raise Invalid("text-missing", _("Scrivi che cosa non va."))
    if len(text) > LONGEST:
        raise Invalid("text-long", _("Al massimo 1.000 caratteri."))
    Service.objects.select_for_update().get(pk=service.pk)
    waiting = Remark.objects.filter(service=service, outcome=Remark.Outcome.OPEN)
    if waiting.count() >= ENOUGH:
        raise WrongState(
            "enough", _("Altre persone l'hanno già segnalato: l'ufficio lo sta guardando.")
        )
    return Remark.objects.create(service=service, kind=kind, text=text.strip())


def remark_of(token: str) -> Remark:
    """The remark of that secret address. Raises NotFound."""
    found = Remark.objects.select_related("service").filter(token=token).first()
    if found is None:
        raise NotFound("remark-unknown", _("Questa segnalazione non c'è."))
    return found


@transaction.atomic
def close(remark: Remark, *, user: User, outcome: str, answer: str) -> None:
    """Say what came of it. Raises NotAllowed, Invalid, WrongState when somebody else has."""
    if not is_reviewer(user):
        raise NotAllowed("not-the-office", _("Risponde solo l'ufficio metropolitano."))
    closing = [value for value in Remark.Outcome.values if value != Remark.Outcome.OPEN]
    if outcome not in closing:
        raise Invalid("outcome", _("Scegli com'è andata."))
    if not answer.strip():
        raise Invalid("answer-missing", _("Scrivi la risposta: la legge chi ha segnalato."))
    current = Remark.objects.select_for_update().get(pk=remark.pk)
    if current.outcome != Remark.Outcome.OPEN:
        raise WrongState("closed", _("Un collega ha già risposto a questa segnalazione."))
    current.outcome, current.answer = outcome, answer.strip()
    current.closed_by, current.closed_at = user, timezone.now()
    current.save(update_fields=["outcome", "answer", "closed_by", "closed_at"])


def forget(limit: datetime) -> int:
    """Empty what people wrote in remarks that were closed before `limit`; kind and outcome stay.
    How many."""
    over = Remark.objects.filter(closed_at__lt=limit, forgotten_at__isnull=True)
    return over.update(text="", answer="", forgotten_at=timezone.now())
