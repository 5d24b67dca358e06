"""The office's corrections as a subject of notices: who is told, and the words."""

import uuid
from collections.abc import Collection, Iterator, Mapping
from functools import reduce
from operator import or_

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from notices.actions import MESSAGE
from notices.models import Event, Notice
from notices.subjects import Listener, News
from people.models import Role
from people.policies import Person, acting_for, holders, is_reviewer
from services.models import Correction
from services.querysets import CorrectionQuerySet


class CorrectionSubject:
    """What the notices ask of corrections (`settings.NOTICE_SUBJECTS`)."""

    def audience(self, event: Event) -> Iterator[Listener]:
        """The operators of the comune and of whoever's source was corrected; of a message from
        them, who corrected."""
        act = Correction.objects.get(pk=event.subject_id)
        principals = (acting_for(principal) for principal in act.principals)
        holders_of = reduce(or_, principals, Q(pk__in=())) & Q(role=Role.OPERATOR)
        if event.verb == MESSAGE and event.by and not is_reviewer(event.by):
            holders_of = Q(user=act.by_id, role__in=(Role.REVIEWER, Role.MANAGER))
        for one in holders(holders_of):
            yield Listener(one, is_own=one.pk == act.by_id)

    def seen_by(self, user: Person) -> CorrectionQuerySet:
        """The corrections that the person may read."""
        seen: CorrectionQuerySet = Correction.objects.for_user(user)
        return seen

    def found(self, keys: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Correction]:
        """The corrections of these keys."""
        return Correction.objects.in_bulk(list(keys))

    def news(self, notice: Notice, subject: Correction) -> News:
        """The notice in words."""
        event = notice.event
        path = reverse("services:correction", args=[subject.pk])
        if event.verb == MESSAGE:
            who = _("Da %(who)s.") % {"who": event.by} if event.by else ""
            return News(title=_("Nuovo messaggio"), text=who, quoted=event.note, path=path)
        return News(title=_("Rettifica d'ufficio"), quoted=event.note, path=path)
