"""What happened to a delivery, as news for the people it concerns."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from deliveries.models.delivery import DeliveryEvent
from deliveries.querysets import NoticeQuerySet
from people.models import User


class Notice(models.Model):
    """One event for one person: read in the portal and, if they want it, sent by e-mail once."""

    class Mail(models.TextChoices):
        UNASKED = "unasked", _("non chiesta")
        DUE = "due", _("da spedire")
        # Claimed by a worker. One that dies here leaves it so: better no letter than two.
        SENDING = "sending", _("in spedizione")
        SENT = "sent", _("spedita")
        FAILED = "failed", _("non spedita")

    person = models.ForeignKey(User, models.CASCADE, related_name="notices")
    event = models.ForeignKey(DeliveryEvent, models.CASCADE, related_name="notices")
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
                fields=["mail_after"], condition=Q(mail="due"), name="notice_mail_due_idx"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.event_id}"
