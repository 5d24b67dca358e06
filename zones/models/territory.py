"""Zones, comuni, their figures and the regeneration
areas. Membership is data with a source, never code."""

import pghistory
from django.contrib.gis.db import models
from django.contrib.gis.db.models.functions import Transform
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from core.geo import MASTER_SRID, WEB_SRID
from zones.querysets import (
    FormerCodeQuerySet,
    MembershipQuerySet,
    MunicipalityQuerySet,
    PlaceQuerySet,
)


class PoloRank(models.TextChoices):
    """Whether the PTM makes a comune a polo urbano attrattore, and of which reach."""

    NO = "no", _("no")
    METROPOLITAN = "metropolitano", _("polo attrattore di rilevanza metropolitana")
    SUPRA = "sovracomunale", _("polo attrattore di rilevanza sovracomunale")


class Zone(models.Model):
    """One of the eight zone boxes of the STTM 2 (seven Zone omogenee and Milano)."""

    slug = models.SlugField(primary_key=True, max_length=40)
    name = models.CharField(_("nome"), max_length=60)
    name_en = models.CharField(max_length=60, blank=True)
    order = models.PositiveSmallIntegerField(default=0)
    geometry = models.MultiPolygonField(srid=MASTER_SRID, null=True, blank=True)
    geometry_web = models.GeneratedField(
        expression=Transform("geometry", WEB_SRID),
        output_field=models.MultiPolygonField(srid=WEB_SRID),
        db_persist=True,
    )

    objects = PlaceQuerySet.as_manager()

    class Meta:
        ordering = ["order", "slug"]
        verbose_name = _("zona omogenea")
        verbose_name_plural = _("zone omogenee")

    def __str__(self) -> str:
        return self.name


class Municipality(models.Model):
    """A comune: ISTAT code of six characters with its leading zero as key.

    Polo attrattore and città centrale are what `role_source` says, as of `role_year`.
    """

    istat = models.CharField(primary_key=True, max_length=6)
    cadastral_code = models.CharField(max_length=4, unique=True)
    name = models.CharField(_("nome"), max_length=80)
    slug = models.SlugField(max_length=80, unique=True)
    geometry = models.MultiPolygonField(srid=MASTER_SRID, null=True, blank=True)
    geometry_web = models.GeneratedField(
        expression=Transform("geometry", WEB_SRID),
        output_field=models.MultiPolygonField(srid=WEB_SRID),
        db_persist=True,
    )
    boundary_accuracy_m = models.PositiveIntegerField(default=250)
    boundary_source = models.CharField(max_length=200, blank=True)
    polo_attrattore = models.CharField(max_length=14, choices=PoloRank.choices)
    citta_centrale = models.BooleanField()
    role_source = models.CharField(max_length=200)
    role_source_url = models.URLField(max_length=200, blank=True)
    role_year = models.PositiveSmallIntegerField()
    note = models.TextField(blank=True)

    objects = MunicipalityQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name = _("comune")
        verbose_name_plural = _("comuni")

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class FormerCode(models.Model):
    """An ISTAT code that is no longer in use from `valid_to` on, and the comune that continues it.

    Files and records of before keep it; a comune of ours that has one is not current any more.
    """

    code = models.CharField(primary_key=True, max_length=6)
    name = models.CharField(_("nome"), max_length=80)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField()
    successor = models.ForeignKey(Municipality, models.PROTECT, related_name="former_codes")
    source = models.CharField(max_length=300)

    objects = FormerCodeQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        verbose_name = _("codice ISTAT cessato")
        verbose_name_plural = _("codici ISTAT cessati")
        constraints = [
            models.CheckConstraint(
                name="former_code_leads_elsewhere", condition=~Q(code=F("successor"))
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} → {self.successor_id}"


@pghistory.track()
class ZoneMembership(models.Model):
    """A comune belongs to a zone from a day (included) to a day (excluded), says a source."""

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="memberships")
    zone = models.ForeignKey(Zone, models.PROTECT, related_name="memberships")
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=300)
    certainty = models.CharField(max_length=40, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("appartenenza a una zona")
        verbose_name_plural = _("appartenenze alle zone")
        constraints = [
            ExclusionConstraint(
                name="membership_no_overlap",
                expressions=[
                    (
                        Func(
                            F("valid_from"),
                            F("valid_to"),
                            RangeBoundary(),
                            function="daterange",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                    ("municipality", RangeOperators.EQUAL),
                ],
            )
        ]

    def __str__(self) -> str:
        return f"{self.municipality_id} → {self.zone_id}"


class OfficialFigure(models.Model):
    """A figure as a document states it; never overwritten, shown beside the computed one."""

    zone = models.ForeignKey(
        Zone, models.PROTECT, null=True, blank=True, related_name="official_figures"
    )
    figure = models.SlugField(max_length=40)
    label = models.CharField(max_length=120)
    value = models.DecimalField(max_digits=16, decimal_places=2)
    unit = models.CharField(max_length=20, blank=True)
    source = models.CharField(max_length=200)
    date = models.DateField(null=True, blank=True)
    note = models.TextField(blank=True)

    class Meta:
        verbose_name = _("dato ufficiale")
        verbose_name_plural = _("dati ufficiali")
        constraints = [
            models.UniqueConstraint(
                fields=["zone", "figure", "source"],
                name="official_figure_once",
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return f"{self.figure} {self.zone_id or 'CMM'}"


class Indicator(models.Model):
    """A figure kept per comune and year; zone and metropolitan values are derived by summing."""

    slug = models.SlugField(primary_key=True, max_length=60)
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120, blank=True)
    unit = models.CharField(max_length=20, blank=True)
    description = models.TextField(blank=True)

    class Meta:
        verbose_name = _("indicatore")
        verbose_name_plural = _("indicatori")

    def __str__(self) -> str:
        return self.name


class IndicatorValue(models.Model):
    """One indicator of one comune in one year, with who says so."""

    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="+")
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="values")
    year = models.PositiveSmallIntegerField()
    value = models.DecimalField(max_digits=18, decimal_places=4)
    source = models.CharField(max_length=200)

    class Meta:
        verbose_name = _("valore di indicatore")
        verbose_name_plural = _("valori di indicatore")
        constraints = [
            models.UniqueConstraint(
                fields=["municipality", "indicator", "year", "source"], name="indicator_value_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.indicator_id} {self.municipality_id} {self.year}"


class RegenerationArea(models.Model):
    """An area of regeneration or a disused area, as a comune's plan or a census draws it."""

    class Kind(models.TextChoices):
        REGENERATION = "regeneration", _("area della rigenerazione")
        DISUSED = "disused", _("area dismessa")

    code = models.CharField(max_length=60, unique=True)
    kind = models.CharField(max_length=14, choices=Kind.choices)
    name = models.CharField(max_length=200)
    municipality = models.ForeignKey(
        Municipality, models.PROTECT, related_name="regeneration_areas"
    )
    geometry = models.MultiPolygonField(srid=MASTER_SRID, null=True, blank=True)
    area_m2 = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    source = models.CharField(max_length=300)
    note = models.TextField(blank=True)

    class Meta:
        verbose_name = _("area di rigenerazione o dismessa")
        verbose_name_plural = _("aree di rigenerazione e dismesse")
        constraints = [
            models.CheckConstraint(
                name="regeneration_area_positive",
                condition=Q(area_m2__isnull=True) | Q(area_m2__gt=0),
            )
        ]

    def __str__(self) -> str:
        return self.name
