"""The start of a file and a first look inside, by which formats are told apart."""

import codecs
import re
import zipfile
from functools import cached_property
from pathlib import Path, PurePosixPath

from validator.reading.errors import Unreadable

HEAD = 8192
ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
SQLITE = (b"SQLite format 3\x00",)
ROOT = re.compile(r"<(?![?!])([a-z0-9_.\-]+:)?([a-z0-9_.\-]+)")
DAMAGED_ZIP = (
    zipfile.BadZipFile,
    OSError,
    ValueError,
    NotImplementedError,
    RuntimeError,
    EOFError,
)


class Sample:
    """A file that nobody has read yet; `name` is what the person called it."""

    def __init__(self, path: Path, name: str) -> None:
        self.path = path
        self.name = name
        with path.open("rb") as stream:
            self.head = stream.read(HEAD)

    @property
    def suffix(self) -> str:
        return PurePosixPath(self.name.lower()).suffix

    @cached_property
    def text(self) -> str | None:
        """How a text begins, blanks aside; None when the bytes are not a text."""
        text = _decoded(self.head)
        return None if text is None else text.lstrip("\ufeff \t\r\n")

    @cached_property
    def tag(self) -> str:
        """The root element of a markup text, in lower case without its prefix, "" of others."""
        if not (self.text or "").startswith("<"):
            return ""
        root = ROOT.search((self.text or "").lower())
        return root.group(2) if root else "?"

    @property
    def members(self) -> list[str]:
        """The names inside a zip, none of others. Raises Unreadable FIL-01 (damaged)."""
        return self._inside[0]

    @property
    def mimetype(self) -> bytes:
        """What a zip says of itself in its member `mimetype`."""
        return self._inside[1]

    @cached_property
    def _inside(self) -> tuple[list[str], bytes]:
        if not self.head.startswith(ZIP):
            return [], b""
        try:
            with zipfile.ZipFile(self.path) as archive:
                members = archive.namelist()
                said = "mimetype" in members and archive.getinfo("mimetype").file_size < 200
                return members, archive.read("mimetype") if said else b""
        except DAMAGED_ZIP as error:
            raise Unreadable("FIL-01", file=self.name, format="ZIP", reason="damaged") from error


def _decoded(head: bytes) -> str | None:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return head.decode("utf-16", errors="ignore")
    if b"\x00" in head:
        even, odd = head[0::2].count(0), head[1::2].count(0)
        if max(even, odd) < 0.3 * len(head) / 2 or min(even, odd) > 0.1 * len(head) / 2:
            return None
        return head.decode("utf-16-le" if odd > even else "utf-16-be", errors="ignore")
    controls = sum(byte < 32 and byte not in (9, 10, 11, 12, 13, 26, 27) for byte in head)
    if controls > 0.01 * len(head):
        return None
    return head.removeprefix(codecs.BOM_UTF8).decode("latin-1")
