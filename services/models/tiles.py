"""The low-zoom pyramid of the map: how many services stand in each cell, per category. Derived,
never a source."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class TileCluster(models.Model):
    """One category in one cell of one zoom; sums of Web Mercator metres give the mean position."""

    zoom = models.PositiveSmallIntegerField()
    cell_x = models.IntegerField()
    cell_y = models.IntegerField()
    category = models.CharField(max_length=60, blank=True)
    n = models.PositiveIntegerField()
    sum_x = models.FloatField()
    sum_y = models.FloatField()

    class Meta:
        verbose_name = _("cella della mappa")
        verbose_name_plural = _("celle della mappa")
        constraints = [
            models.UniqueConstraint(
                fields=["zoom", "cell_x", "cell_y", "category"], name="tile_cluster_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.zoom}/{self.cell_x}/{self.cell_y} {self.category}: {self.n}"


class TilePyramid(models.Model):
    """The one row that says of which states of the services the pyramid is (services.versions)."""

    version = models.CharField(max_length=60)

    class Meta:
        verbose_name = _("piramide della mappa")
        verbose_name_plural = _("piramidi della mappa")

    def __str__(self) -> str:
        return self.version
