"""Tables of the territory: comuni and zones, their figures and readings."""

from zones.models.readings import Alignment, Insight, Theme
from zones.models.territory import (
    Indicator,
    IndicatorValue,
    Municipality,
    OfficialFigure,
    RegenerationArea,
    Ternary,
    Zone,
    ZoneMembership,
)

__all__ = [
    "Alignment",
    "Indicator",
    "IndicatorValue",
    "Insight",
    "Municipality",
    "OfficialFigure",
    "RegenerationArea",
    "Ternary",
    "Theme",
    "Zone",
    "ZoneMembership",
]
