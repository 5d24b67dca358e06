"""Archives: what they hold is read, each member by its own format."""

from validator.reading.format import Format
from validator.reading.sample import ZIP as MAGIC

ZIP = Format(
    name="ZIP",
    it="Archivio con uno o più file di questi formati",
    en="Archive with one or more files of these formats",
    suffixes=(".zip",),
    magic=MAGIC,
    fallback=True,
)
