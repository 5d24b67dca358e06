"""Where a delivery stands, in words: whose turn it
is, for how long, what comes next. No writing."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from deliveries.leases import MAX_ATTEMPTS
from deliveries.models import Delivery
from deliveries.policies import has_killed
from deliveries.reports.rulebook import FAMILY_WORDS
from deliveries.states import FINAL, DeliveryStatus, Verb
from notices.thread import ThreadLine
from notices.thread import thread as lines_of
from validator.rules.declaration import STAGES as FAMILIES

Text = str | Promise


class Turn(StrEnum):
    """Who has to act now."""

    SENDER = "sender"
    OFFICE = "office"
    PORTAL = "portal"
    NOBODY = "nobody"


TURN_WORDS: dict[Turn, Text] = {
    Turn.SENDER: _("Tocca a chi consegna"),
    Turn.OFFICE: _("Tocca all'ufficio metropolitano"),
    Turn.PORTAL: _("Ci sta lavorando il portale"),
    Turn.NOBODY: _("Conclusa"),
}


@dataclass(frozen=True)
class StatusSummary:
    """A status for people: whose turn, what it means, what to do."""

    turn: Turn
    meaning: Text
    todo: Text


_S, _O, _P, _N = Turn.SENDER, Turn.OFFICE, Turn.PORTAL, Turn.NOBODY
SUMMARIES: dict[str, StatusSummary] = {
    DeliveryStatus.RECEIVED: StatusSummary(
        _P, _("Il file è arrivato: il controllo sta per partire."), _("Guarda l'avanzamento")
    ),
    DeliveryStatus.CHECKING: StatusSummary(
        _P, _("Stiamo leggendo e controllando il file."), _("Guarda l'avanzamento")
    ),
    DeliveryStatus.CHECKED: StatusSummary(
        _S, _("Il controllo è finito: il rapporto è pronto."), _("Leggi il rapporto")
    ),
    DeliveryStatus.UNREADABLE: StatusSummary(
        _S, _("Non siamo riusciti a leggere il file."), _("Leggi perché e manda un altro file")
    ),
    DeliveryStatus.FAILED: StatusSummary(
        _P, _("Il controllo si è interrotto per un nostro problema."), _("Riprova il controllo")
    ),
    DeliveryStatus.SUBMITTED: StatusSummary(
        _O, _("Inviata: aspetta che l'ufficio la prenda in carico."), _("Guarda la consegna")
    ),
    DeliveryStatus.IN_REVIEW: StatusSummary(
        _O, _("L'ufficio sta decidendo sulle differenze."), _("Guarda la consegna")
    ),
    DeliveryStatus.RETURNED: StatusSummary(
        _S, _("L'ufficio l'ha restituita con una nota."), _("Leggi la nota e correggi")
    ),
    DeliveryStatus.DECIDED: StatusSummary(
        _P, _("L'ufficio ha deciso: sta per essere pubblicata."), _("Guarda la consegna")
    ),
    DeliveryStatus.PUBLISHING: StatusSummary(
        _P, _("Pubblicazione in corso."), _("Guarda la consegna")
    ),
    DeliveryStatus.PUBLISHED: StatusSummary(_N, _("Pubblicata."), _("Guarda il risultato")),
    DeliveryStatus.SUPERSEDED: StatusSummary(
        _N, _("Sostituita da un nuovo file."), _("Guarda che cosa conteneva")
    ),
    DeliveryStatus.WITHDRAWN: StatusSummary(
        _N, _("Ritirata da chi l'ha consegnata."), _("Guarda che cosa conteneva")
    ),
}

STAGES: dict[str, Text] = {
    "": _("in coda"),
    "read": _("lettura del file"),
    **{family: format_lazy("{}: {}", _("controlli"), FAMILY_WORDS[family]) for family in FAMILIES},
    "store": _("scrittura del rapporto"),
    "publish": _("pubblicazione"),
}


#: States in which the portal works on a delivery and the page asks for itself again.
_WORKING = (
    DeliveryStatus.RECEIVED,
    DeliveryStatus.CHECKING,
    DeliveryStatus.DECIDED,
    DeliveryStatus.PUBLISHING,
)
#: A decided delivery whose publication failed: it waits for its next attempt, or for the office.
_PAUSED = StatusSummary(
    _P,
    _("La pubblicazione si è interrotta per un nostro problema: fra poco la riproviamo da soli."),
    _("Guarda la consegna"),
)
_GIVEN_UP = StatusSummary(
    _O,
    _("La pubblicazione non riesce per un nostro problema. L'ufficio è avvisato: la riprova, "
      "oppure riapre l'istruttoria."),
    _("Guarda la consegna"),
)  # fmt: skip
_KILLED = StatusSummary(
    _S,
    _("Il controllo di questo file si è interrotto due volte in modo grave: non lo riproviamo. "
      "L'ufficio è avvisato."),
    _("Manda un altro file"),
)  # fmt: skip
_MISSING = StatusSummary(
    _S,
    _("Non troviamo più il file che ci avevi mandato: è un nostro problema e l'ufficio è "
      "avvisato. Mandalo di nuovo."),
    _("Manda di nuovo il file"),
)  # fmt: skip
_PARTLY_RETURNED = StatusSummary(
    _S,
    _("L'ufficio ha pubblicato una parte e restituito il resto con una nota."),
    _("Leggi la nota e manda un nuovo file"),
)


@dataclass(frozen=True)
class DeliveryLine:
    """One delivery in a list: the model and what is said of it."""

    delivery: Delivery
    status: StatusSummary
    days: int

    @property
    def turn_words(self) -> Text:
        return TURN_WORDS[self.status.turn]

    @property
    def is_final(self) -> bool:
        return self.delivery.status in FINAL

    @property
    def is_working(self) -> bool:
        return is_working(self.delivery)

    @property
    def stage(self) -> Text:
        return stage_words(self.delivery)


def status_of(delivery: Delivery) -> StatusSummary:
    """What the delivery's status means."""
    if has_failed_publication(delivery):
        return _GIVEN_UP if delivery.attempts >= MAX_ATTEMPTS else _PAUSED
    if delivery.status == DeliveryStatus.RETURNED and delivery.has_published_part:
        return _PARTLY_RETURNED
    if has_killed(delivery):
        return _KILLED
    if delivery.status == DeliveryStatus.FAILED and not delivery.file:
        return _MISSING
    return SUMMARIES[delivery.status]


def has_failed_publication(delivery: Delivery) -> bool:
    """Whether its last attempt to be published failed; `error_reference` is its reference."""
    return delivery.status == DeliveryStatus.DECIDED and bool(delivery.error_reference)


def is_working(delivery: Delivery) -> bool:
    """Whether the portal is at work on it, so that its pages change by themselves."""
    return delivery.status in _WORKING and not has_failed_publication(delivery)


def days_waited(since: datetime) -> int:
    """Whole calendar days in Europe/Rome from `since` to today."""
    return max(0, (timezone.localdate() - timezone.localtime(since).date()).days)


def line(delivery: Delivery) -> DeliveryLine:
    """A delivery for a list; `waiting_since` is used when the queryset annotated it."""
    since = getattr(delivery, "waiting_since", None) or delivery.created_at
    return DeliveryLine(delivery, status_of(delivery), days_waited(since))


def stage_words(delivery: Delivery) -> Text:
    """The stage a running check is in."""
    return STAGES.get(delivery.progress_stage, delivery.progress_stage)


#: Verbs that both sides see in the thread.
VERB_WORDS: dict[str, Text] = {
    verb: verb.label
    for verb in (
        Verb.SEND_BACK,
        Verb.SUBMIT,
        Verb.TAKE,
        Verb.PUBLISH,
        Verb.PUBLISH_PART,
        Verb.PUBLISH_AGAIN,
        Verb.UNDECIDE,
        Verb.WITHDRAW,
        Verb.SUPERSEDE,
        Verb.REOPEN,
    )
}


def thread(delivery: Delivery) -> list[ThreadLine]:
    """Messages and acts of the two sides, oldest first."""
    return lines_of(delivery.events, VERB_WORDS)
