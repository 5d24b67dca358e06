"""All SQL about sources, editions, records and services:
published, within, current; no model of theirs is imported."""

from collections.abc import Sequence
from typing import Any

from django.contrib.gis.db import models
from django.contrib.gis.geos import Polygon
from django.db.models import F, Func, Q, Value

from core.geo import WEB_SRID
from core.sqlfiles import SqlFolder
from people.policies import Person, reach_of


class Folded(Func):
    """Name and address in one lower-case text without accents: what `q` searches (migration
    0003)."""

    function = "sttm2_fold"
    output_field = models.TextField()


#: What a correction is called where events and notices speak of anything that has a log.
CORRECTION = "correction"


class CorrectionQuerySet(models.QuerySet[Any]):
    """The office's own corrections."""

    def for_user(self, user: Person) -> "CorrectionQuerySet":
        """What a person may read: those of their comuni; the office all."""
        reach = reach_of(user)
        return self if reach.office else self.filter(municipality__in=reach.comuni)

    def whole(self) -> "CorrectionQuerySet":
        """With all that a page or an answer shows."""
        related = self.select_related("service", "municipality", "by")
        found: CorrectionQuerySet = related.prefetch_related("editions__source")
        return found


class RecordQuerySet(models.QuerySet[Any]):
    """What sources say, valid from an edition to another."""

    def current(self) -> "RecordQuerySet":
        return self.filter(to_edition__isnull=True)


class ServiceQuerySet(models.QuerySet[Any]):
    """Services as the public sees them."""

    def published(self) -> "ServiceQuerySet":
        """Alive: not merged into another and not retired."""
        return self.filter(redirect_to__isnull=True, retired_at__isnull=True)

    def supra_municipal(self) -> "ServiceQuerySet":
        """Without the services that are local by their type (shown only when asked for)."""
        return self.filter(level="supra")

    def within_web_box(self, box: Sequence[float]) -> "ServiceQuerySet":
        """Whose representative point lies in west, south, east, north (EPSG:3857 metres)."""
        west, south, east, north = box
        envelope = Polygon.from_bbox((west, south, east, north))
        envelope.srid = WEB_SRID
        found: ServiceQuerySet = self.filter(point_web__bboverlaps=envelope)
        return found

    def matching(self, word: str, kinds: Sequence[str]) -> "ServiceQuerySet":
        """Whose name or address holds a folded word (or one much like it), or of these types."""
        folded = self.alias(folded=Folded(F("name"), F("address")))
        found: ServiceQuerySet = folded.filter(
            Q(folded__contains=word)
            | Q(folded__trigram_word_similar=Value(word))
            | Q(kind__in=list(kinds))
        )
        return found


run_sql = SqlFolder(__file__).run
