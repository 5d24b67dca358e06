"""How long what is kept: one table, from which the privacy page is written and by which the beat
deletes.

What a period does is a function of the app whose data it is, named in `settings.RETENTION_STEPS`:
it takes the moment before which things are over, and answers how many it deleted.
"""

import datetime as dt
import logging
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, ngettext_lazy

from core.queue import OutOfTime
from people.actions import INVITATION_DAYS
from people.delays import DEVICE_DAYS
from people.models import RetentionRun

logger = logging.getLogger(__name__)

_HALF_YEAR, _YEAR, _TWO_YEARS = 180, 365, 730
_QUARTER = 90


@dataclass(frozen=True)
class Period:
    """What is kept and for how long. `app`: whose data it is; `words` name the days as `%(n)d`;
    `days`: those, or how they are asked of the settings."""

    key: str
    app: str
    what: Promise
    words: Any  # a text, or one of two that counts, or what makes it of the settings
    days: int | Callable[[], int] = 0

    @property
    def n(self) -> int:
        """The days of this installation."""
        return self.days() if callable(self.days) else self.days

    @property
    def kept(self) -> str:
        """For how long, in words."""
        if callable(self.words):
            return str(self.words())
        return str(self.words % {"n": self.n} if self.n else self.words)

    @property
    def step(self) -> str:
        """The dotted path of what deletes; empty where nothing has to."""
        steps: Mapping[str, str] = settings.RETENTION_STEPS
        return steps.get(self.key, "")


@dataclass(frozen=True)
class PeriodRun:
    """A period with what the last night did; `run` None: it never ran."""

    period: Period
    run: RetentionRun | None


def _unpublished() -> int:
    return int(settings.RETENTION_DAYS_UNPUBLISHED)


def _rows(ended: str) -> int:
    return int(settings.ROWS_KEPT_DAYS[ended])


def _session() -> int:
    return int(settings.SESSION_COOKIE_AGE) // 86_400


def _prechecked() -> str:
    """Hours, or minutes where they are not whole."""
    minutes = -(-int(settings.PRECHECK_SECONDS) // 60)
    if minutes % 60:
        words = ngettext(
            "al massimo %(n)d minuto, poi più nulla",
            "al massimo %(n)d minuti, poi più nulla",
            minutes,
        )
        return words % {"n": minutes}
    hours = minutes // 60
    words = ngettext(
        "al massimo %(n)d ora, poi più nulla", "al massimo %(n)d ore, poi più nulla", hours
    )
    return words % {"n": hours}


PERIODS: Final = (
    Period(
        "published", "deliveries", _("File consegnati e pubblicati"),
        _("restano, con la loro impronta, perché ogni dato pubblicato torni al file da cui viene; "
          "non escono mai per una via pubblica, né con il loro nome"),
    ),
    Period(
        "files", "deliveries", _("File ritirati, sostituiti o rifiutati"),
        ngettext_lazy(
            "cancellati dopo %(n)d giorno; restano nome, dimensione, impronta e registro delle "
            "azioni",
            "cancellati dopo %(n)d giorni; restano nome, dimensione, impronta e registro delle "
            "azioni", "n"),
        _unpublished,
    ),
    Period(
        "drafts", "deliveries", _("Consegne caricate e mai inviate"),
        ngettext_lazy("ritirate dopo %(n)d giorno senza modifiche",
                      "ritirate dopo %(n)d giorni senza modifiche", "n"),
        _HALF_YEAR,
    ),
    Period(
        "rows", "deliveries",
        _("Righe come consegnate e proposte di consegne ritirate o sostituite"),
        ngettext_lazy("cancellate dopo %(n)d giorno", "cancellate dopo %(n)d giorni", "n"),
        partial(_rows, "replaced"),
    ),
    Period(
        "published-rows", "deliveries",
        _("Righe come consegnate e proposte di consegne pubblicate"),
        ngettext_lazy("cancellate dopo %(n)d giorno", "cancellate dopo %(n)d giorni", "n"),
        partial(_rows, "published"),
    ),
    Period(
        "findings", "deliveries",
        _("Rilievi, e ciò che l’ufficio non ha accettato, di consegne ritirate o sostituite"),
        ngettext_lazy("cancellati dopo %(n)d giorno", "cancellati dopo %(n)d giorni", "n"),
        _unpublished,
    ),
    Period(
        "published-findings", "deliveries",
        _("Rilievi, e ciò che l’ufficio non ha accettato, di consegne pubblicate"),
        ngettext_lazy(
            "cancellati %(n)d giorno dopo la pubblicazione, quando ce n’è una più recente",
            "cancellati %(n)d giorni dopo la pubblicazione, quando ce n’è una più recente", "n"),
        _TWO_YEARS,
    ),
    Period(
        "raw", "services", _("Celle originali e trattenute di dati pubblicati"),
        ngettext_lazy(
            "cancellate %(n)d giorno dopo che un'altra edizione ha preso il loro posto",
            "cancellate %(n)d giorni dopo che un'altra edizione ha preso il loro posto", "n"),
        _TWO_YEARS,
    ),
    Period(
        "contacts", "deliveries", _("Nome ed e-mail del referente di una consegna"),
        ngettext_lazy("cancellati %(n)d giorno dopo che la consegna è conclusa",
                      "cancellati %(n)d giorni dopo che la consegna è conclusa", "n"),
        _TWO_YEARS,
    ),
    Period(
        "prechecks", "deliveries", _("File verificati senza accedere"),
        _prechecked,
    ),
    Period(
        "remarks", "services", _("Segnalazioni «Non è così»"),
        ngettext_lazy(
            "non chiedono nome né e-mail; il testo è cancellato %(n)d giorno dopo la risposta",
            "non chiedono nome né e-mail; il testo è cancellato %(n)d giorni dopo la risposta",
            "n"),
        _unpublished,
    ),
    Period(
        "accounts", "people", _("Account"),
        _("nome, e-mail, mandati e azioni compiute: restano perché ogni decisione abbia un "
          "responsabile; a richiesta la persona è cancellata, e delle sue azioni resta che le ha "
          "compiute una «persona cancellata»"),
    ),
    Period(
        "links", "people", _("Inviti"),
        ngettext_lazy("il link vale %(n)d giorno", "il link vale %(n)d giorni", "n"),
        INVITATION_DAYS,
    ),
    Period(
        "invitations", "people", _("Inviti accettati, ritirati o scaduti"),
        ngettext_lazy("cancellati %(n)d giorno dopo la scadenza",
                      "cancellati %(n)d giorni dopo la scadenza", "n"),
        _QUARTER,
    ),
    Period(
        "keys", "people", _("Chiavi API scadute o revocate"),
        ngettext_lazy("cancellate dopo %(n)d giorno", "cancellate dopo %(n)d giorni", "n"),
        _QUARTER,
    ),
    Period(
        "sign-ins", "people", _("Accessi e password sbagliate (indirizzo di rete, account, ora)"),
        ngettext_lazy("cancellati dopo %(n)d giorno", "cancellati dopo %(n)d giorni", "n"),
        _QUARTER,
    ),
    Period(
        "letters", "notices", _("Avvisi e lettere"),
        ngettext_lazy("cancellati dopo %(n)d giorno", "cancellati dopo %(n)d giorni", "n"),
        _YEAR,
    ),
    Period(
        "sessions", "people", _("Sessione di chi accede"),
        ngettext_lazy("al massimo %(n)d giorno, poi cancellata",
                      "al massimo %(n)d giorni, poi cancellata", "n"),
        _session,
    ),
    Period(
        "cookies", "people", _("Cookie"),
        ngettext_lazy(
            "solo tecnici: la sessione, la protezione dei moduli e, per %(n)d giorno, che chi "
            "accede è già entrato da questo dispositivo",
            "solo tecnici: la sessione, la protezione dei moduli e, per %(n)d giorni, che chi "
            "accede è già entrato da questo dispositivo", "n"),
        DEVICE_DAYS,
    ),
)  # fmt: skip


def periods() -> list[Period]:
    """The periods of the apps that are installed, in the order of the page."""
    return [one for one in PERIODS if one.app in settings.INSTALLED_APPS]


def runs() -> list[PeriodRun]:
    """What is deleted by the portal itself, each with its last run, for the office's status."""
    last = RetentionRun.objects.in_bulk()
    return [PeriodRun(one, last.get(one.key)) for one in periods() if one.step]


def forget_expired(now: dt.datetime | None = None) -> None:
    """Delete what is over, each period for itself: one that fails stops none of the others. At the
    end of the task's time the rest is left for the next night."""
    moment = now or timezone.now()
    for period in periods():
        if period.step:
            _run(period, moment)


def _run(period: Period, now: dt.datetime) -> None:
    run, _new = RetentionRun.objects.get_or_create(pk=period.key, defaults={"at": now})
    mine = RetentionRun.objects.filter(pk=run.pk)
    try:
        with transaction.atomic():
            removed = import_string(period.step)(now - dt.timedelta(days=period.n))
    except Exception as error:
        reference = secrets.token_hex(4)
        logger.exception("retention of %s failed, reference %s", period.key, reference)
        mine.update(error_reference=reference)
        if isinstance(error, OutOfTime):
            raise
    else:
        total = F("total") + removed
        mine.update(at=now, removed=removed, total=total, error_reference="")
