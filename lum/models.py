"""Luoghi Urbani per la Mobilità and the nodes they stand on."""

import pghistory
from django.contrib.gis.db import models
from django.contrib.gis.db.models.functions import Transform
from django.utils.translation import gettext_lazy as _

from core.geo import MASTER_SRID, WEB_SRID
from lum.querysets import LumQuerySet
from zones.models import Municipality, Zone


@pghistory.track()
class Lum(models.Model):
    """A mobility hub: rank, state and setting are empty where nobody has said ("da attribuire").

    One whose node is to be identified has no point and no state; one whose state is in doubt has
    none either, and `note` says why. Where not even its comune is known, `zone` says which zone
    the STTM 2 counts it in. `certainty` says what it rests upon.
    """

    class Rank(models.TextChoices):
        METROPOLITAN = "metropolitano", _("metropolitano")
        SUPRA = "sovracomunale", _("sovracomunale")

    class State(models.TextChoices):
        EXISTING = "esistente", _("esistente")
        PLANNED = "previsto", _("previsto")

    class Setting(models.TextChoices):
        URBAN = "urbano", _("urbano")
        PERIURBAN = "periurbano", _("periurbano")

    class Certainty(models.TextChoices):
        OFFICIAL = "ufficiale", _("nell’elenco ufficiale dei LUM")
        CERTAIN = "certo", _("il comune ha un LUM (elenco del 2023)")
        POSSIBLE = "possibile", _("il comune può avere un LUM (elenco del 2023)")
        COUNTED = "conteggio", _("contato nella zona dalla presentazione STTM 2")
        UNSUPPORTED = "escluso", _("candidato: il comune non è nell’elenco del 2023")

    code = models.SlugField(unique=True, max_length=40)
    name = models.CharField(_("nome"), max_length=120, blank=True)
    rank = models.CharField(_("rango"), max_length=14, choices=Rank.choices, blank=True)
    state = models.CharField(_("stato"), max_length=10, choices=State.choices, blank=True)
    setting = models.CharField(_("ambito"), max_length=12, choices=Setting.choices, blank=True)
    network = models.CharField(_("rete"), max_length=80, blank=True)
    point = models.PointField(srid=MASTER_SRID, null=True, blank=True)
    point_web = models.GeneratedField(
        expression=Transform("point", WEB_SRID),
        output_field=models.PointField(srid=WEB_SRID),
        db_persist=True,
    )
    position_accuracy = models.CharField(max_length=40, default="approssimata", blank=True)
    perimeter = models.MultiPolygonField(srid=MASTER_SRID, null=True, blank=True)
    radius_m = models.PositiveIntegerField(null=True, blank=True)
    municipalities = models.ManyToManyField(Municipality, related_name="lum", blank=True)
    zone = models.ForeignKey(Zone, models.PROTECT, null=True, blank=True, related_name="lum")
    certainty = models.CharField(_("certezza"), max_length=12, choices=Certainty.choices)
    source = models.CharField(max_length=300)
    note = models.TextField(blank=True)

    objects = LumQuerySet.as_manager()

    class Meta:
        ordering = ["name", "code"]
        verbose_name = _("LUM")
        verbose_name_plural = _("LUM")
        constraints = [
            models.CheckConstraint(
                name="lum_circle_only_with_rank",
                condition=models.Q(radius_m__isnull=True) | ~models.Q(rank=""),
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.code

    @property
    def label(self) -> str:
        """Its name; in words that there is none yet where there is none."""
        return self.name or str(_("LUM da individuare"))

    @property
    def state_words(self) -> str:
        """Its state; in words that it is not known, and why, where it is not."""
        if self.state:
            return self.get_state_display()
        return str(_("non dichiarato") if self.is_located else _("da individuare"))

    @property
    def is_located(self) -> bool:
        return self.point is not None


@pghistory.track()
class TransportNode(models.Model):
    """A station, terminus or bus station a LUM is built around."""

    code = models.SlugField(unique=True, max_length=60)
    name = models.CharField(max_length=120)
    mode = models.CharField(max_length=60)
    state = models.CharField(max_length=10, choices=Lum.State.choices, blank=True)
    lum = models.ForeignKey(Lum, models.PROTECT, null=True, blank=True, related_name="nodes")
    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="transport_nodes")
    point = models.PointField(srid=MASTER_SRID, null=True, blank=True)
    position_accuracy = models.CharField(max_length=40, default="approssimata")
    source = models.CharField(max_length=300)

    class Meta:
        ordering = ["name"]
        verbose_name = _("nodo di trasporto")
        verbose_name_plural = _("nodi di trasporto")

    def __str__(self) -> str:
        return self.name
