"""Personal data in cells: fiscal codes, mobile phones, private mailboxes. Values never leave."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import Final

import numpy as np

from validator.dataset import Dataset
from validator.libraries import pl
from validator.rules.columns import Index

CODE: Final = (
    r"[A-Z]{6}[0-9LMNPQRSTUV]{2}[ABCDEHLMPRST][0-9LMNPQRSTUV]{2}"
    r"[A-Z][0-9LMNPQRSTUV]{3}[A-Z]"
)
FISCAL_CODE: Final = rf"(?i)\b{CODE}\b"
# Ten digits, grouped in any way; nine are a number of the fixed network that lost its zero.
_MOBILE = r"3\d{2}[ ./-]?(?:\d[ ./-]?){6}\d\b"
#: In a column of telephones any mobile number; elsewhere only one that is announced as such.
MOBILE: Final = rf"(?:^|\D){_MOBILE}"
ANNOUNCED: Final = rf"(?i)(?:\btel|\bcell|\bmob|\+39|\b0039)\D{{0,8}}{_MOBILE}"
MAILBOX: Final = (
    r"(?i)@(?:gmail|googlemail|libero|hotmail|yahoo|outlook|live|tiscali|alice|virgilio|icloud"
    r"|tin|fastwebnet|inwind|msn|me)\.(?:it|com)\b"
)
TELEPHONES = re.compile(r"tel|cell|phone|mobil|recapit|contatt", re.IGNORECASE)
#: Values of the check letter (decree of 23 December 1976): characters in odd and in even places.
ODD: Final = dict(zip("0123456789", (1, 0, 5, 7, 9, 13, 15, 17, 19, 21), strict=True)) | dict(
    zip(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        (
            1,
            0,
            5,
            7,
            9,
            13,
            15,
            17,
            19,
            21,
            2,
            4,
            18,
            20,
            11,
            3,
            6,
            8,
            12,
            14,
            16,
            10,
            22,
            25,
            24,
            23,
        ),
        strict=True,
    )
)


@dataclass(frozen=True, slots=True)
class Trace:
    """Rows of one column that seem to hold something of a person."""

    column: str
    fiscal: bool
    index: Index


def is_fiscal_code(text: str) -> bool:
    """Whether sixteen characters are a person's fiscal code: its last letter must agree."""
    code = text.upper()
    if not re.fullmatch(CODE, code):
        return False
    even = {**{str(d): d for d in range(10)}, **{chr(65 + i): i for i in range(26)}}
    total = sum((ODD if place % 2 == 0 else even)[c] for place, c in enumerate(code[:15]))
    return chr(65 + total % 26) == code[15]


def traces(dataset: Dataset) -> list[Trace]:
    """Everything found in the columns as sent, mapped or not, in column order."""
    found: dict[tuple[str, bool], list[Index]] = defaultdict(list)
    for layer in dataset.layers:
        for cells in layer.frame.get_columns():
            if cells.dtype != pl.String:
                continue
            for fiscal, index in ((True, _fiscal(cells)), (False, _contacts(cells))):
                if len(index):
                    found[cells.name, fiscal].append(index + layer.start)
    return [Trace(name, fiscal, np.concatenate(parts)) for (name, fiscal), parts in found.items()]


def _rows(cells: pl.Series, pattern: str) -> Index:
    return cells.str.contains(pattern).fill_null(value=False).arg_true().to_numpy().astype(np.intp)


def _fiscal(cells: pl.Series) -> Index:
    # A code has 16 characters: shorter cells are not worth the pattern.
    if not (cells.str.len_bytes() >= 16).any():
        return np.empty(0, dtype=np.intp)
    suspects = _rows(cells, FISCAL_CODE)
    sure = [
        is_fiscal_code(m[0])
        for m in (re.search(FISCAL_CODE, cells[int(i)]) for i in suspects)
        if m
    ]
    return suspects[np.array(sure, dtype=bool)] if len(suspects) else suspects


def _contacts(cells: pl.Series) -> Index:
    phones = _rows(cells, MOBILE if TELEPHONES.search(cells.name) else ANNOUNCED)
    return np.union1d(phones, _rows(cells, MAILBOX)).astype(np.intp)
