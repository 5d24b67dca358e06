"""Quotes inside a quoted cell that nobody doubled: `"Scuola "Maggio" di Rho"`.

Python's reader, like a spreadsheet's, drops some of them in silence; here each line that has them
is written so that they are letters of the cell.
"""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(slots=True)
class Quotes:
    """A filter of lines for one separator; `mended` counts the lines that it rewrote."""

    separator: str
    mended: int = 0

    def doubled(self, lines: Iterator[str]) -> Iterator[str]:
        """The same lines, quotes inside quoted cells doubled as the format asks."""
        plain = f'[^{re.escape(self.separator)}"\r\n]'
        inside = re.compile(f'(?<={plain})"(?={plain})')
        for line in lines:
            if inside.search(line) and self._misquoted(line):
                self.mended += 1
                escaped = inside.sub('""', line)
                yield self._as_letters(line) if self._misquoted(escaped, whole=True) else escaped
            else:
                yield line

    def _misquoted(self, line: str, *, whole: bool = False) -> bool:
        """Whether a text goes on after a closing quote; `whole`: or a quote stays open."""
        try:
            list(csv.reader([line], delimiter=self.separator, strict=True))
        except csv.Error as error:
            return whole or "expected after" in str(error)
        return False

    def _as_letters(self, line: str) -> str:
        """The line cut at every separator, its quotes letters: `"A" e "B"` closes too early."""
        bare = line.rstrip("\r\n")
        cells = ('"' + cell.replace('"', '""') + '"' for cell in bare.split(self.separator))
        return self.separator.join(cells) + line[len(bare) :]
