"""The single taxonomy as data: eight macro-categories and their types, local ones included."""

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _


class Level(models.TextChoices):
    """Whether a type can be supra-municipal at all; local
    ones are kept, counted, not shown by default."""

    SUPRA = "supra", _("sovracomunale")
    LOCAL = "local", _("comunale")


class ServiceStatus(models.TextChoices):
    """Where a service stands in its life (ATT-07)."""

    EXISTING = "esistente", _("esistente")
    PLANNED = "previsto", _("previsto")
    UNDERWAY = "in attuazione", _("in attuazione")
    CLOSED = "dismesso", _("dismesso")


class Valence(models.TextChoices):
    """How far a service reaches (ATT-10); the deck's
    two supra-municipal values and the local one."""

    MUNICIPAL = "comunale", _("comunale")
    INTERMUNICIPAL = "intercomunale", _("intercomunale")
    METROPOLITAN = "metropolitana", _("metropolitana")


@pghistory.track()
class MacroCategory(models.Model):
    """One of the deck's eight macro-categories."""

    slug = models.SlugField(primary_key=True, max_length=60)
    name = models.CharField(_("nome"), max_length=80)
    name_en = models.CharField(max_length=80, blank=True)
    color = models.CharField(max_length=7)
    glyph = models.CharField(max_length=40)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "slug"]
        verbose_name = _("macrocategoria")
        verbose_name_plural = _("macrocategorie")

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class ServiceType(models.Model):
    """A type of service, with the words plans use for it and its names in other vocabularies."""

    slug = models.SlugField(primary_key=True, max_length=80)
    name = models.CharField(_("nome"), max_length=120)
    name_en = models.CharField(max_length=120, blank=True)
    category = models.ForeignKey(
        MacroCategory, models.PROTECT, null=True, blank=True, related_name="types"
    )
    level = models.CharField(max_length=5, choices=Level.choices, default=Level.SUPRA)
    order = models.PositiveSmallIntegerField(default=0)
    default_valence = models.CharField(max_length=14, choices=Valence.choices, blank=True)
    criteria = models.TextField(blank=True)
    synonyms = ArrayField(models.CharField(max_length=160), default=list, blank=True)
    codes = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    mappings = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["category__order", "order", "slug"]
        verbose_name = _("tipo di servizio")
        verbose_name_plural = _("tipi di servizio")

    def __str__(self) -> str:
        return self.name
