"""Public pages about services; each module is one page."""

from services.views.detail import service_card, service_detail
from services.views.listing import service_list
from services.views.map import service_map, services_in_view

__all__ = [
    "service_card",
    "service_detail",
    "service_list",
    "service_map",
    "services_in_view",
]
