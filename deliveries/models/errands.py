"""Work for a worker that is about no state of a delivery."""

import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from deliveries.leases import Leased


class Errand(Leased):
    """A check without account, or a large return file: what was asked, and how it ended.

    `key` tells the errands of a kind apart; `until`: when it is forgotten. `error_reference`: of
    the failure of ours that ended it.
    """

    class Kind(models.TextChoices):
        PRECHECK = "precheck", _("verifica senza accesso")
        RETURN_FILE = "return_file", _("file di ritorno")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    key = models.CharField(max_length=120)
    asked = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    error_reference = models.CharField(max_length=12, blank=True)

    class Meta:
        verbose_name = _("lavoro in coda")
        verbose_name_plural = _("lavori in coda")
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="errand_once")]
        indexes = [
            models.Index(
                fields=["kind", "lease_until"],
                condition=models.Q(ended_at__isnull=True),
                name="errand_open_idx",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
