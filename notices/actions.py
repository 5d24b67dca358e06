"""The only writer of events: each is written with its notices in the caller's transaction, so that
no news is lost with the queue. Words are the subject's, letters are `letters`."""

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from core.queue import app
from notices.models import Event, Notice
from notices.subjects import Listener, subjects
from people.models import Post, User

#: The task of `tasks`, by name: it stands above this module.
TELL: Final = "notices.tell"
#: What people write to each other about a subject; every kind may have it.
MESSAGE: Final = "message"


@dataclass(frozen=True)
class About:
    """The subject of an event, and the comune (ISTAT code) that it concerns."""

    kind: str
    key: uuid.UUID
    municipality: str | None = None


@transaction.atomic
def record(about: About, verb: str, *, by: User | None, note: str = "", **rest: Any) -> Event:
    """Append a line to a subject's log and tell whom it concerns.

    `rest`: from_status, to_status, payload.
    """
    event: Event = Event.objects.create(
        subject_kind=about.kind,
        subject_id=about.key,
        municipality_id=about.municipality,
        verb=verb,
        by=by,
        note=note,
        **rest,
    )
    _spread(event)
    return event


def _spread(event: Event) -> None:
    """Write the notices of an event, if it is news, and have the letters sent after the commit."""
    heard = {one.person.pk: one for one in subjects()[event.subject_kind].audience(event)}
    heard.pop(event.by_id or 0, None)
    later = timezone.now() + timedelta(seconds=settings.LEASE_SECONDS)
    written = [
        Notice(person=one.person, event=event, mail=_mail(one), mail_after=later)
        for one in heard.values()
    ]
    Notice.objects.bulk_create(written, ignore_conflicts=True)
    if any(notice.mail == Notice.Mail.DUE for notice in written):
        # A broker that is away loses nothing: `tasks.sweep` finds what is due.
        transaction.on_commit(lambda: app.send_task(TELL, args=[event.pk]), robust=True)


def _mail(listener: Listener) -> str:
    wish = listener.person.post
    wanted = wish == Post.ALL or (wish == Post.MINE and listener.is_own)
    return Notice.Mail.DUE if wanted else Notice.Mail.UNASKED
