"""Decisions about services: matches between items, versions of the criteria, and the event
log."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.querysets import AppendOnlyQuerySet
from services.models.catalogue import Service
from services.models.lineage import Edition, SourceItem


class Match(models.Model):
    """A decision, reversible, that two items are or are not the same service."""

    class Verdict(models.TextChoices):
        SAME = "same", _("lo stesso servizio")
        DIFFERENT = "different", _("servizi diversi")
        UNSURE = "unsure", _("non so")

    item_a = models.ForeignKey(SourceItem, models.PROTECT, related_name="matches_as_a")
    item_b = models.ForeignKey(SourceItem, models.PROTECT, related_name="matches_as_b")
    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    score = models.FloatField(null=True, blank=True)
    terms = models.JSONField(default=dict, blank=True)
    by = models.ForeignKey("people.User", models.PROTECT, null=True, blank=True, related_name="+")
    rule = models.CharField(max_length=60, blank=True)
    at = models.DateTimeField(default=timezone.now)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("corrispondenza")
        verbose_name_plural = _("corrispondenze")
        constraints = [
            models.CheckConstraint(
                name="match_items_in_order", condition=Q(item_a__lt=F("item_b"))
            ),
            models.UniqueConstraint(
                fields=["item_a", "item_b"],
                condition=Q(revoked_at__isnull=True),
                name="match_one_in_force",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_a_id} {self.verdict} {self.item_b_id}"


class CriteriaSet(models.Model):
    """A version of the criteria of sovracomunalità: its `terms` decide (`services.criteria`). The
    one adopted last is in use."""

    version = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=160)
    name_en = models.CharField(max_length=160, blank=True)
    terms = models.JSONField(default=list)
    adopted_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-adopted_at", "-pk"]
        verbose_name = _("insieme di criteri")
        verbose_name_plural = _("insiemi di criteri")

    def __str__(self) -> str:
        return self.version


class ServiceEvent(models.Model):
    """What happened to a service and in which edition; append-only."""

    class Verb(models.TextChoices):
        CREATED = "created", _("creato")
        CHANGED = "changed", _("modificato")
        MOVED = "moved", _("spostato")
        RECLASSIFIED = "reclassified", _("riclassificato")
        CONFIRMED = "confirmed", _("confermato")
        WITHDRAWN = "withdrawn", _("ritirato")
        MERGED = "merged", _("unito a un altro")
        SPLIT = "split", _("separato")
        VALIDATED = "validated", _("valenza validata")

    service = models.ForeignKey(Service, models.PROTECT, related_name="events")
    edition = models.ForeignKey(
        Edition, models.PROTECT, null=True, blank=True, related_name="events"
    )
    verb = models.CharField(max_length=14, choices=Verb.choices)
    changes = models.JSONField(default=dict, blank=True)
    by = models.ForeignKey("people.User", models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("evento di un servizio")
        verbose_name_plural = _("eventi dei servizi")

    def __str__(self) -> str:
        return f"{self.service_id} {self.verb}"
