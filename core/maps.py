"""Which maps the portal's pages have: a layer says on which of them it is drawn."""

from enum import StrEnum


class PageMap(StrEnum):
    """A kind of map, by the page that it stands on."""

    HOME = "home"
    TERRITORY = "territory"
    ZONES = "zones"
    SERVICE = "service"
    LUM = "lum"
    ALL_LUM = "all-lum"
