"""Tables of the ground floor: people and their mandates, the territory, its figures and
readings."""

from zones.models.people import ApiToken, Invitation, Mandate, Post, Role, Scope, User
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
    "ApiToken",
    "Indicator",
    "IndicatorValue",
    "Insight",
    "Invitation",
    "Mandate",
    "Municipality",
    "OfficialFigure",
    "Post",
    "RegenerationArea",
    "Role",
    "Scope",
    "Ternary",
    "Theme",
    "User",
    "Zone",
    "ZoneMembership",
]
