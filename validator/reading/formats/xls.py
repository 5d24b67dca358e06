"""Excel workbooks of the years up to 2003."""

from validator.reading import spreadsheet
from validator.reading.format import Format
from validator.reading.job import Found, Job


def read(job: Job) -> Found:
    return spreadsheet.read(job, "XLS", zipped=False)


XLS = Format(
    name="XLS",
    it="Excel fino al 2003",
    en="Excel up to 2003",
    suffixes=(".xls",),
    magic=(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",),
    read=read,
    order=6,
)
