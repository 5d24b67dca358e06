"""What happened to anything that has a log, and the news of it for the people it concerns."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from notices.querysets import EventQuerySet, NoticeQuerySet
from people.models import User
from zones.models import Municipality


class Event(models.Model):
    """Who did what to a subject and when, messages included; append-only.

    The subject is a kind (a key of `settings.NOTICE_SUBJECTS`) and an identifier: no table that
    has a log is known here. The municipality is the one that the event concerns.
    """

    subject_kind = models.SlugField(max_length=24)
    subject_id = models.UUIDField()
    municipality = models.ForeignKey(
        Municipality, models.PROTECT, null=True, blank=True, related_name="+"
    )
    verb = models.CharField(max_length=24)
    from_status = models.CharField(max_length=12, blank=True)
    to_status = models.CharField(max_length=12, blank=True)
    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    note = models.TextField(blank=True)
    payload = models.JSONField(default=dict, blank=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]
        verbose_name = _("evento")
        verbose_name_plural = _("eventi")
        indexes = [
            models.Index(fields=["subject_kind", "subject_id", "at"], name="event_subject_idx")
        ]

    def __str__(self) -> str:
        return f"{self.subject_kind} {self.subject_id} {self.verb}"


class Notice(models.Model):
    """One event for one person: read in the portal and, if they want it, sent by e-mail once."""

    class Mail(models.TextChoices):
        UNASKED = "unasked", _("non chiesta")
        DUE = "due", _("da spedire")
        # Claimed by a worker until `mail_after`.
        SENDING = "sending", _("in spedizione")
        SENT = "sent", _("spedita")
        FAILED = "failed", _("non spedita")

    person = models.ForeignKey(User, models.CASCADE, related_name="notices")
    event = models.ForeignKey(Event, models.CASCADE, related_name="notices")
    at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True, blank=True)
    mail = models.CharField(max_length=8, choices=Mail.choices, default=Mail.UNASKED)
    mail_after = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = pgettext_lazy("notices", "avviso")
        verbose_name_plural = pgettext_lazy("notices", "avvisi")
        constraints = [
            models.UniqueConstraint(fields=["person", "event"], name="notice_once_per_person")
        ]
        indexes = [
            models.Index(
                fields=["person"], condition=Q(read_at__isnull=True), name="notice_unread_idx"
            ),
            models.Index(
                fields=["mail", "mail_after"],
                condition=Q(mail__in=("due", "sending", "failed")),
                name="notice_mail_open_idx",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.event_id}"
