"""Safe unpacking of a zip: nothing is trusted, every byte
is counted. What the members mean is not decided here.
"""

import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from validator.limits import Limits
from validator.reading.errors import Unreadable

CHUNK = 1 << 18
NESTED = {
    ".zip",
    ".rar",
    ".7z",
    ".gz",
    ".tgz",
    ".tar",
    ".bz2",
    ".xz",
    ".zst",
    ".kmz",
    ".cab",
    ".iso",
    ".jar",
}
LITTER = {"__macosx", "thumbs.db", "desktop.ini", ".ds_store"}
METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    OSError,
    ValueError,
    NotImplementedError,
    RuntimeError,
    EOFError,
)


@dataclass(frozen=True, slots=True)
class Member:
    """One file of an archive: its name as people see it, and how to reach it."""

    name: PurePosixPath
    info: zipfile.ZipInfo

    @property
    def suffix(self) -> str:
        return self.name.suffix.lower()


class Archive:
    """An opened, checked zip whose members may be unpacked one by one into a private directory.

    Raises Unreadable: FIL-01 (damaged, encrypted
    method), FIL-02 (too large), FIL-03 (not allowed).
    """

    def __init__(self, path: Path, name: str, limits: Limits) -> None:
        self.name = name
        self.limits = limits
        self.unpacked = 0
        try:
            self._zip = zipfile.ZipFile(path)
            infos = self._zip.infolist()
        except DAMAGE as error:
            raise Unreadable("FIL-01", file=name, format="ZIP", reason="damaged") from error
        self._check_totals(infos)
        files = [info for info in infos if not self._checked(info).is_dir()]
        named = [Member(PurePosixPath(_readable_name(info)), info) for info in files]
        self.members = [member for member in named if not _is_litter(member.name)]
        for member in self.members:
            if member.suffix in NESTED:
                self._refuse(str(member.name), "nested")

    def close(self) -> None:
        self._zip.close()

    def unpack(self, member: Member, target: Path) -> None:
        """Write one member to `target`, counting what really comes out."""
        try:
            with target.open("xb") as sink:
                for block in self._blocks(member):
                    sink.write(block)
        except DAMAGE as error:
            raise Unreadable(
                "FIL-01", file=self.name, format="ZIP", reason="damaged", item=str(member.name)
            ) from error

    def _blocks(self, member: Member) -> Iterator[bytes]:
        with self._zip.open(member.info) as source:
            while block := source.read(CHUNK):
                self.unpacked += len(block)
                if self.unpacked > self.limits.unpacked_bytes:
                    self._too_large(self.unpacked)
                yield block

    def _check_totals(self, infos: list[zipfile.ZipInfo]) -> None:
        if len(infos) > self.limits.members:
            self._refuse(f"{len(infos)} file", "members")
        declared = sum(info.file_size for info in infos)
        packed = max(1, sum(info.compress_size for info in infos))
        if declared > self.limits.ratio_floor_bytes and declared / packed > self.limits.ratio:
            largest = max(infos, key=lambda info: info.file_size)
            self._refuse(largest.filename[:200], "ratio")
        if declared > self.limits.unpacked_bytes:
            self._too_large(declared)

    def _checked(self, info: zipfile.ZipInfo) -> zipfile.ZipInfo:
        name = info.filename
        parts = re.split(r"[/\\]", name)
        if (
            name.startswith(("/", "\\"))
            or re.match(r"^[A-Za-z]:", name)
            or ".." in parts
            or "\x00" in info.orig_filename
        ):
            self._refuse(name, "path")
        if len(parts) > self.limits.depth or len(name) > 1000:
            self._refuse(name, "depth")
        mode = info.external_attr >> 16
        if mode and stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
            self._refuse(name, "link")
        if info.flag_bits & 0x1:
            self._refuse(name, "encrypted")
        if info.compress_type not in METHODS:
            self._refuse(name, "method")
        return info

    def _refuse(self, item: str, reason: str) -> None:
        raise Unreadable("FIL-03", file=self.name, item=item[:200], reason=reason)

    def _too_large(self, size: int) -> None:
        limit = self.limits.unpacked_bytes
        raise Unreadable(
            "FIL-02", file=self.name, size=size, limit=limit, unit="bytes", reason="unpacked"
        )


def _is_litter(name: PurePosixPath) -> bool:
    """What operating systems leave in archives: never read, never told."""
    return any(part.lower() in LITTER or part.startswith("._") for part in name.parts)


def _readable_name(info: zipfile.ZipInfo) -> str:
    """The member's name with its accents: archivers
    without the UTF-8 flag write UTF-8 or CP437/CP850.
    """
    name = info.filename.replace("\\", "/")
    if info.flag_bits & 0x800:
        return name
    try:
        return name.encode("cp437").decode("utf-8")
    except UnicodeError:
        return name
