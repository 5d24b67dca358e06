"""Tables of the catalogue: taxonomy, sources and editions, records, services and their states,
counts of states, corrections, remarks, criteria, events."""

from services.models.assessment import CriteriaSet, Match, ServiceEvent
from services.models.catalogue import Service, ServiceState
from services.models.corrections import Correction
from services.models.counts import CellCount, SearchWord, StateCount
from services.models.lineage import Edition, Record, Source, SourceItem
from services.models.remarks import Remark
from services.models.taxonomy import Level, MacroCategory, ServiceStatus, ServiceType, Valence

__all__ = [
    "CellCount",
    "Correction",
    "CriteriaSet",
    "Edition",
    "Level",
    "MacroCategory",
    "Match",
    "Record",
    "Remark",
    "SearchWord",
    "Service",
    "ServiceEvent",
    "ServiceState",
    "ServiceStatus",
    "ServiceType",
    "Source",
    "SourceItem",
    "StateCount",
    "Valence",
]
