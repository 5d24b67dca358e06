"""REST reads of the catalogue: features and exports, one
service, taxonomy, sources and editions. No writes."""

from services.api.catalogue import (
    CategoryViewSet,
    EditionViewSet,
    ServiceTypeViewSet,
    SourceViewSet,
)
from services.api.detail import ServiceDetail
from services.api.features import ServiceExport, ServiceList

__all__ = [
    "CategoryViewSet",
    "EditionViewSet",
    "ServiceDetail",
    "ServiceExport",
    "ServiceList",
    "ServiceTypeViewSet",
    "SourceViewSet",
]
