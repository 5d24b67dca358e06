"""How many services are shown, counted when they change: lists, sheets and low zooms add these up
instead of the states themselves; and the words that a search knows. Derived from the states, never
a source."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from services.models.taxonomy import Level, MacroCategory, ServiceStatus, ServiceType, Valence
from services.querysets import CountQuerySet
from zones.models import Municipality


class Counted(models.Model):
    """A change of how many services are shown with the same values, from a moment on.

    `n` is how many began less how many ceased: what is shown on a day is the sum of all changes
    before its end. The columns are those of a state, under the same names, so that the same
    conditions choose among both.
    """

    at = models.DateTimeField()
    municipality = models.ForeignKey(
        Municipality, models.DO_NOTHING, null=True, related_name="+", db_constraint=False,
        db_index=False,
    )  # fmt: skip
    category = models.ForeignKey(
        MacroCategory, models.DO_NOTHING, null=True, related_name="+", db_constraint=False,
        db_index=False,
    )  # fmt: skip
    kind = models.ForeignKey(
        ServiceType, models.DO_NOTHING, null=True, related_name="+", db_constraint=False,
        db_index=False,
    )  # fmt: skip
    level = models.CharField(max_length=5, choices=Level.choices)
    status = models.CharField(max_length=14, choices=ServiceStatus.choices)
    valence = models.CharField(max_length=14, choices=Valence.choices, blank=True)
    in_reading_1 = models.BooleanField()
    in_reading_2 = models.BooleanField()
    n = models.IntegerField()

    objects = CountQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d} {self.municipality_id} {self.kind_id}: {self.n:+d}"


class StateCount(Counted):
    """By comune, whether the services have a position or not."""

    class Meta:
        verbose_name = _("conteggio dei servizi")
        verbose_name_plural = _("conteggi dei servizi")


class CellCount(Counted):
    """By cell of a zoom of the map, of the services with a position; sums of Web Mercator metres
    give their mean position. Every zoom is counted twice: with all values (`by_kind`; zooms that
    show the whole territory in a few cells, `services.cells.BY_COMUNE`, do not tell comuni apart:
    `municipality` is null there), and without comune and type, for the many who ask for neither.
    """

    by_kind = models.BooleanField(db_default=True, default=True)
    zoom = models.PositiveSmallIntegerField()
    cell_x = models.IntegerField()
    cell_y = models.IntegerField()
    sum_x = models.FloatField()
    sum_y = models.FloatField()

    class Meta:
        verbose_name = _("conteggio di una cella della mappa")
        verbose_name_plural = _("conteggi delle celle della mappa")
        indexes = [
            models.Index(
                fields=["zoom", "cell_x", "cell_y"],
                name="cell_count_detail_idx",
                condition=Q(by_kind=True),
            ),
            models.Index(
                fields=["zoom", "cell_x", "cell_y"],
                name="cell_count_coarse_idx",
                condition=Q(by_kind=False),
            ),
            models.Index(
                fields=["zoom", "kind", "cell_x"],
                name="cell_count_kind_idx",
                condition=Q(by_kind=True),
            ),
            models.Index(
                fields=["municipality", "zoom", "cell_x", "cell_y"],
                name="cell_count_in_comune_idx",
            ),
        ]


class SearchWord(models.Model):
    """A word that stands, or stood, in a name or an address, folded: a search asks here whether
    anything holds a word, and which words are much like it."""

    word = models.TextField(primary_key=True)

    class Meta:
        verbose_name = _("parola della ricerca")
        verbose_name_plural = _("parole della ricerca")
        indexes = [GinIndex(fields=["word"], opclasses=["gin_trgm_ops"], name="search_word_idx")]

    def __str__(self) -> str:
        return self.word
