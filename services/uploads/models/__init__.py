"""Tables of the workshop: deliveries, their rows as read, findings, answers, proposals and the
event log."""

from services.uploads.models.delivery import FieldMapping, Receipt, StagedRow, Upload, UploadEvent
from services.uploads.models.notices import Notice
from services.uploads.models.places import PlaceProposal, PlaceSearch
from services.uploads.models.remarks import Remark
from services.uploads.models.report import Answer, Finding, Proposal

__all__ = [
    "Answer",
    "FieldMapping",
    "Finding",
    "Notice",
    "PlaceProposal",
    "PlaceSearch",
    "Proposal",
    "Receipt",
    "Remark",
    "StagedRow",
    "Upload",
    "UploadEvent",
]
