"""Tables of dBASE, as a shapefile has one, without shapes."""

from validator.reading.format import Format
from validator.reading.formats import shapefile
from validator.reading.sample import Sample

VERSIONS = (
    *(0x02, 0x03, 0x04, 0x05, 0x30, 0x31, 0x32, 0x43, 0x63),
    *(0x83, 0x8B, 0x8C, 0xCB, 0xF5, 0xFB),
)


def recognises(sample: Sample) -> bool:
    """The first byte says little: lengths and day of the header must be plausible too."""
    head = sample.head
    if len(head) < 33:
        return False
    header = int.from_bytes(head[8:10], "little")
    record = int.from_bytes(head[10:12], "little")
    plausible_date = 0 <= head[2] <= 12 and 0 <= head[3] <= 31
    return header >= 33 and (header - 1) % 32 in (0, 1, 7, 8) and record >= 1 and plausible_date


DBF = Format(
    name="DBF",
    it="Tabella dBASE",
    en="dBASE table",
    suffixes=(".dbf",),
    magic=tuple(bytes([version]) for version in VERSIONS),
    recognises=recognises,
    driver="ESRI Shapefile",
    read=shapefile.read,
    order=11,
)
