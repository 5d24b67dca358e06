"""Deliveries as a subject of notices: who is told, and in words, in the active language, what
happened to which delivery and what to do next."""

import uuid
from collections.abc import Collection, Iterator, Mapping

from django.db.models import Count
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from deliveries import audience
from deliveries.models import Delivery, Proposal
from deliveries.policies import may_upload
from deliveries.querysets import DeliveryQuerySet
from deliveries.reports import page
from deliveries.reports.steps import has_report
from deliveries.states import DeliveryStatus, Verb
from notices.actions import MESSAGE
from notices.models import Event, Notice
from notices.subjects import Listener, News
from people.policies import Person

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
    Verb.UNDECIDE: gettext_lazy("L'ufficio ha riaperto l'istruttoria"),
    Verb.SUPERSEDE: gettext_lazy("Un nuovo file prende il posto del resto della consegna"),
    Verb.WITHDRAW: gettext_lazy("La consegna è stata ritirata"),
    MESSAGE: gettext_lazy("Nuovo messaggio"),
    audience.TAKE_OVER: gettext_lazy("Un collega continua la tua consegna"),
}
#: The note of these events was written for the reader.
_QUOTED = (Verb.SEND_BACK, Verb.WITHDRAW, MESSAGE)
_AGAIN = gettext_lazy("Differenze ricalcolate: rivedi la consegna")


class DeliverySubject:
    """What the notices ask of deliveries (`settings.NOTICE_SUBJECTS`)."""

    def audience(self, event: Event) -> Iterator[Listener]:
        """Who is told of the event."""
        groups = audience.groups_of(event)
        if not groups:
            return
        delivery = Delivery.objects.get(pk=event.subject_id)
        own = (delivery.by_id, delivery.reviewer_id)
        for group in groups:
            for one in audience.people_of(delivery, event, group):
                yield Listener(one, is_own=one.pk in own)

    def seen_by(self, user: Person) -> DeliveryQuerySet:
        """The deliveries that the person may know of."""
        seen: DeliveryQuerySet = Delivery.objects.for_user(user)
        return seen

    def found(self, keys: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Delivery]:
        """The deliveries of these keys."""
        return Delivery.objects.with_sender().select_related("edition").in_bulk(list(keys))

    def news(self, notice: Notice, subject: Delivery) -> News:
        """The notice in words."""
        event = notice.event
        return News(
            title=_title(event, subject),
            text=_text(event, subject),
            quoted=event.note if event.verb in _QUOTED else "",
            path=_path(notice, subject),
            sender=subject.source.sender,
            file_name=subject.file_name,
        )


def _title(event: Event, delivery: Delivery) -> str:
    if event.verb == Verb.PUBLISH_PART and event.note:
        return str(_AGAIN)
    return str(_TITLES.get(event.verb, event.verb))


def _text(event: Event, delivery: Delivery) -> str:
    if event.verb == Verb.FINISH_CHECK:
        return _verdict(delivery)
    if event.verb == Verb.DECIDE:
        return _decided(delivery)
    if event.verb in (Verb.SUBMIT, Verb.WITHDRAW, Verb.SUPERSEDE, MESSAGE, audience.TAKE_OVER):
        return _("Da %(who)s.") % {"who": event.by} if event.by else ""
    if event.verb in (Verb.PUBLISH, Verb.PUBLISH_PART) and delivery.edition and not event.note:
        return _("È l'edizione n. %(n)d.") % {"n": delivery.edition.number}
    if event.verb == Verb.REFUSE_FILE:
        return _("Apri la consegna: ti diciamo perché e come rimediare.")
    return _ours(event)


def _ours(event: Event) -> str:
    """What no person did."""
    if event.verb == Verb.FAIL_CHECK:
        return _("Non dipende dai tuoi dati e il file è al sicuro: riprova dalla consegna.")
    if event.verb == Verb.FAIL_PUBLICATION:
        sentence = _(
            "Dopo più tentativi non riusciamo. Riferimento: %(reference)s. Dall'istruttoria "
            "puoi riprovare o riaprirla."
        )
        return sentence % {"reference": event.note}
    return ""


def _verdict(delivery: Delivery) -> str:
    """The first line of the report, while it is the report of that check."""
    if delivery.status != DeliveryStatus.CHECKED or not has_report(delivery):
        return _("Il rapporto è pronto.")
    return page.verdict(delivery, page.finding_groups(delivery)).sentence


def _decided(delivery: Delivery) -> str:
    lines = delivery.proposals.order_by().values_list("decision").annotate(n=Count("pk"))
    counted = {**dict.fromkeys(Proposal.Decision.values, 0), **dict(lines)}
    sentences = [
        ngettext("%(n)d accettata", "%(n)d accettate", counted["accepted"]),
        ngettext("%(n)d in sospeso", "%(n)d in sospeso", counted["held"]),
        ngettext("%(n)d rifiutata", "%(n)d rifiutate", counted["refused"]),
    ]
    numbers = (counted["accepted"], counted["held"], counted["refused"])
    parts = [text % {"n": n} for text, n in zip(sentences, numbers, strict=True) if n]
    return _("Differenze: %(parts)s.") % {"parts": ", ".join(parts)} if parts else ""


def _path(notice: Notice, delivery: Delivery) -> str:
    """The sender's page of the delivery, or the office's desk."""
    if may_upload(notice.person, delivery.source):
        first = notice.event.verb == Verb.FINISH_CHECK and has_report(delivery)
        return reverse("deliveries:checks" if first else "deliveries:detail", args=[delivery.pk])
    return reverse("deliveries:review", args=[delivery.pk])
