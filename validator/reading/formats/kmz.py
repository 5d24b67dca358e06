"""Zipped KML: an archive with a document at its root."""

from validator.reading.format import Format
from validator.reading.sample import ZIP, Sample


def recognises(sample: Sample) -> bool:
    return any("/" not in m and m.lower().endswith(".kml") for m in sample.members)


KMZ = Format(
    name="KMZ",
    it="KML compresso",
    en="Zipped KML",
    suffixes=(".kmz",),
    shared=(".zip",),
    magic=ZIP,
    recognises=recognises,
    order=8,
)
