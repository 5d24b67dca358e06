"""Tables of the workshop: deliveries, their rows as
read, findings, answers, proposals and the event log."""

from deliveries.models.delivery import Delivery, DeliveryEvent, FieldMapping, Receipt, StagedRow
from deliveries.models.notices import Notice
from deliveries.models.places import PlaceProposal, PlaceSearch
from deliveries.models.remarks import Remark
from deliveries.models.report import Answer, Finding, Proposal

__all__ = [
    "Answer",
    "Delivery",
    "DeliveryEvent",
    "FieldMapping",
    "Finding",
    "Notice",
    "PlaceProposal",
    "PlaceSearch",
    "Proposal",
    "Receipt",
    "Remark",
    "StagedRow",
]
