"""«Non è così»: what anybody says of a published service, for the office to look at."""

import secrets

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.models import User
from services.models.catalogue import Service


def new_token() -> str:
    """The secret address by which who wrote, without an account, finds the answer."""
    return secrets.token_urlsafe(18)


class Remark(models.Model):
    """Somebody says that a service is not as published. Nothing changes until the office looks."""

    class Kind(models.TextChoices):
        CLOSED = "closed", _("è chiuso o non esiste più")
        MOVED = "moved", _("è in un altro posto")
        TYPE = "type", _("non è di questo tipo")
        DATA = "data", _("un dato è sbagliato")
        TWICE = "twice", _("c'è due volte")
        OTHER = "other", _("altro")

    class Outcome(models.TextChoices):
        OPEN = "open", _("da guardare")
        RIGHT = "right", _("era vero: corretto")
        ASKED = "asked", _("era vero: lo correggerà il Comune")
        WRONG = "wrong", _("verificato: è giusto com'è")

    service = models.ForeignKey(Service, models.CASCADE, related_name="remarks")
    token = models.CharField(max_length=32, unique=True, default=new_token, editable=False)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    text = models.TextField(blank=True)
    at = models.DateTimeField(default=timezone.now)
    outcome = models.CharField(max_length=8, choices=Outcome.choices, default=Outcome.OPEN)
    answer = models.TextField(blank=True)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    forgotten_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["at", "pk"]
        verbose_name = _("segnalazione")
        verbose_name_plural = _("segnalazioni")
        indexes = [models.Index(fields=["outcome", "at"], name="remark_outcome_idx")]

    def __str__(self) -> str:
        return f"{self.service_id}: {self.kind}"
