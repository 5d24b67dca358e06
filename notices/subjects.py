"""What notices may be about: each kind of subject is described by the app that owns it.

`settings.NOTICE_SUBJECTS` names one class per kind by dotted path, so that this app knows none.
"""

import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.module_loading import import_string

from people.models import User
from people.policies import Person

if TYPE_CHECKING:
    from notices.models import Event, Notice


@dataclass(frozen=True)
class News:
    """What a notice says. `quoted` is what a person wrote, `path` the page where to go on,
    `sender` whose it is where the event names no comune, `file_name` the subject's own, where it
    has a file."""

    title: str
    path: str
    text: str = ""
    quoted: str = ""
    sender: str = ""
    file_name: str = ""


@dataclass(frozen=True)
class Listener:
    """Who is told; `is_own`: the subject is in this person's hands, not only in the comune's."""

    person: User
    is_own: bool = False


class Subject(Protocol):
    """A kind of subject."""

    def audience(self, event: "Event") -> Iterable[Listener]:
        """Who is told of the event; nobody when it is no news. Who did it need not be left out."""

    def seen_by(self, user: Person) -> QuerySet[Any]:
        """The subjects that the person may know of today."""

    def found(self, keys: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Any]:
        """The subjects of these keys, with all that their words need."""

    def news(self, notice: "Notice", subject: Any) -> News:
        """The notice in words, in the active language."""


@cache
def subjects() -> dict[str, Subject]:
    """The kinds of this installation."""
    return {kind: import_string(path)() for kind, path in settings.NOTICE_SUBJECTS.items()}


def seen_by(user: Person) -> Q:
    """Events of subjects that the person may know of today, as one condition."""
    seen = Q(pk__in=[])
    for kind, subject in subjects().items():
        keys = subject.seen_by(user).order_by().values("pk")
        seen |= Q(event__subject_kind=kind, event__subject_id__in=keys)
    return seen


def with_news(notices: Iterable["Notice"]) -> list[tuple["Notice", News]]:
    """Notices with their words; one query per kind. Left out: those whose subject is gone."""
    listed = list(notices)
    found: dict[str, Mapping[uuid.UUID, Any]] = {}
    for kind, subject in subjects().items():
        keys = {one.event.subject_id for one in listed if one.event.subject_kind == kind}
        found[kind] = subject.found(keys) if keys else {}
    return [
        (one, subjects()[kind].news(one, found[kind][one.event.subject_id]))
        for one in listed
        if one.event.subject_id in found.get(kind := one.event.subject_kind, {})
    ]
