"""The real thing on the ground with its stable public id, and what is shown of it from when to
when."""

from django.contrib.gis.db import models
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.contrib.postgres.indexes import GinIndex, GistIndex
from django.db.models import Case, F, Func, Q, Value, When
from django.db.models.functions import Coalesce, NullIf
from django.utils.translation import gettext_lazy as _

from core.geo import MASTER_SRID
from services.ids import new_service_id
from services.models.lineage import web
from services.models.taxonomy import Level, MacroCategory, ServiceStatus, ServiceType, Valence
from services.querysets import Folded, ServiceQuerySet, StateQuerySet
from zones.models import Municipality

#: Positions that are a street, an area or a guess: drawn and told as approximate.
APPROXIMATE_ACCURACIES = ("approssimata", "centroide", "strada")


class Service(models.Model):
    """Who a service is: its public id, and where it went. What is shown of it are its states."""

    public_id = models.CharField(
        max_length=10, unique=True, default=new_service_id, editable=False
    )
    redirect_to = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged"
    )
    retired_at = models.DateTimeField(null=True, blank=True)
    retired_reason = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ServiceQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("servizio")
        verbose_name_plural = _("servizi")

    def __str__(self) -> str:
        return self.public_id

    @property
    def shown(self) -> "ServiceState | None":
        """What is shown of it, or was last (of many: prefetch `states` of `latest_of_each`)."""
        return max(self.states.all(), key=lambda state: state.valid_from, default=None)


class ServiceState(models.Model):
    """What is shown of a service from one moment (included) to another (excluded; null: today).

    `origins` names, per shown attribute, the source item it comes from. Of the valence there are
    four values side by side: what the comune declared, what the criteria in use propose (with
    their `reasons`), what the office validated (with its reason) and what the comune confirmed.
    """

    class ValenceOrigin(models.TextChoices):
        VALIDATED = "validated", _("validata dall'ufficio")
        PROPOSED = "proposed", _("proposta dai criteri")
        DECLARED = "declared", _("dichiarata dalla fonte")

    service = models.ForeignKey(Service, models.PROTECT, related_name="states")
    #: The service's, which never changes: joined to it, a page of a list took twice the time.
    public_id = models.CharField(max_length=10, editable=False)
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True, blank=True)
    name = models.CharField(_("nome"), max_length=300, blank=True)
    kind = models.ForeignKey(
        ServiceType, models.PROTECT, null=True, blank=True, related_name="states"
    )
    category = models.ForeignKey(
        MacroCategory, models.PROTECT, null=True, blank=True, related_name="states"
    )
    level = models.CharField(max_length=5, choices=Level.choices, default=Level.SUPRA)
    status = models.CharField(
        max_length=14, choices=ServiceStatus.choices, default=ServiceStatus.EXISTING
    )
    declared = models.CharField(max_length=14, choices=Valence.choices, blank=True)
    proposed = models.CharField(max_length=14, choices=Valence.choices, blank=True)
    validated = models.CharField(max_length=14, choices=Valence.choices, blank=True)
    confirmed = models.CharField(max_length=14, choices=Valence.choices, blank=True)
    valence = models.GeneratedField(
        expression=Coalesce(
            NullIf("validated", Value("")), NullIf("proposed", Value("")), F("declared")
        ),
        output_field=models.CharField(max_length=14, choices=Valence.choices),
        db_persist=True,
    )
    valence_origin = models.GeneratedField(
        expression=Case(
            When(~Q(validated=""), then=Value(ValenceOrigin.VALIDATED)),
            When(~Q(proposed=""), then=Value(ValenceOrigin.PROPOSED)),
            When(~Q(declared=""), then=Value(ValenceOrigin.DECLARED)),
            default=Value(""),
        ),
        output_field=models.CharField(max_length=10, choices=ValenceOrigin.choices),
        db_persist=True,
    )
    criteria_set = models.ForeignKey(
        "services.CriteriaSet", models.PROTECT, null=True, blank=True, related_name="states"
    )
    reasons = models.JSONField(default=list, blank=True)
    override_reason = models.TextField(blank=True)
    municipality = models.ForeignKey(
        Municipality, models.PROTECT, null=True, blank=True, related_name="states"
    )
    address = models.CharField(max_length=300, blank=True)
    attributes = models.JSONField(default=dict, blank=True)
    origins = models.JSONField(default=dict, blank=True)
    in_reading_1 = models.BooleanField(default=False)
    in_reading_2 = models.BooleanField(default=False)
    is_demonstration = models.BooleanField(default=False)
    accuracy = models.CharField(max_length=40, blank=True)
    geometry = models.GeometryField(srid=MASTER_SRID, null=True, blank=True, spatial_index=False)
    point = models.PointField(srid=MASTER_SRID, null=True, blank=True, spatial_index=False)
    point_web = web("point", models.PointField)
    confirmed_on = models.DateField(null=True, blank=True)
    #: What `q` searches, kept because to fold a hundred thousand names takes seconds.
    folded = models.GeneratedField(
        expression=Folded(F("name"), F("address")),
        output_field=models.TextField(),
        db_persist=True,
    )

    objects = StateQuerySet.as_manager()

    class Meta:
        ordering = ["service_id", "valid_from"]
        verbose_name = _("stato di un servizio")
        verbose_name_plural = _("stati dei servizi")
        constraints = [
            models.UniqueConstraint(
                fields=["service"], condition=Q(valid_to__isnull=True), name="state_one_open"
            ),
            models.CheckConstraint(
                name="state_ends_after_it_begins",
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
            ),
            ExclusionConstraint(
                name="state_no_overlap",
                expressions=[
                    (
                        Func(
                            F("valid_from"),
                            F("valid_to"),
                            function="tstzrange",
                            output_field=DateTimeRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                    ("service", RangeOperators.EQUAL),
                ],
            ),
        ]
        indexes = [
            models.Index(fields=["service", "valid_from"], name="state_service_idx"),
            # The moment after which the next state may begin, and the days of few states.
            models.Index(fields=["valid_from"], name="state_begun_idx"),
            models.Index(
                fields=["municipality", "category", "kind"],
                condition=Q(valid_to__isnull=True),
                name="state_facets_idx",
            ),
            # These two serve every day. Only an index over all rows tells the planner how rare a
            # word is: with one of open states alone a search took ten times as long.
            GistIndex(fields=["point_web"], name="state_point_web_idx"),
            GinIndex(fields=["folded"], opclasses=["gin_trgm_ops"], name="state_folded_idx"),
            # Pages are in the order of names, on every day alike.
            models.Index(fields=["name", "id"], name="state_name_idx"),
            # Every page says whether demonstration data are shown.
            models.Index(
                fields=["valid_from"],
                condition=Q(is_demonstration=True),
                name="state_demonstration_idx",
            ),
            # All that a count asks for: it is answered without reading the states themselves.
            models.Index(
                fields=["valid_from"],
                include=[
                    *("valid_to", "municipality", "category", "kind", "level", "status"),
                    *("valence", "in_reading_1", "in_reading_2", "folded", "service"),
                ],
                name="state_counting_idx",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.public_id

    @property
    def has_approximate_place(self) -> bool:
        """Whether its position is less than the building's or the house number's."""
        return self.accuracy in APPROXIMATE_ACCURACIES

    # Django gives generated columns no such method.
    def get_valence_display(self) -> str:
        """The shown valence in words; empty when there is none."""
        return str(Valence(self.valence).label) if self.valence else ""

    def get_valence_origin_display(self) -> str:
        """Which of the four values is shown, in words."""
        return str(self.ValenceOrigin(self.valence_origin).label) if self.valence_origin else ""
