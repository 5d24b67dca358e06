"""A notice in words, in the active language: what happened, to which delivery, what to do next."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from deliveries import notices
from deliveries.models import Delivery, DeliveryEvent, Notice, Proposal
from deliveries.policies import may_upload
from deliveries.reports import page
from deliveries.reports.steps import has_report
from deliveries.states import Status, Verb

_TITLES: dict[str, Promise] = {
    Verb.FINISH_CHECK: gettext_lazy("Il controllo è finito"),
    Verb.REFUSE_FILE: gettext_lazy("Non siamo riusciti a leggere il file"),
    Verb.FAIL_CHECK: gettext_lazy("Il controllo si è interrotto per un nostro problema"),
    Verb.SUBMIT: gettext_lazy("Consegna inviata all'ufficio"),
    Verb.SEND_BACK: gettext_lazy("L'ufficio ha restituito la consegna"),
    Verb.DECIDE: gettext_lazy("L'ufficio ha deciso"),
    Verb.PUBLISH: gettext_lazy("Consegna pubblicata"),
    Verb.PUBLISH_PART: gettext_lazy("Consegna pubblicata in parte"),
    Verb.FAIL_PUBLICATION: gettext_lazy("La pubblicazione si è interrotta per un nostro problema"),
    Verb.WITHDRAW: gettext_lazy("Il Comune ha ritirato la consegna"),
    notices.MESSAGE: gettext_lazy("Nuovo messaggio"),
    notices.TAKE_OVER: gettext_lazy("Un collega continua la tua consegna"),
    notices.CORRECT: gettext_lazy("Rettifica d'ufficio"),
}
#: The note of these events was written for the reader.
_QUOTED = (Verb.SEND_BACK, Verb.WITHDRAW, notices.MESSAGE, notices.CORRECT)
_AGAIN = gettext_lazy("Differenze ricalcolate: rivedi la consegna")


@dataclass(frozen=True)
class News:
    """What a notice says. `quoted` is what a person wrote, `path` the page where to go on."""

    title: str
    text: str
    quoted: str
    path: str


def told(notice: Notice) -> News:
    """The notice in words."""
    event, delivery = notice.event, notice.event.delivery
    return News(
        title=_title(event),
        text=_text(event, delivery),
        quoted=event.note if event.verb in _QUOTED else "",
        path=_path(notice, delivery),
    )


def _title(event: DeliveryEvent) -> str:
    if event.verb == Verb.PUBLISH_PART and event.note:
        return str(_AGAIN)
    return str(_TITLES.get(event.verb, event.verb_label))


def _text(event: DeliveryEvent, delivery: Delivery) -> str:
    if event.verb == Verb.FINISH_CHECK:
        return _verdict(delivery)
    if event.verb == Verb.DECIDE:
        return _decided(delivery)
    if event.verb in (Verb.SUBMIT, Verb.WITHDRAW, notices.MESSAGE, notices.TAKE_OVER):
        return _("Da %(who)s.") % {"who": event.by} if event.by else ""
    if event.verb in (Verb.PUBLISH, Verb.PUBLISH_PART) and delivery.edition and not event.note:
        return _("È l'edizione n. %(n)d.") % {"n": delivery.edition.number}
    if event.verb == Verb.REFUSE_FILE:
        return _("Apri la consegna: ti diciamo perché e come rimediare.")
    if event.verb == Verb.FAIL_CHECK:
        return _("Non dipende dai tuoi dati e il file è al sicuro: riprova dalla consegna.")
    return ""


def _verdict(delivery: Delivery) -> str:
    """The first line of the report, while it is the report of that check."""
    if delivery.status != Status.CHECKED or not has_report(delivery):
        return _("Il rapporto è pronto.")
    return page.verdict(delivery, page.mistakes_of(delivery)).sentence


def _decided(delivery: Delivery) -> str:
    found = delivery.proposals.values_list("decision", flat=True)
    counted = dict.fromkeys(Proposal.Decision.values, 0)
    for decision in found:
        counted[decision] += 1
    told = [
        ngettext("%(n)d accettata", "%(n)d accettate", counted["accepted"]),
        ngettext("%(n)d in sospeso", "%(n)d in sospeso", counted["held"]),
        ngettext("%(n)d rifiutata", "%(n)d rifiutate", counted["refused"]),
    ]
    numbers = (counted["accepted"], counted["held"], counted["refused"])
    parts = [text % {"n": n} for text, n in zip(told, numbers, strict=True) if n]
    return _("Differenze: %(parts)s.") % {"parts": ", ".join(parts)} if parts else ""


def _path(notice: Notice, delivery: Delivery) -> str:
    """The comune's page of the delivery, or the office's desk."""
    ours = delivery.sort == Delivery.Sort.OFFICE
    if ours or may_upload(notice.person, delivery.municipality_id):
        first = notice.event.verb == Verb.FINISH_CHECK and has_report(delivery)
        return reverse("deliveries:checks" if first else "deliveries:detail", args=[delivery.pk])
    return reverse("deliveries:review", args=[delivery.pk])
