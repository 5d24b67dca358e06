"""Who is told of which event of a delivery; written in the transaction of the event itself, so
that no news is lost with the queue. Words are `report.news`, letters are `post`."""

from datetime import timedelta
from functools import partial
from typing import Final

from celery import current_app
from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from deliveries.models import Delivery, DeliveryEvent, Notice
from deliveries.states import Verb
from people.models import Mandate, Post, Role, User

#: The task of `post`, by name: the letters' floor is above this one.
TELL: Final = "deliveries.tell"
MESSAGE, TAKE_OVER, CORRECT = "message", "take_over", "correct"

_SENDER, _COMUNE, _OFFICE, _REVIEWER = "sender", "comune", "office", "reviewer"
_AUDIENCE: Final[dict[str, tuple[str, ...]]] = {
    Verb.FINISH_CHECK: (_SENDER,),
    Verb.REFUSE_FILE: (_SENDER,),
    Verb.FAIL_CHECK: (_SENDER,),
    Verb.SUBMIT: (_SENDER, _COMUNE, _OFFICE),
    Verb.SEND_BACK: (_SENDER, _COMUNE),
    Verb.DECIDE: (_SENDER, _COMUNE),
    Verb.PUBLISH: (_SENDER, _COMUNE),
    Verb.FAIL_PUBLICATION: (_REVIEWER,),
    Verb.WITHDRAW: (_SENDER, _COMUNE, _REVIEWER),
    CORRECT: (_COMUNE,),
}


def spread(event: DeliveryEvent) -> None:
    """Write the notices of an event, if it is news, and have the letters sent after the commit."""
    groups = _audience(event)
    if not groups:
        return
    delivery = event.delivery
    people = {person.pk: person for group in groups for person in _people(delivery, event, group)}
    people.pop(event.by_id or 0, None)
    later = timezone.now() + timedelta(seconds=settings.LEASE_SECONDS)
    written = [
        Notice(person=person, event=event, mail=_mail(person, delivery), mail_after=later)
        for person in people.values()
    ]
    Notice.objects.bulk_create(written, ignore_conflicts=True)
    if any(notice.mail == Notice.Mail.DUE for notice in written):
        # A broker that is away loses nothing: `post.sweep` finds what is due.
        send = partial(current_app.send_task, TELL, args=[event.pk])
        transaction.on_commit(send, robust=True)


def _audience(event: DeliveryEvent) -> tuple[str, ...]:
    if event.verb == MESSAGE:
        office = {Role.REVIEWER, Role.MANAGER} & _roles(event.by)
        return (_SENDER, _COMUNE) if office else (_REVIEWER,)
    if event.verb == TAKE_OVER:
        return (TAKE_OVER,)
    if event.verb == Verb.PUBLISH_PART:
        # With a note: nothing was published, the differences were computed anew for the reviewer.
        return (_REVIEWER,) if event.note else (_SENDER, _COMUNE)
    if event.verb == Verb.FINISH_CHECK and _checked_before(event):
        # Whoever mends in the browser is looking at the page: only the first check is news.
        return ()
    return _AUDIENCE.get(event.verb, ())


def _checked_before(event: DeliveryEvent) -> bool:
    earlier = DeliveryEvent.objects.filter(delivery=event.delivery_id, verb=Verb.FINISH_CHECK)
    return earlier.exclude(pk=event.pk).exists()


def _roles(person: User | None) -> set[str]:
    return set(person.mandates.in_force().values_list("role", flat=True)) if person else set()


def _people(delivery: Delivery, event: DeliveryEvent, group: str) -> list[User]:
    """The people of a group whose mandates hold today."""
    here = Q(municipality=delivery.municipality_id)
    office = Q(role__in=(Role.REVIEWER, Role.MANAGER))
    if group == _COMUNE:
        which = here & Q(role=Role.OPERATOR)
    elif group == _OFFICE or (group == _REVIEWER and delivery.reviewer_id is None):
        which = office if delivery.submitted_at else Q(pk=None)
    elif group == _REVIEWER:
        which = office & Q(user=delivery.reviewer_id)
    else:
        was = event.payload.get("was") if group == TAKE_OVER else delivery.by_id
        which = here & Q(user=was)
    mandates = Mandate.objects.in_force().filter(which, user__is_active=True)
    return list(User.objects.filter(pk__in=mandates.values("user")))


def _mail(person: User, delivery: Delivery) -> str:
    own = person.pk in (delivery.by_id, delivery.reviewer_id)
    wanted = person.post == Post.ALL or (person.post == Post.MINE and own)
    return Notice.Mail.DUE if wanted else Notice.Mail.UNASKED
