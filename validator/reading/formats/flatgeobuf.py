"""FlatGeobuf: one layer with an index, in one binary file."""

from validator.reading import exchange
from validator.reading.format import Format
from validator.reading.job import Found, Job

OPTIONS = {"VERIFY_BUFFERS": "YES"}


def read(job: Job) -> Found:
    dialect = exchange.DriverSettings("FlatGeobuf", "flatgeobuf", options=OPTIONS, is_text=False)
    return exchange.read(job, dialect)


FLATGEOBUF = Format(
    name="FlatGeobuf",
    it="FlatGeobuf",
    en="FlatGeobuf",
    suffixes=(".fgb",),
    magic=(b"fgb",),
    driver="FlatGeobuf",
    read=read,
    order=10,
)
