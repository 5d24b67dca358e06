"""Where everything comes from: sources, their editions,
the things they know and what they say of them."""

from typing import Any

from django.contrib.gis.db import models
from django.contrib.gis.db.models.functions import Transform
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import IntegerRangeField, RangeOperators
from django.contrib.postgres.indexes import GinIndex
from django.db.models import F, Func, Q
from django.db.models.lookups import In
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.geo import MASTER_SRID, WEB_SRID
from core.querysets import AppendOnlyQuerySet
from people.models import Body, Principal
from services.models.taxonomy import ServiceStatus, ServiceType, Valence
from services.querysets import RecordQuerySet, SourceQuerySet
from zones.models import Municipality
from zones.querysets import MunicipalityQuerySet

#: PostGIS GeometryType() of the master geometry, for the CHECK below.
GEOMETRY_TYPE = Func(F("geometry"), function="GeometryType", output_field=models.TextField())


class Source(models.Model):
    """Who says so: a comune's PGT (Lettura 1) or another database (Lettura 2).

    It is a comune's (and speaks of that one), another body's, or nobody's who acts here. Its
    territory bounds what it may speak of: one comune, several, or all of them.
    """

    class Reading(models.IntegerChoices):
        PLAN = 1, _("Lettura 1: PGT dei comuni")
        OTHER = 2, _("Lettura 2: altre fonti")

    class Places(models.TextChoices):
        """What says in which comune a row is, where its code or name and its position
        disagree."""

        POSITION = "position", _("la posizione")
        CODE = "code", _("il codice o il nome del Comune")

    slug = models.SlugField(unique=True, max_length=80)
    name = models.CharField(_("nome"), max_length=160)
    reading = models.PositiveSmallIntegerField(_("lettura"), choices=Reading.choices)
    municipality = models.ForeignKey(
        Municipality, models.PROTECT, null=True, blank=True, related_name="sources",
        verbose_name=_("Comune di cui è la fonte"),
    )  # fmt: skip
    body = models.ForeignKey(
        Body, models.PROTECT, null=True, blank=True, related_name="sources",
        verbose_name=_("altro ente di cui è la fonte"),
    )  # fmt: skip
    municipalities = models.ManyToManyField(
        Municipality, blank=True, related_name="+", verbose_name=_("Comuni di cui parla")
    )
    covers_all = models.BooleanField(_("parla di tutti i Comuni"), default=False)
    placed_by = models.CharField(
        _("fra codice e posizione vale"),
        max_length=8, choices=Places.choices, default=Places.POSITION,
    )  # fmt: skip
    owner = models.CharField(max_length=160, blank=True)
    licence = models.CharField(max_length=80, blank=True)
    frequency = models.CharField(max_length=80, blank=True)
    is_demonstration = models.BooleanField(default=False)
    fetching = models.JSONField(default=dict, blank=True)
    note = models.TextField(blank=True)

    objects = SourceQuerySet.as_manager()

    class Meta:
        verbose_name = _("fonte")
        verbose_name_plural = _("fonti")
        constraints = [
            models.CheckConstraint(
                name="source_of_one_principal",
                condition=Q(municipality__isnull=True) | Q(body__isnull=True, covers_all=False),
            ),
            models.UniqueConstraint(
                fields=["municipality"],
                condition=Q(reading=1, is_demonstration=False),
                name="source_one_plan_per_municipality",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def principal(self) -> Principal | None:
        """Whose source it is: whoever acts for that comune or body may deliver to it."""
        return self.municipality or self.body

    @property
    def sender(self) -> str:
        """As lists and letters call it: the comune of a comune's, otherwise its own name."""
        return self.municipality.name if self.municipality else self.name

    @property
    def sender_slug(self) -> str:
        """The same in file names."""
        return self.municipality.slug if self.municipality else self.slug

    def territory(self) -> MunicipalityQuerySet:
        """The comuni that it may speak of."""
        comuni: MunicipalityQuerySet = Municipality.objects.current()
        if self.municipality_id:
            return Municipality.objects.filter(pk=self.municipality_id)
        return comuni if self.covers_all else comuni.filter(pk__in=self.municipalities.all())


class Edition(models.Model):
    """One accepted state of one source; never rewritten. No key to a delivery: the wall holds."""

    source = models.ForeignKey(Source, models.PROTECT, related_name="editions")
    number = models.PositiveIntegerField()
    published_at = models.DateTimeField(default=timezone.now)
    published_by = models.ForeignKey(
        "people.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    reference_date = models.DateField(null=True, blank=True)
    act = models.CharField(max_length=300, blank=True)
    delivery = models.UUIDField(null=True, blank=True)
    delivered_on = models.DateField(null=True, blank=True)
    file_name = models.CharField(max_length=255, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    rule_set = models.CharField(max_length=40, blank=True)
    counts = models.JSONField(default=dict, blank=True)
    note = models.TextField(blank=True)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        ordering = ["-published_at"]
        verbose_name = _("edizione")
        verbose_name_plural = _("edizioni")
        constraints = [
            models.UniqueConstraint(fields=["source", "number"], name="edition_number_once")
        ]
        indexes = [models.Index(fields=["-published_at"], name="edition_published_idx")]

    def __str__(self) -> str:
        return f"{self.source} n. {self.number}"

    @property
    def title(self) -> str:
        """What anybody may read of the file that it comes from: the day on which it was delivered,
        never its name, which may be a person's. Empty where there was none."""
        if not (self.delivery or self.file_name):
            return ""
        day = self.delivered_on or timezone.localdate(self.published_at)
        return gettext("Consegna del %(day)s") % {"day": date_format(day)}


class SourceItem(models.Model):
    """The lineage of one thing as one source knows it; matches and records hang here."""

    source = models.ForeignKey(Source, models.PROTECT, related_name="items")
    key = models.CharField(max_length=120)
    key_issued = models.BooleanField(default=False)
    service = models.ForeignKey(
        "services.Service", models.PROTECT, null=True, blank=True, related_name="items"
    )

    class Meta:
        verbose_name = _("oggetto di una fonte")
        verbose_name_plural = _("oggetti delle fonti")
        constraints = [models.UniqueConstraint(fields=["source", "key"], name="item_key_once")]

    def __str__(self) -> str:
        return self.key


class Record(models.Model):
    """What a source says about one thing, from one edition (included) to another (excluded).

    `raw` and `withheld` are for who sent them: the row as sent, and the cells that are kept out
    of everything published, by field.
    """

    item = models.ForeignKey(SourceItem, models.PROTECT, related_name="records")
    from_edition = models.ForeignKey(Edition, models.PROTECT, related_name="records_begun")
    to_edition = models.ForeignKey(
        Edition, models.PROTECT, null=True, blank=True, related_name="records_ended"
    )
    from_number = models.PositiveIntegerField()
    to_number = models.PositiveIntegerField(null=True, blank=True)
    fingerprint = models.CharField(max_length=40, db_index=True)
    name = models.CharField(max_length=300, blank=True)
    kind = models.ForeignKey(
        ServiceType, models.PROTECT, null=True, blank=True, related_name="records"
    )
    status = models.CharField(
        max_length=14, choices=ServiceStatus.choices, default=ServiceStatus.EXISTING
    )
    valence = models.CharField(max_length=14, choices=Valence.choices, blank=True)
    municipality = models.ForeignKey(Municipality, models.PROTECT, null=True, blank=True)
    attributes = models.JSONField(default=dict)
    answers = models.JSONField(default=list, blank=True)
    geometry = models.GeometryField(srid=MASTER_SRID, null=True, blank=True)
    point = models.PointField(srid=MASTER_SRID, null=True, blank=True)
    accuracy = models.CharField(max_length=40, blank=True)
    raw = models.JSONField(default=dict)
    withheld = models.JSONField(default=dict, db_default={}, blank=True)
    layer = models.CharField(max_length=200, blank=True)
    row = models.PositiveIntegerField(null=True, blank=True)

    objects = RecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("registrazione")
        verbose_name_plural = _("registrazioni")
        constraints = [
            models.UniqueConstraint(
                fields=["item"], condition=Q(to_edition__isnull=True), name="record_one_current"
            ),
            models.CheckConstraint(
                name="record_ends_whole",
                condition=Q(to_edition__isnull=True, to_number__isnull=True)
                | Q(to_edition__isnull=False, to_number__gt=F("from_number")),
            ),
            models.CheckConstraint(
                name="record_point_or_multipolygon",
                condition=Q(geometry__isnull=True)
                | Q(In(GEOMETRY_TYPE, ["POINT", "MULTIPOLYGON"])),
            ),
            ExclusionConstraint(
                name="record_no_overlap",
                expressions=[
                    (
                        Func(
                            F("from_number"),
                            F("to_number"),
                            function="int4range",
                            output_field=IntegerRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                    ("item", RangeOperators.EQUAL),
                ],
            ),
        ]
        indexes = [
            models.Index(
                fields=["municipality", "kind"],
                condition=Q(to_edition__isnull=True),
                name="record_current_idx",
            ),
            GinIndex(
                fields=["attributes"], name="record_attributes_idx", opclasses=["jsonb_path_ops"]
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.item.key


def web(field: str, output: "type[models.GeometryField[Any, Any]]") -> models.GeneratedField:
    """The stored EPSG:3857 twin of a master geometry, for tiles."""
    return models.GeneratedField(
        expression=Transform(field, WEB_SRID),
        output_field=output(srid=WEB_SRID, null=True),
        db_persist=True,
    )
