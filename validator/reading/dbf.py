"""The table of a shapefile seen as bytes: field
names, text encoding, cells that fill their width."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from validator.reading import encoding
from validator.source_file import Note

SAMPLE = 4 * 1024 * 1024
# Language driver ids (byte 29) that a municipal office may meet; the dBASE and FoxPro tables
# agree on these.
LANGUAGE_DRIVERS = {
    0x01: "cp437",
    0x02: "cp850",
    0x03: "cp1252",
    0x04: "mac_roman",
    0x57: "cp1252",
    0x58: "cp1252",
    0x59: "cp1252",
    0x0A: "cp850",
    0x37: "cp850",
    0xC8: "cp1250",
    0xC9: "cp1251",
}


@dataclass(frozen=True, slots=True)
class DbfField:
    """One column of the table: its ten-letter name, type letter, place in the record."""

    name: str
    kind: str
    offset: int
    width: int


@dataclass(frozen=True, slots=True)
class DbfHeader:
    """What the first bytes of a .dbf say. `records` is bounded by what the file really holds."""

    fields: tuple[DbfField, ...]
    records: int
    length: int
    width: int
    language: int


def header(path: Path) -> DbfHeader | None:
    """The header of a .dbf, None when it is not one."""
    size = path.stat().st_size
    with path.open("rb") as stream:
        head = stream.read(32)
        if len(head) < 32:
            return None
        length, width = int.from_bytes(head[8:10], "little"), int.from_bytes(head[10:12], "little")
        described = stream.read(max(0, length - 32))
    if length < 33 or width < 1:
        return None
    declared = int.from_bytes(head[4:8], "little")
    records = min(declared, max(0, size - length) // width)
    return DbfHeader(tuple(_fields(described)), records, length, width, head[29])


def _fields(described: bytes) -> list[DbfField]:
    fields, offset = [], 1
    for start in range(0, len(described) - 31, 32):
        block = described[start : start + 32]
        if block[0] in (0x0D, 0x00):
            break
        name = block[:11].split(b"\x00")[0].decode("latin-1").strip()
        fields.append(DbfField(name, chr(block[11]), offset, block[16]))
        offset += block[16]
    return fields


def repeated_names(found: DbfHeader) -> list[Note]:
    """STR-03 for each field name met twice."""
    counts = Counter(field.name.casefold() for field in found.fields)
    return [
        Note("STR-03", {"column": name.upper(), "n": n}) for name, n in counts.items() if n > 1
    ]


def neutral_names(path: Path, found: DbfHeader, codec: str) -> dict[str, str]:
    """Give the fields of a private copy names that GDAL cannot stumble over; {neutral: true name}.

    Nothing is done when every name is plain ASCII and unique.
    """
    plain = all(field.name.isascii() and field.name for field in found.fields)
    if plain and not repeated_names(found):
        return {}
    names: dict[str, str] = {}
    with path.open("r+b") as stream:
        for i, field in enumerate(found.fields):
            stream.seek(32 + 32 * i)
            stream.write(f"F{i}".encode().ljust(11, b"\x00"))
            name = (
                field.name.encode("latin-1").decode(codec, errors="replace") or f"colonna_{i + 1}"
            )
            names[f"F{i}"] = _unlike(name, set(names.values()))
    return names


def _unlike(name: str, taken: set[str]) -> str:
    """The name, numbered when another column has it already."""
    candidate, nth = name, 1
    while candidate in taken:
        nth += 1
        candidate = f"{name}_{nth}"
    return candidate


def encoding_of(path: Path, found: DbfHeader, cpg: str | None) -> encoding.Encoding:
    """The encoding of the texts: what .cpg or the
    header says if the bytes bear it out, else a guess.
    """
    raw = _accented(path, found)
    declared, origin = encoding.known(cpg) if cpg else None, "cpg"
    if declared is None and found.language in LANGUAGE_DRIVERS:
        declared, origin = LANGUAGE_DRIVERS[found.language], "ldid"
    evidence = encoding.of_unmarked(raw)
    if evidence.name == "utf-8" and evidence.misfits:
        # GDAL cannot read a mixture: as CP1252 no byte
        # is lost, and FIL-08 proposes the UTF-8 reading.
        evidence = encoding.Encoding("cp1252", "guess")
    if declared is None:
        return evidence
    if declared.startswith(("utf_16", "utf-16")):
        return evidence if raw else encoding.Encoding("utf-8", "valid")
    claims_utf8 = declared in ("utf-8", "utf8", "utf_8")
    if claims_utf8 and evidence.name != "utf-8":
        return evidence
    if not claims_utf8 and raw and evidence == encoding.Encoding("utf-8", "valid"):
        # Several bytes above 127 that all happen to be sound UTF-8: the declaration is a
        # default, not a fact.
        return encoding.Encoding("utf-8", "valid")
    return encoding.Encoding("utf-8" if claims_utf8 else declared, origin)


def full_cells(path: Path, found: DbfHeader) -> list[Note]:
    """STR-05 for text columns 254 or 255 wide with cells that fill the whole width."""
    notes = []
    for field in found.fields:
        fits = field.offset + field.width <= found.width
        if field.kind == "C" and field.width >= 254 and fits and found.records:
            last = _records(path, found)[:, field.offset + field.width - 1]
            if n := int(((last != 0x20) & (last != 0)).sum()):
                notes.append(Note("STR-05", {"column": field.name, "n": n, "len": field.width}))
    return notes


def deleted(path: Path, found: DbfHeader) -> int:
    """How many records are marked as deleted: programs do not show them, and neither do we."""
    if not found.records:
        return 0
    return int((_records(path, found)[:, 0] == ord("*")).sum())


def _records(path: Path, found: DbfHeader) -> np.ndarray:
    shape = (found.records, found.width)
    return np.memmap(path, dtype=np.uint8, mode="r", offset=found.length, shape=shape)


def _accented(path: Path, found: DbfHeader) -> bytes:
    """The text cells that hold bytes above 127, one a line; at most some megabytes of them."""
    cells = bytearray("".join(f.name for f in found.fields if not f.name.isascii()), "latin-1")
    if not found.records:
        return bytes(cells)
    records = _records(path, found)
    for field in found.fields:
        if field.kind not in "CM" or field.offset + field.width > found.width:
            continue
        block = records[:, field.offset : field.offset + field.width]
        for row in np.flatnonzero((block > 127).any(axis=1)):
            cells += block[row].tobytes().rstrip(b" \x00") + b"\n"
            if len(cells) > SAMPLE:
                return bytes(cells)
    return bytes(cells)
