"""What must hold of letters: none hangs half sent, and none waits for ever."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.verification import Requirement
from notices.models import Notice

#: After which a letter that is being sent, or is due, waits for nobody.
HANGING: Final = timedelta(hours=1)
UNTRIED: Final = timedelta(days=1)


def _hanging() -> Iterable[str]:
    now = timezone.now()
    sending = Q(mail=Notice.Mail.SENDING, mail_after__lt=now - HANGING)
    due = Q(mail=Notice.Mail.DUE, mail_after__lt=now - UNTRIED)
    keys = Notice.objects.filter(sending | due).order_by("pk").values_list("pk", flat=True)
    return (f"notice {key}" for key in keys)


REQUIREMENTS: Final = (
    Requirement(
        "letters",
        _("Nessuna lettera resta a metà o aspetta da giorni"),
        _("Controlla che i lavori di fondo girino e che il server di posta risponda."),
        _hanging,
    ),
)
