"""The real thing on the ground, with its stable public id and the attributes shown for it."""

from django.contrib.gis.db import models
from django.contrib.postgres.indexes import GinIndex, GistIndex, OpClass
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.geo import MASTER_SRID
from services.ids import new_service_id
from services.models.lineage import web
from services.models.taxonomy import Level, MacroCategory, ServiceType, Status, Valence
from services.querysets import Folded, ServiceQuerySet
from zones.models import Municipality

#: Positions that are a street, an area or a guess: drawn and told as approximate.
APPROXIMATE_ACCURACIES = ("approssimata", "centroide", "strada")


class Service(models.Model):
    """A service; `origins` names, per shown attribute,
    the source item it comes from (provenance)."""

    class ValenceOrigin(models.TextChoices):
        VALIDATED = "validated", _("validata dall'ufficio")
        PROPOSED = "proposed", _("proposta dai criteri")
        DECLARED = "declared", _("dichiarata dal comune")

    public_id = models.CharField(
        max_length=10, unique=True, default=new_service_id, editable=False
    )
    name = models.CharField(_("nome"), max_length=300, blank=True)
    kind = models.ForeignKey(
        ServiceType, models.PROTECT, null=True, blank=True, related_name="services"
    )
    category = models.ForeignKey(
        MacroCategory, models.PROTECT, null=True, blank=True, related_name="services"
    )
    level = models.CharField(max_length=5, choices=Level.choices, default=Level.SUPRA)
    status = models.CharField(max_length=14, choices=Status.choices, default=Status.EXISTING)
    valence = models.CharField(max_length=14, choices=Valence.choices, blank=True)
    valence_origin = models.CharField(max_length=10, choices=ValenceOrigin.choices, blank=True)
    municipality = models.ForeignKey(
        Municipality, models.PROTECT, null=True, blank=True, related_name="services"
    )
    address = models.CharField(max_length=300, blank=True)
    attributes = models.JSONField(default=dict, blank=True)
    origins = models.JSONField(default=dict, blank=True)
    in_reading_1 = models.BooleanField(default=False)
    in_reading_2 = models.BooleanField(default=False)
    is_demonstration = models.BooleanField(default=False)
    accuracy = models.CharField(max_length=40, blank=True)
    geometry = models.GeometryField(srid=MASTER_SRID, null=True, blank=True)
    point = models.PointField(srid=MASTER_SRID, null=True, blank=True)
    point_web = web("point", models.PointField)
    geometry_web = web("geometry", models.GeometryField)
    confirmed_on = models.DateField(null=True, blank=True)
    redirect_to = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged"
    )
    retired_at = models.DateTimeField(null=True, blank=True)
    retired_reason = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ServiceQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("servizio")
        verbose_name_plural = _("servizi")
        constraints = [
            models.CheckConstraint(
                name="service_valence_has_origin",
                condition=Q(valence="", valence_origin="")
                | ~(Q(valence="") | Q(valence_origin="")),
            )
        ]
        indexes = [
            models.Index(
                fields=["id"],
                condition=Q(redirect_to__isnull=True, retired_at__isnull=True),
                name="service_published_idx",
            ),
            models.Index(fields=["municipality", "category", "kind"], name="service_facets_idx"),
            # Django indexes geometry fields by itself, generated ones not.
            GistIndex(fields=["point_web"], name="service_point_web_idx"),
            GinIndex(
                OpClass(Folded(F("name"), F("address")), name="gin_trgm_ops"),
                name="service_search_idx",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.public_id

    @property
    def has_approximate_place(self) -> bool:
        """Whether its position is less than the building's or the house number's."""
        return self.accuracy in APPROXIMATE_ACCURACIES
