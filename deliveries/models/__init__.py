"""Tables: deliveries, their rows as read, findings, answers and proposals."""

from deliveries.models.delivery import Delivery, FieldMapping, Receipt, StagedRow
from deliveries.models.errands import Errand
from deliveries.models.places import PlaceProposal, PlaceSearch
from deliveries.models.report import Answer, Finding, Proposal

__all__ = [
    "Answer",
    "Delivery",
    "Errand",
    "FieldMapping",
    "Finding",
    "PlaceProposal",
    "PlaceSearch",
    "Proposal",
    "Receipt",
    "StagedRow",
]
