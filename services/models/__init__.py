"""Tables of the catalogue: taxonomy, sources and
editions, records and services, assessments, events."""

from services.models.assessment import Assessment, CriteriaSet, Match, ServiceEvent
from services.models.catalogue import Service
from services.models.corrections import Correction
from services.models.lineage import Edition, Record, Source, SourceItem
from services.models.remarks import Remark
from services.models.taxonomy import Level, MacroCategory, ServiceType, Status, Valence
from services.models.tiles import TileCluster, TilePyramid

__all__ = [
    "Assessment",
    "Correction",
    "CriteriaSet",
    "Edition",
    "Level",
    "MacroCategory",
    "Match",
    "Record",
    "Remark",
    "Service",
    "ServiceEvent",
    "ServiceType",
    "Source",
    "SourceItem",
    "Status",
    "TileCluster",
    "TilePyramid",
    "Valence",
]
