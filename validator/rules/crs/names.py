"""How messages name a reference system."""

NAMES = {
    32632: "WGS 84 / UTM 32N",
    25832: "ETRS89 / UTM 32N",
    7791: "RDN2008 / UTM 32N",
    6707: "RDN2008 / UTM 32N (N-E)",
    3003: "Monte Mario / Italy 1",
    4258: "ETRS89",
    3004: "Monte Mario / Italy 2",
    4326: "WGS 84",
    32633: "WGS 84 / UTM 33N",
    3857: "Web Mercator",
    6706: "RDN2008",
    4265: "Monte Mario",
    23032: "ED50 / UTM 32N",
}


def system(epsg: int | None, name: str = "") -> str:
    """How a message names a reference system: `EPSG:3003 (Monte Mario / Italy 1)`."""
    if epsg is None:
        return name or "—"
    known = NAMES.get(epsg, name)
    return f"EPSG:{epsg} ({known})" if known else f"EPSG:{epsg}"
