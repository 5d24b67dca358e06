"""What the file of a format declares."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from validator.reading.job import Found, Job
from validator.reading.sample import Sample

Reader = Callable[[Job], Found]


def anything(sample: Sample) -> bool:
    """For formats that their first bytes alone tell."""
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A format that the portal accepts: what it is called, how it is recognised, how it is read.

    `name` stands in messages and reports; `it` and `en` say in a list what may be sent.
    `suffixes` are its own: the private copy gets the first, by which libraries go too. `shared`
    ones, which other files bear as well, are read in an archive that holds nothing else.

    `magic`: the first bytes, one of which a file must have; a format without any is a text.
    `recognises` decides among those of the same beginning, and among texts; `fallback`: only where
    no other format takes the content. `driver`: the one of GDAL that may be loaded for it.

    `read` makes layers of one file; it is None for an archive, whose members are read each by its
    own format. `order`: those that planners send most are told first.
    """

    name: str
    it: str
    en: str
    suffixes: tuple[str, ...]
    shared: tuple[str, ...] = ()
    magic: tuple[bytes, ...] = ()
    recognises: Callable[[Sample], bool] = anything
    fallback: bool = False
    driver: str = ""
    read: Reader | None = None
    order: int = 100

    def takes(self, sample: Sample) -> bool:
        """Whether the content is of this format. Raises Unreadable where it is, but broken."""
        return sample.head.startswith(self.magic or b"") and self.recognises(sample)

    def bears(self, suffix: str) -> bool:
        return suffix in self.suffixes or suffix in self.shared

    def title(self, language: str) -> str:
        """What may be sent, with its suffixes, in "it" or "en"."""
        words = self.en if language.startswith("en") else self.it
        return f"{words} ({', '.join(self.suffixes)})"
