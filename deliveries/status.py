"""What the office's page of the portal's state says of the work on deliveries: how much waits,
since when, and what failed."""

from datetime import timedelta

from django.db.models import Min, QuerySet
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.status import StatusLine, StatusSection
from deliveries.models import Delivery
from deliveries.states import DeliveryStatus

_CHECKS = (DeliveryStatus.RECEIVED, DeliveryStatus.CHECKING)
_PUBLICATIONS = (DeliveryStatus.DECIDED, DeliveryStatus.PUBLISHING)
#: What waits longer than this waits for something else than its turn.
PATIENCE = timedelta(minutes=15)


def work() -> StatusSection:
    """Checks and publications that wait or are done, the oldest first; those that failed."""
    working = Delivery.objects.for_a_worker()
    return StatusSection(
        _("Lavoro sulle consegne"),
        [
            _line(_("Controlli"), working.filter(status__in=_CHECKS)),
            _line(_("Pubblicazioni"), working.filter(status__in=_PUBLICATIONS)),
            _failed(),
        ],
    )


def _line(label: str, rows: "QuerySet[Delivery]") -> StatusLine:
    open_ones = rows.filter(lease_until__isnull=False)
    number = open_ones.count()
    if not number:
        return StatusLine(label, _("nessuno in corso"))
    oldest = open_ones.aggregate(at=Min("updated_at"))["at"]
    words = ngettext("%(n)d in corso o in attesa", "%(n)d in corso o in attesa", number)
    late = timezone.now() - oldest > PATIENCE
    since = _("Il più vecchio da %(time)s.") % {"time": timesince(oldest)}
    return StatusLine(label, words % {"n": number}, since, wrong=late)


def _failed() -> StatusLine:
    failed = Delivery.objects.filter(status=DeliveryStatus.FAILED)
    held = Delivery.objects.filter(status=DeliveryStatus.DECIDED).exclude(error_reference="")
    number = failed.count() + held.count()
    label = _("Interrotte da un nostro problema")
    if not number:
        return StatusLine(label, _("nessuna"))
    words = ngettext("%(n)d consegna", "%(n)d consegne", number) % {"n": number}
    note = _("La pagina di ciascuna dice il riferimento e come andare avanti.")
    return StatusLine(label, words, note, wrong=True)
