"""News of a delivery for people who may not know the delivery itself:
neither words nor path lead to it."""

import uuid
from collections.abc import Collection, Iterator, Mapping

from django.urls import reverse
from django.utils.translation import gettext as _

from deliveries import audience
from deliveries.models import Delivery
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
        return _fault(event) if event.verb == audience.RULE_FAILED else _shared(event, subject)


def _fault(event: Event) -> News:
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
