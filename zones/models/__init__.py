"""Tables of the territory: comuni and zones, their figures and readings."""

from zones.models.readings import Alignment, Insight, Theme
from zones.models.territory import (
    FormerCode,
    Indicator,
    IndicatorValue,
    Municipality,
    OfficialFigure,
    PoloRank,
    RegenerationArea,
    Zone,
    ZoneMembership,
)

__all__ = [
    "Alignment",
    "FormerCode",
    "Indicator",
    "IndicatorValue",
    "Insight",
    "Municipality",
    "OfficialFigure",
    "PoloRank",
    "RegenerationArea",
    "Theme",
    "Zone",
    "ZoneMembership",
]
