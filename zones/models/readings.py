"""Themes of PSM and PTM, their crossing with each zone,
and what was read there; filled by the sheets' issue."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from zones.models.territory import Zone


class Theme(models.Model):
    """A theme of the Piano strategico (PSM) or of the Piano territoriale (PTM)."""

    class Plan(models.TextChoices):
        PSM = "psm", "PSM"
        PTM = "ptm", "PTM"

    slug = models.SlugField(primary_key=True, max_length=60)
    plan = models.CharField(max_length=3, choices=Plan.choices)
    name = models.CharField(max_length=160)
    source = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("tema")
        verbose_name_plural = _("temi")

    def __str__(self) -> str:
        return self.name


class Alignment(models.Model):
    """How far a zone's services agree with a theme, in words."""

    zone = models.ForeignKey(Zone, models.PROTECT, related_name="alignments")
    theme = models.ForeignKey(Theme, models.PROTECT, related_name="alignments")
    text = models.TextField()
    source = models.CharField(max_length=300)
    date = models.DateField()

    class Meta:
        verbose_name = _("allineamento")
        verbose_name_plural = _("allineamenti")
        constraints = [
            models.UniqueConstraint(fields=["zone", "theme", "date"], name="alignment_once")
        ]

    def __str__(self) -> str:
        return f"{self.zone_id} × {self.theme_id}"


class Insight(models.Model):
    """A criticità or an opportunità read in a zone."""

    class Kind(models.TextChoices):
        ISSUE = "issue", _("criticità")
        OPPORTUNITY = "opportunity", _("opportunità")

    zone = models.ForeignKey(Zone, models.PROTECT, related_name="insights")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    text = models.TextField()
    source = models.CharField(max_length=300)
    date = models.DateField()

    class Meta:
        verbose_name = _("criticità o opportunità")
        verbose_name_plural = _("criticità e opportunità")

    def __str__(self) -> str:
        return self.text[:60]
