"""What the office's page of the portal's state says of the letters."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.status import StatusLine, StatusSection
from notices.models import Notice

#: A letter that is due longer than this waits for something.
PATIENCE = timedelta(hours=1)


def letters() -> StatusSection:
    """Letters that could not be sent, and those that wait too long."""
    failed = Notice.objects.filter(mail=Notice.Mail.FAILED).count()
    waits = Notice.Mail.DUE, Notice.Mail.SENDING
    late = Notice.objects.filter(mail__in=waits, at__lt=timezone.now() - PATIENCE).count()
    return StatusSection(
        _("Lettere"),
        [
            StatusLine(
                _("Non spedite"),
                _counted(failed),
                _("Chi doveva riceverle legge comunque l'avviso nel portale.") if failed else "",
                wrong=failed > 0,
            ),
            StatusLine(
                _("In attesa da più di un'ora"),
                _counted(late),
                _("Il server di posta non risponde, o rifiuta.") if late else "",
                wrong=late > 0,
            ),
        ],
    )


def _counted(number: int) -> str:
    if not number:
        return _("nessuna")
    return ngettext("%(n)d lettera", "%(n)d lettere", number) % {"n": number}
