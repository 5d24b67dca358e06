"""Programmes (bandi), projects (CUP) and the share of each comune; amounts in euro."""

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zones.models import Municipality


@pghistory.track()
class Programme(models.Model):
    """A call or fund, with what its source states in total."""

    slug = models.SlugField(primary_key=True, max_length=60)
    name = models.CharField(_("nome"), max_length=200)
    kind = models.CharField(max_length=80, blank=True)
    act = models.CharField(max_length=200, blank=True)
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    amount = models.DecimalField(
        _("importo"), max_digits=16, decimal_places=2, null=True, blank=True
    )
    amount_certainty = models.CharField(max_length=60, blank=True)
    project_count = models.PositiveIntegerField(null=True, blank=True)
    description = models.TextField(blank=True)
    source = models.CharField(max_length=300)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "slug"]
        verbose_name = _("programma")
        verbose_name_plural = _("programmi")

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class Project(models.Model):
    """A funded project; the CUP may be unknown, so the key is ours."""

    code = models.SlugField(unique=True, max_length=80)
    programme = models.ForeignKey(Programme, models.PROTECT, related_name="projects")
    cup = models.CharField("CUP", max_length=15, blank=True)
    title = models.CharField(_("titolo"), max_length=300)
    description = models.TextField(blank=True)
    amount = models.DecimalField(
        _("importo"), max_digits=16, decimal_places=2, null=True, blank=True
    )
    amount_certainty = models.CharField(max_length=60, blank=True)
    status = models.CharField(max_length=60, blank=True)
    source = models.CharField(max_length=300)

    class Meta:
        ordering = ["programme", "code"]
        verbose_name = _("progetto")
        verbose_name_plural = _("progetti")

    def __str__(self) -> str:
        return self.title


@pghistory.track()
class Share(models.Model):
    """The part of a project that falls on a comune;
    null where it cannot be placed or is not known."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="shares")
    municipality = models.ForeignKey(
        Municipality, models.PROTECT, null=True, blank=True, related_name="+"
    )
    percentage = models.DecimalField(max_digits=7, decimal_places=4, null=True, blank=True)
    amount = models.DecimalField(max_digits=16, decimal_places=2, null=True, blank=True)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("quota")
        verbose_name_plural = _("quote")
        constraints = [
            models.UniqueConstraint(
                fields=["project", "municipality"], name="share_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                name="share_percentage_in_range",
                condition=Q(percentage__isnull=True) | Q(percentage__gt=0, percentage__lte=100),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project_id} {self.municipality_id or '—'}"
