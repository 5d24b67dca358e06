"""Positions that a geocoder proposes for rows with an address, for people to take or leave."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from deliveries.leases import Leased
from deliveries.models.delivery import Delivery
from people.models import User


class PlaceProposal(models.Model):
    """What a geocoder answered about one row; the last answer alone is kept.

    `candidates`: up to three of {lon, lat, label, precision, inside, metres}, best first; degrees
    in WGS 84, metres outside the comune. It hangs on layer and row, because rows are written anew
    at each check; `question` tells whether the address is still the same.
    """

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="+")
    layer = models.CharField(max_length=200, blank=True)
    row = models.PositiveIntegerField()
    question = models.CharField(max_length=400)
    candidates = models.JSONField(default=list)
    service = models.CharField(max_length=253)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("posizione proposta")
        verbose_name_plural = _("posizioni proposte")
        constraints = [
            models.UniqueConstraint(
                fields=["delivery", "layer", "row"], name="place_proposal_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.layer} {self.row}"


class PlaceSearch(Leased):
    """The questions about many rows of a delivery, asked by a worker one after the other.

    A worker holds it by a lease; `ended_at` is empty while there is something
    to ask. `failure`: why it ended before its time, as `geocoding.client.WORDS`
    names it; ours with its reference (`ours:REFERENCE`).
    """

    delivery = models.OneToOneField(Delivery, models.CASCADE, related_name="+")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    failure = models.CharField(max_length=20, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("ricerca di posizioni")
        verbose_name_plural = _("ricerche di posizioni")

    def __str__(self) -> str:
        return f"{self.delivery_id}: {self.progress_done}/{self.progress_total}"
