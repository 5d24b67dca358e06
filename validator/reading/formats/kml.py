"""KML of Google Earth, without the columns that GDAL's driver adds for the look of a placemark."""

from __future__ import annotations

from validator.libraries import pl
from validator.reading import exchange
from validator.reading.format import Format
from validator.reading.job import Found, Job
from validator.reading.sample import Sample

#: Kept only where somebody filled them.
DRESS = {
    *("id", "timestamp", "begin", "end", "altitudeMode", "tessellate", "extrude", "visibility"),
    *("drawOrder", "icon", "snippet", "gx_media_links"),
}


def undressed(frame: pl.DataFrame) -> pl.DataFrame:
    """Without the driver's own columns where every row has the same or no value."""
    empty = [c for c in frame.columns if c in DRESS and frame[c].drop_nulls().n_unique() <= 1]
    return frame.drop(empty)


def recognises(sample: Sample) -> bool:
    return sample.tag == "kml"


def read(job: Job) -> Found:
    return exchange.read(job, exchange.DriverSettings("KML", "kml", tidy=undressed))


KML = Format(
    name="KML",
    it="KML",
    en="KML",
    suffixes=(".kml",),
    recognises=recognises,
    driver="LIBKML",
    read=read,
    order=7,
)
