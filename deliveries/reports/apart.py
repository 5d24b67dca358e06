"""News of a delivery for people who may not know the delivery itself:
neither words nor path lead to it."""

import uuid
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from deliveries import audience
from deliveries.models import Delivery, Errand
from deliveries.querysets import DeliveryQuerySet
from notices.models import Event, Notice
from notices.subjects import Listener, News
from people.models import Role
from people.policies import Person, is_reviewer, reach_of


class ApartSubject:
    """What the notices ask of such news (`settings.NOTICE_SUBJECTS`)."""

    def audience(self, event: Event) -> Iterator[Listener]:
        """Who is told of the event."""
        for one in audience.people_apart(event):
            yield Listener(one)

    def seen_by(self, user: Person) -> DeliveryQuerySet:
        """All, while the person has a mandate: they were told of what tells nothing of it."""
        known: DeliveryQuerySet = Delivery.objects.all()
        return known if is_reviewer(user) or reach_of(user, Role.OPERATOR) else known.none()

    def found(self, keys: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Delivery]:
        """The deliveries of these keys."""
        return Delivery.objects.with_sender().in_bulk(list(keys))

    def news(self, notice: Notice, subject: Delivery) -> News:
        """The notice in words."""
        event = notice.event
        if event.verb == audience.SHARED:
            return _shared(event, subject)
        return _broken_rule(event) if event.verb == audience.RULE_FAILED else _fault(event)


class ErrandSubject:
    """Work of the portal that is about no delivery: a check without account, a return file."""

    def audience(self, event: Event) -> Iterator[Listener]:
        """The office."""
        for one in audience.people_apart(event):
            yield Listener(one)

    def seen_by(self, user: Person) -> "QuerySet[Errand]":
        """All, for the office."""
        return Errand.objects.all() if is_reviewer(user) else Errand.objects.none()

    def found(self, keys: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Errand]:
        """The errands of these keys, as long as they are kept."""
        return Errand.objects.in_bulk(list(keys))

    def news(self, notice: Notice, subject: Errand) -> News:
        """The notice in words."""
        return replace(_fault(notice.event), sender=subject.get_kind_display())


def _fault(event: Event) -> News:
    """What is looked for in the logs by its reference; the delivery may be a draft of others."""
    died = event.verb == audience.WORKER_DIED
    text = _("Abbiamo smesso di riprovare.") if died else _("Chi consegna lo manda di nuovo.")
    titles = (
        _("Un file consegnato non si trova più nell'archivio"),
        _("Un lavoro ha interrotto due volte il programma"),
    )
    reference = _("Riferimento: %(reference)s.") % {"reference": event.note}
    return News(title=titles[died], text=f"{text} {reference}", path=reverse("notices:list"))


def _broken_rule(event: Event) -> News:
    codes = event.payload["codes"]
    message = _("Regole: %(codes)s. Riferimento: %(reference)s.")
    return News(
        title=_("Un controllo non è riuscito per un nostro problema"),
        text=message % {"codes": ", ".join(codes), "reference": event.note},
        path=reverse("deliveries:rule", args=[codes[0]]),
    )


def _shared(event: Event, delivery: Delivery) -> News:
    services = event.payload["services"]
    message = _("%(comune)s l'ha confermato come condiviso: %(names)s. Se lo dichiari anche tu, "
             "conta due volte.")  # fmt: skip
    names = ", ".join(one["name"] for one in services)
    return News(
        title=_("Un servizio pubblicato passa il confine del tuo Comune"),
        text=message % {"comune": delivery.source.sender, "names": names},
        path=reverse("services:detail", args=[services[0]["id"]]),
    )
