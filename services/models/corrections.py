"""What the office corrected of a service, without a delivery."""

import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from notices.models import Event
from notices.querysets import EventQuerySet
from people.models import Principal, User
from services.models.catalogue import Service
from services.models.lineage import Edition
from services.querysets import CORRECTION, CorrectionQuerySet
from zones.models import Municipality


class Correction(models.Model):
    """One act of the office and the editions that carry it (several where more sources spoke).

    `changes` is attribute -> [before, now]; `gone` took the service off the portal; `undoes` is
    the correction that this one takes back.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    service = models.ForeignKey(Service, models.PROTECT, related_name="corrections")
    #: Where the service is; none where nobody said it of a service that was taken away.
    municipality = models.ForeignKey(
        Municipality, models.PROTECT, null=True, related_name="corrections"
    )
    editions = models.ManyToManyField(Edition, related_name="corrections")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    reason = models.TextField()
    changes = models.JSONField(default=dict, blank=True)
    gone = models.BooleanField(default=False)
    undoes = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("rettifica d'ufficio")
        verbose_name_plural = _("rettifiche d'ufficio")
        indexes = [models.Index(fields=["municipality", "-at"], name="correction_comune_idx")]

    def __str__(self) -> str:
        return f"{self.service_id} {self.at:%d/%m/%Y}"

    @property
    def edition(self) -> Edition:
        """The edition of the source that led the service's page, which is the first."""
        first: Edition = min(self.editions.all(), key=lambda one: one.pk)
        return first

    @property
    def principals(self) -> set[Principal]:
        """The comune where the service is, and whose sources were corrected."""
        own = ("source__municipality", "source__body")
        corrected = (edition.source.principal for edition in self.editions.select_related(*own))
        return {one for one in (self.municipality, *corrected) if one is not None}

    @property
    def place(self) -> str:
        """The comune's name, for people."""
        return self.municipality.name if self.municipality else gettext("senza Comune")

    @property
    def events(self) -> EventQuerySet:
        """The correction's log, oldest first."""
        log: EventQuerySet = Event.objects.about(CORRECTION, self.pk)
        return log
