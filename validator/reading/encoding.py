"""In which encoding bytes were written, and texts
that were decoded wrongly before they reached us.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from validator.libraries import pl
from validator.source_file import Note

HANDLER = "sttm2-cp1252"
BYTE_HANDLER = "sttm2-byte"
SINGLE_BYTE = ("cp1252", "mac_roman", "cp850")
# What Italian texts hold; capitals less, for a lone one inside a word is more often a letter of
# another table (Chloë, not ChloÙ).
GOOD = (
    dict.fromkeys("àèéìòù", 3.0)
    | dict.fromkeys("°’‘“”–—…€ª«»ºüöäçñÜÖÄÇÑâêîôû²³·•§®©™½¼¾±×£¹\xa0", 2.0)
    | dict.fromkeys("ÀÈÉÌÒÙ", 1.5)
)
MULTIBYTE = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)
SUSPECT = r"[ÃÂ\x{80}-\x{9F}]|â€|ï¿½|\x{FFFD}"
# A replaced character, or a control of a byte that no table defines: no text has them.
NO_LETTER = re.compile("[\x80-\x84\x86-\x9f\ufffd]")
CONTINUATION = "[\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]"
TWICE_READ = re.compile(f"[\xc2-\xdf]{CONTINUATION}|[\xe0-\xef]{CONTINUATION}{{2}}")
# Bytes that get lost on the way: the hook of Ãƒ becomes a question mark, the blank after Ã (à)
# is trimmed, or becomes a plain one at the end or before another.
LOST_HOOK = re.compile(r"Ã\?(?=Â)")
LOST_GRAVE = re.compile(r"Ã(?: (?= |$))?(?= |$|[-,.;:'’)\"/])")


@dataclass(frozen=True, slots=True)
class Encoding:
    """A Python codec name, where it comes from, and how many bytes do not fit it."""

    name: str
    origin: str
    misfits: int = 0


def _one_byte_of_1252(error: UnicodeError) -> tuple[str, int]:
    """Decode what is not UTF-8 byte by byte as CP1252: no character is lost in a mixed file."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    wrong = error.object[error.start : error.end]
    return wrong.decode("cp1252", errors=BYTE_HANDLER), error.end


def _byte_as_it_is(error: UnicodeError) -> tuple[str, int]:
    """The letter whose number is the byte's, as browsers do: it can be found again and told."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("latin-1"), error.end


codecs.register_error(BYTE_HANDLER, _byte_as_it_is)
codecs.register_error(HANDLER, _one_byte_of_1252)


def of_bytes(raw: bytes) -> Encoding:
    """The encoding of a text file: mark, else UTF-16
    by its zeros, else UTF-8 if it holds, else a guess.
    """
    if raw.startswith(codecs.BOM_UTF8):
        return Encoding("utf-8-sig", "bom", _misfits(raw))
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return Encoding("utf-16", "bom")
    if b"\x00" in raw[:4096]:
        odd = raw[1:4096:2].count(0)
        return Encoding("utf-16-le" if odd > raw[0:4096:2].count(0) else "utf-16-be", "guess")
    return of_unmarked(raw)


def of_unmarked(raw: bytes) -> Encoding:
    """The encoding of bytes without any mark. Pure
    ASCII and sound UTF-8 count as certain (`valid`).
    """
    misfits = _misfits(raw)
    if not misfits:
        return Encoding("utf-8", "valid")
    sequences = sum(1 for _ in MULTIBYTE.finditer(raw))
    if sequences >= 10 * misfits:
        return Encoding("utf-8", "guess", misfits)
    return Encoding(_single_byte(raw), "guess")


def known(name: str) -> str | None:
    """The Python codec behind a name such as "1252",
    "ISO 88591", "ANSI 1252", "system"; None if none.
    """
    folded = name.strip().strip("\x00").lower()
    if match := re.fullmatch(
        r"(?:ansi|cp|windows|win|oem|ms|ibm)?[\s_-]*(1250|1251|1252|1253|1254|850|852|437|858)",
        folded,
    ):
        return f"cp{match.group(1)}"
    if match := re.fullmatch(r"(?:iso)?[\s_-]*8859[\s_-]*(\d{1,2})", folded):
        # Windows programs write CP1252 under the name of
        # Latin-1: it is a superset in printable characters.
        return "cp1252" if match.group(1) == "1" else f"iso8859_{match.group(1)}"
    if folded in ("latin1", "latin-1", "iso-8859-1"):
        return "cp1252"
    try:
        return codecs.lookup(folded.replace(" ", "")).name
    except (LookupError, ValueError, UnicodeError):
        return None


def handler_for(encoding: Encoding) -> str:
    """The error handler with which decoding loses nothing and never fails."""
    if encoding.name.startswith("utf"):
        return HANDLER if encoding.name.startswith("utf-8") else "replace"
    return BYTE_HANDLER


def repair(text: str) -> str | None:
    """The reading of a doubly encoded text (`cittÃ
    ` → `città`), or None when there is none better.
    """
    fixed = text
    for _ in range(3):
        whole = LOST_HOOK.sub("Ãƒ", fixed)
        step = LOST_GRAVE.sub("à", TWICE_READ.sub(_undo_once, whole))
        if step == fixed:
            break
        fixed = step
    return fixed if fixed != text else None


def damaged_cells(frame: pl.DataFrame) -> Note | None:
    """FIL-08 for a layer whose texts were decoded
    wrongly somewhere: n cells, columns, sample, guess.
    """
    count, columns, rows = 0, [], set[int]()
    sample = guess = ""
    for column in frame.columns:
        if frame[column].dtype != pl.String:
            continue
        hits = frame[column].str.contains(SUSPECT).fill_null(value=False).arg_true()
        bad = [i for i in hits.to_list() if _is_damaged(frame[column][i])]
        if bad:
            count += len(bad)
            columns.append(column)
            rows.update(i + 1 for i in bad)
            if not guess:
                sample, guess = _example(frame[column].gather(bad[:50]))
    if not count:
        return None
    listed = sorted(rows)[:1000]
    return Note(
        "FIL-08",
        {"n": count, "sample": sample, "guess": guess, "columns": columns, "rows": listed},
    )


def _is_damaged(text: str) -> bool:
    return NO_LETTER.search(text) is not None or repair(text) is not None


def _example(texts: Iterable[str]) -> tuple[str, str]:
    first = ""
    for text in texts:
        first = first or text
        if fixed := repair(text):
            return text[:80], fixed[:80]
    return first[:80], ""


def _undo_once(match: re.Match[str]) -> str:
    """One wrongly read sequence as the letter it was;
    left alone when that is no European letter."""
    try:
        fixed = bytes(_byte_1252(char) for char in match.group()).decode("utf-8")
    except (ValueError, UnicodeError):
        return match.group()
    european = ord(fixed) < 0x180 or 0x2000 <= ord(fixed) < 0x2C00
    return fixed if european else match.group()


def _byte_1252(char: str) -> int:
    """The byte behind a letter; control characters stand for themselves, as browsers read them."""
    return ord(char) if 0x80 <= ord(char) < 0xA0 else char.encode("cp1252")[0]


def _misfits(raw: bytes) -> int:
    """How many bytes are not part of sound UTF-8."""
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return len(re.findall(rb"[\x80-\xff]", MULTIBYTE.sub(b"", raw)))
    return 0


def _single_byte(raw: bytes) -> str:
    """CP1252 unless another table reads the same bytes clearly better as Italian."""
    counts = np.bincount(np.frombuffer(raw, dtype=np.uint8), minlength=256)
    scores = {name: _score(name, counts) for name in SINGLE_BYTE}
    best = max(scores, key=lambda name: scores[name])
    return best if scores[best] - scores["cp1252"] > 1.5 else "cp1252"


def _score(name: str, counts: np.ndarray) -> float:
    """Mean worth of the bytes above 127 when read with this table."""
    total = int(counts[128:].sum())
    worth = 0.0
    for byte in range(128, 256):
        if counts[byte]:
            char = bytes([byte]).decode(name, errors="replace")
            worth += int(counts[byte]) * GOOD.get(char, 0.5 if char.isalpha() else -2.0)
    return worth / max(1, total)
