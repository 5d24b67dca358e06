"""One delivery, the rows read from it and what was done to it."""

import uuid
from typing import Final

from django.contrib.gis.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.geo import MASTER_SRID
from deliveries.leases import Leased
from deliveries.querysets import SUBJECT_KIND, DeliveryQuerySet, StagedRowQuerySet
from deliveries.states import OPEN, DeliveryStatus
from notices.models import Event
from notices.querysets import EventQuerySet
from people.models import User
from services.models import Edition, Source

#: Where delivered files lie in the storage.
FOLDER: Final = "deliveries"


def storage_name(delivery: "Delivery", filename: str) -> str:
    """Where a delivered file lies: by id alone, so that no name of a person reaches a path."""
    return f"{FOLDER}/{delivery.pk}/original"


class Delivery(Leased):
    """What is delivered to a source, a comune's plan or another: a file, or the confirmation that
    nothing changed."""

    class Kind(models.TextChoices):
        FILE = "file", _("file")
        CONFIRMATION = "confirmation", _("conferma senza modifiche")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    source = models.ForeignKey(Source, models.PROTECT, related_name="deliveries")
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.FILE)
    by = models.ForeignKey(User, models.PROTECT, related_name="deliveries")
    status = models.CharField(
        max_length=12, choices=DeliveryStatus.choices, default=DeliveryStatus.RECEIVED
    )
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(auto_now=True)

    file = models.FileField(upload_to=storage_name, blank=True, max_length=200)
    file_name = models.CharField(max_length=255, blank=True)
    file_size = models.BigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True, db_index=True)
    idempotency_key = models.CharField(max_length=80, blank=True)

    # What the planner chose (layers, crs, columns,
    # undone autofixes) and what was understood from it.
    options = models.JSONField(default=dict, blank=True)
    mapping = models.JSONField(default=dict, blank=True)
    mapping_confirmed_at = models.DateTimeField(null=True, blank=True)
    facts = models.JSONField(default=dict, blank=True)
    # What the check said: rules run, not run and why, counts; the sentence is rendered when read.
    rule_set = models.CharField(max_length=40, blank=True)
    outcome = models.JSONField(default=dict, blank=True)
    row_count = models.PositiveIntegerField(default=0)
    error_count = models.PositiveIntegerField(default=0)
    warning_count = models.PositiveIntegerField(default=0)
    blocked_count = models.PositiveIntegerField(default=0)
    is_valid = models.BooleanField(default=False)
    checked_at = models.DateTimeField(null=True, blank=True)
    # Of which check the proposals were made, whatever it is sent with; of none once a cell is let
    # out.
    compared_at = models.DateTimeField(null=True, blank=True)
    error_reference = models.CharField(max_length=12, blank=True)

    # Submission (DOC rules): act, reference date, contact.
    act = models.CharField(_("atto"), max_length=300, blank=True)
    act_date = models.DateField(_("data dell'atto"), null=True, blank=True)
    reference_date = models.DateField(_("data di riferimento dei dati"), null=True, blank=True)
    contact_name = models.CharField(_("referente"), max_length=150, blank=True)
    contact_email = models.EmailField(_("e-mail d'ufficio"), blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    reviewer = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    base_edition = models.ForeignKey(
        Edition, models.PROTECT, null=True, blank=True, related_name="+"
    )
    edition = models.ForeignKey(Edition, models.PROTECT, null=True, blank=True, related_name="+")
    supersedes = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("consegna")
        verbose_name_plural = _("consegne")
        constraints = [
            models.UniqueConstraint(
                fields=["source"],
                condition=models.Q(status__in=OPEN),
                name="delivery_one_open_per_source",
            ),
            models.UniqueConstraint(
                fields=["by", "idempotency_key"],
                condition=~models.Q(idempotency_key="")
                & ~models.Q(status=DeliveryStatus.WITHDRAWN),
                name="delivery_idempotency_key_once",
            ),
        ]
        indexes = [models.Index(fields=["status", "lease_until"], name="delivery_lease_idx")]

    def __str__(self) -> str:
        return f"{self.source.sender} {self.created_at:%d/%m/%Y}"

    @property
    def events(self) -> EventQuerySet:
        """The delivery's log, oldest first."""
        log: EventQuerySet = Event.objects.about(SUBJECT_KIND, self.pk)
        return log

    @property
    def has_published_part(self) -> bool:
        """Whether an edition holds something of it; its review may go on with the rest."""
        return self.edition_id is not None


class StagedRow(models.Model):
    """A row of a delivery as read (`raw`, `sent`) and as understood; written by binary COPY.

    `municipality`: the row's own comune (ISTAT code), empty where nothing says it. `private`:
    cells that seem to hold something of a person, by field (ATT-15). They are out of `attributes`,
    `name` and `identifier` until somebody says that they are contacts of the body.
    """

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="rows")
    layer = models.CharField(max_length=200, blank=True)
    row = models.PositiveIntegerField()
    identifier = models.CharField(max_length=120, blank=True)
    fingerprint = models.CharField(max_length=40)
    name = models.CharField(max_length=300, blank=True)
    kind = models.CharField(max_length=80, blank=True)
    municipality = models.CharField(max_length=6, blank=True)
    raw = models.JSONField(default=dict)
    attributes = models.JSONField(default=dict)
    private = models.JSONField(default=dict, db_default={}, blank=True)
    autofixes = models.JSONField(default=list)
    sent = models.BinaryField(null=True, blank=True)
    geometry = models.GeometryField(srid=MASTER_SRID, null=True, blank=True, spatial_index=False)
    point = models.PointField(srid=MASTER_SRID, null=True, blank=True, spatial_index=False)
    blocked = models.BooleanField(default=False)

    objects = StagedRowQuerySet.as_manager()

    class Meta:
        verbose_name = _("riga consegnata")
        verbose_name_plural = _("righe consegnate")
        constraints = [
            models.UniqueConstraint(fields=["delivery", "layer", "row"], name="staged_row_once"),
        ]

    def __str__(self) -> str:
        return f"{self.layer} {self.row}"

    @property
    def withheld(self) -> list[str]:
        """The fields whose cells are kept out of what is published."""
        return [name for name in self.private if self.attributes.get(name) is None]


class FieldMapping(models.Model):
    """The columns that were confirmed for layers of one shape of a source; used again at its next
    delivery."""

    source = models.ForeignKey(Source, models.CASCADE, related_name="+")
    shape = models.CharField(max_length=64)
    mapping = models.JSONField(default=dict)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("abbinamento di colonne")
        verbose_name_plural = _("abbinamenti di colonne")
        constraints = [
            models.UniqueConstraint(fields=["source", "shape"], name="field_mapping_once")
        ]

    def __str__(self) -> str:
        return f"{self.source_id} {self.shape[:8]}"


class Receipt(models.Model):
    """The proof of a submission: number, time, hash of the file, who, and what was said with it.

    The delivery may come back, change and be sent again: its earlier receipts stay as they were.
    """

    delivery = models.ForeignKey(Delivery, models.PROTECT, related_name="receipts")
    number = models.CharField(max_length=24, unique=True)
    at = models.DateTimeField(default=timezone.now)
    sha256 = models.CharField(max_length=64, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    row_count = models.PositiveIntegerField(default=0)
    blocked_count = models.PositiveIntegerField(default=0)
    act = models.CharField(max_length=300, blank=True)
    act_date = models.DateField(null=True, blank=True)
    reference_date = models.DateField(null=True, blank=True)
    contact_name = models.CharField(max_length=150, blank=True)
    contact_email = models.EmailField(blank=True)
    # What the DOC rules said: warnings that were confirmed, and what is only to be known.
    findings = models.JSONField(default=list, blank=True)

    class Meta:
        verbose_name = _("ricevuta")
        verbose_name_plural = _("ricevute")

    def __str__(self) -> str:
        return self.number
