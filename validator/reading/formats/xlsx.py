"""Excel workbooks."""

from validator.reading import spreadsheet
from validator.reading.format import Format
from validator.reading.job import Found, Job
from validator.reading.sample import ZIP, Sample


def recognises(sample: Sample) -> bool:
    """An Office file with sheets; one with pages or slides is another thing."""
    members = sample.members
    return "[Content_Types].xml" in members and any(m.startswith("xl/") for m in members)


def read(job: Job) -> Found:
    return spreadsheet.read(job, "XLSX")


XLSX = Format(
    name="XLSX",
    it="Excel",
    en="Excel",
    suffixes=(".xlsx",),
    magic=ZIP,
    recognises=recognises,
    read=read,
    order=5,
)
