"""GML, the exchange format of geographic services."""

from __future__ import annotations

from validator.libraries import pl
from validator.reading import exchange
from validator.reading.format import Format
from validator.reading.job import Found, Job
from validator.reading.sample import Sample

OPTIONS = {"DOWNLOAD_SCHEMA": "NO", "WRITE_GFS": "NO"}
# What GDAL's own export writes for each record's envelope.
CORNERS = ("lowerCorner", "upperCorner")


def without_corners(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.drop(CORNERS, strict=False)


def recognises(sample: Sample) -> bool:
    """A collection of features, or any other root that names the standard."""
    named = bool(sample.tag) and "opengis.net/gml" in (sample.text or "").lower()
    return sample.tag == "featurecollection" or (named and sample.tag != "kml")


def read(job: Job) -> Found:
    dialect = exchange.DriverSettings("GML", "gml", options=OPTIONS, tidy=without_corners)
    return exchange.read(job, dialect)


GML = Format(
    name="GML",
    it="GML",
    en="GML",
    suffixes=(".gml",),
    shared=(".xml",),
    recognises=recognises,
    driver="GML",
    read=read,
    order=9,
)
