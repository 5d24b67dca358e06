"""What the rules found, what the planner answered and what the reviewer decides on."""

from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core.geo import MASTER_SRID
from deliveries.models.delivery import Delivery, StagedRow
from deliveries.querysets import FindingQuerySet
from people.models import User
from services.models import Edition, Source, SourceItem
from validator.findings import Severity


class Finding(models.Model):
    """One finding, of one row or of many; the sentence
    is made when it is read, in the reader's language."""

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="findings")
    code = models.CharField(max_length=8)
    severity = models.CharField(
        max_length=8, choices=[(one.value, one.label("it")) for one in Severity]
    )
    layer = models.CharField(max_length=200, blank=True)
    rows = ArrayField(models.PositiveIntegerField(), default=list, blank=True)
    column = models.CharField(max_length=120, blank=True)
    params = models.JSONField(default=dict, blank=True)
    position = models.PointField(srid=MASTER_SRID, null=True, blank=True, spatial_index=False)

    objects = FindingQuerySet.as_manager()

    class Meta:
        verbose_name = _("rilievo")
        verbose_name_plural = _("rilievi")
        indexes = [models.Index(fields=["delivery", "code"], name="finding_delivery_code_idx")]

    def __str__(self) -> str:
        return f"{self.code} {self.rows}"

    @property
    def severity_label(self) -> str:
        """The severity in the reader's language; the field's own choices are in Italian."""
        return Severity(self.severity).label(get_language() or "it")


class Answer(models.Model):
    """A planner's answer to a finding; it hangs on the item or the row's content, so it travels.

    `cell`: the field that a finding of withheld cells speaks of (ATT-15), empty for the others.
    """

    class Kind(models.TextChoices):
        RIGHT = "right", _("è giusto così")
        WILL_FIX = "will_fix", _("sarà corretto")

    source = models.ForeignKey(Source, models.CASCADE, related_name="answers")
    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="answers")
    item = models.ForeignKey(
        SourceItem, models.CASCADE, null=True, blank=True, related_name="answers"
    )
    fingerprint = models.CharField(max_length=40, blank=True, db_index=True)
    code = models.CharField(max_length=8)
    cell = models.CharField(max_length=40, db_default="", default="", blank=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    reason = models.TextField()
    until = models.DateField(null=True, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("risposta a un rilievo")
        verbose_name_plural = _("risposte ai rilievi")
        constraints = [
            models.UniqueConstraint(
                fields=["delivery", "code", "fingerprint", "cell"],
                name="answer_once_per_finding_cell",
            )
        ]

    def __str__(self) -> str:
        return f"{self.code}: {self.reason[:40]}"


class Proposal(models.Model):
    """One difference against the edition in force, and what the office decides on it."""

    class Kind(models.TextChoices):
        NEW = "new", _("nuovo")
        MOVED = "moved", _("spostato")
        RECLASSIFIED = "reclassified", _("riclassificato")
        EDITED = "edited", _("modificato")
        WITHDRAWN = "withdrawn", _("non più presente")
        UNCHANGED = "unchanged", _("invariato")

    class Decision(models.TextChoices):
        PENDING = "pending", _("da decidere")
        ACCEPTED = "accepted", _("accettato")
        HELD = "held", _("in sospeso")
        REFUSED = "refused", _("rifiutato")

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="proposals")
    item = models.ForeignKey(
        SourceItem, models.PROTECT, null=True, blank=True, related_name="proposals"
    )
    staged_row = models.ForeignKey(
        StagedRow, models.CASCADE, null=True, blank=True, related_name="proposals"
    )
    kind = models.CharField(max_length=12, choices=Kind.choices)
    linked_by = models.CharField(max_length=16, blank=True)
    changes = models.JSONField(default=dict, blank=True)
    distance_m = models.FloatField(null=True, blank=True)
    decision = models.CharField(max_length=10, choices=Decision.choices, default=Decision.PENDING)
    reason_code = models.CharField(max_length=40, blank=True)
    note = models.TextField(blank=True)
    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField(null=True, blank=True)
    published_in = models.ForeignKey(
        Edition, models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("proposta")
        verbose_name_plural = _("proposte")
        constraints = [
            models.UniqueConstraint(
                fields=["delivery", "staged_row"],
                condition=models.Q(staged_row__isnull=False),
                name="proposal_once_per_row",
            ),
            models.UniqueConstraint(
                fields=["delivery", "item"],
                condition=models.Q(item__isnull=False),
                name="proposal_once_per_item",
            ),
        ]
        indexes = [models.Index(fields=["delivery", "kind", "decision"], name="proposal_kind_idx")]

    def __str__(self) -> str:
        return f"{self.kind} {self.decision}"
