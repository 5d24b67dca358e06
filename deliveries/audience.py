"""Who is told of which event of a delivery; the words are `reports.news`."""

from typing import Final

from django.db.models import Q

from deliveries.models import Delivery
from deliveries.states import ON_DESK, Verb
from notices.actions import MESSAGE
from notices.models import Event
from people.models import Role, User
from people.policies import acting_for, holders

TAKE_OVER: Final = "take_over"
#: A rule failed through our fault; a published area goes over into another comune. Who is told of
#: these may not know of the delivery (`reports.apart`).
RULE_FAILED: Final = "rule_failed"
SHARED: Final = "shared"
#: Faults of ours: work that twice ended the life of whoever did it; an original that is not there.
WORKER_DIED: Final = "worker_died"
FILE_MISSING: Final = "file_missing"
_FAULTS: Final = (RULE_FAILED, WORKER_DIED, FILE_MISSING)

#: Who delivered it in person; the other operators of the same comune or body.
_PERSON, _SENDER, _OFFICE, _REVIEWER = "person", "sender", "office", "reviewer"
_AUDIENCE: Final[dict[str, tuple[str, ...]]] = {
    Verb.FINISH_CHECK: (_PERSON,),
    Verb.REFUSE_FILE: (_PERSON,),
    Verb.FAIL_CHECK: (_PERSON,),
    Verb.SUBMIT: (_PERSON, _SENDER, _OFFICE),
    Verb.SEND_BACK: (_PERSON, _SENDER),
    Verb.DECIDE: (_PERSON, _SENDER),
    Verb.PUBLISH: (_PERSON, _SENDER),
    Verb.UNDECIDE: (_PERSON, _SENDER),
    Verb.WITHDRAW: (_PERSON, _SENDER, _REVIEWER),
    TAKE_OVER: (TAKE_OVER,),
}


def groups_of(event: Event) -> tuple[str, ...]:
    """The groups that an event is news for; none when it is no news."""
    if event.verb == MESSAGE:
        office = {Role.REVIEWER, Role.MANAGER} & _roles(event.by)
        return (_PERSON, _SENDER) if office else (_REVIEWER,)
    if event.verb == Verb.FAIL_PUBLICATION:
        # What is tried again by itself is nobody's news.
        return (_OFFICE,) if event.payload.get("given_up") else ()
    if event.verb == Verb.SUPERSEDE:
        return (_REVIEWER,) if event.from_status in ON_DESK else ()
    if event.verb == Verb.PUBLISH_PART:
        # With a note: nothing was published, the differences were computed anew for the reviewer.
        return (_REVIEWER,) if event.note else (_PERSON, _SENDER)
    if event.verb == Verb.FINISH_CHECK and _checked_before(event):
        # Whoever mends in the browser is looking at the page: only the first check is news.
        return ()
    return _AUDIENCE.get(event.verb, ())


def _checked_before(event: Event) -> bool:
    same = Event.objects.about(event.subject_kind, event.subject_id)
    return same.filter(verb=Verb.FINISH_CHECK).exclude(pk=event.pk).exists()


def _roles(person: User | None) -> set[str]:
    return set(person.mandates.in_force().values_list("role", flat=True)) if person else set()


def people_of(delivery: Delivery, event: Event, group: str) -> list[User]:
    """The people of a group whose mandates hold today."""
    here = acting_for(delivery.source.principal)
    office = Q(role__in=(Role.REVIEWER, Role.MANAGER))
    if group == _SENDER:
        which = here & Q(role=Role.OPERATOR)
    elif group == _OFFICE or (group == _REVIEWER and delivery.reviewer_id is None):
        which = office if delivery.submitted_at else Q(pk=None)
    elif group == _REVIEWER:
        which = office & Q(user=delivery.reviewer_id)
    else:
        was = event.payload.get("was") if group == TAKE_OVER else delivery.by_id
        which = here & Q(user=was)
    return list(holders(which))


def people_apart(event: Event) -> list[User]:
    """Who is told of an event apart: of our fault the office, else the comune's operators."""
    if event.verb in _FAULTS:
        return list(holders(Q(role__in=(Role.REVIEWER, Role.MANAGER))))
    return list(holders(acting_for(event.municipality) & Q(role=Role.OPERATOR)))
