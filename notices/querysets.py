"""Which events and which notices; no model imports."""

import uuid
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import OuterRef, Q
from django.utils import timezone

from core.querysets import AppendOnlyQuerySet
from notices.subjects import seen_by

if TYPE_CHECKING:
    from people.policies import Person


class EventQuerySet(AppendOnlyQuerySet):
    """The log of everything that has one."""

    def about(self, kind: str, key: uuid.UUID | OuterRef) -> "EventQuerySet":
        """The events of one subject, oldest first."""
        return self.filter(subject_kind=kind, subject_id=key)


class NoticeQuerySet(models.QuerySet[Any]):
    """News for people."""

    def of(self, user: "Person") -> "NoticeQuerySet":
        """A person's own, about what they may still know of: who lost a mandate sees no more."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(seen_by(user), person=user.pk)

    def with_event(self) -> "NoticeQuerySet":
        """With what a list or a letter shows."""
        return self.select_related("person", "event__by", "event__municipality")

    def unread(self) -> "NoticeQuerySet":
        return self.filter(read_at__isnull=True)

    def to_send(self) -> "NoticeQuerySet":
        """Letters that are to go out and in nobody's hands, the first time at once, then after
        their pause; what died there is nobody's."""
        new = Q(mail="due", attempts=0)
        return self.filter(new | Q(mail__in=("due", "sending"), mail_after__lte=timezone.now()))

    def due(self) -> "NoticeQuerySet":
        """Letters that a sweep takes up: their pause is over, or nobody sent them at once."""
        return self.to_send().filter(mail_after__lte=timezone.now())

    def unsent(self) -> "NoticeQuerySet":
        """Letters that could not be sent and are given up; the notices in the portal stand."""
        return self.filter(mail="failed")
