"""The thread of a subject: what its people wrote to each other, and acts that both should see."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from notices.actions import MESSAGE
from notices.models import Event
from notices.querysets import EventQuerySet


@dataclass(frozen=True)
class ThreadLine:
    """A line of the thread."""

    event: Event
    words: str

    @property
    def is_message(self) -> bool:
        return self.event.verb == MESSAGE


def thread(events: EventQuerySet, verbs: Mapping[str, str | Promise]) -> list[ThreadLine]:
    """The messages, and the events whose verb has words in `verbs`, oldest first."""
    words = {MESSAGE: _("messaggio"), **verbs}
    shown = events.filter(verb__in=list(words)).select_related("by")
    return [ThreadLine(event, str(words[event.verb])) for event in shown]
