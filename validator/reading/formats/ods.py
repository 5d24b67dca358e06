"""OpenDocument spreadsheets."""

from validator.reading import spreadsheet
from validator.reading.format import Format
from validator.reading.job import Found, Job
from validator.reading.sample import ZIP, Sample


def recognises(sample: Sample) -> bool:
    return sample.mimetype.startswith(b"application/vnd.oasis.opendocument.spreadsheet")


def read(job: Job) -> Found:
    return spreadsheet.read(job, "ODS")


ODS = Format(
    name="ODS",
    it="Foglio di calcolo OpenDocument",
    en="OpenDocument spreadsheet",
    suffixes=(".ods",),
    magic=ZIP,
    recognises=recognises,
    read=read,
    order=6,
)
