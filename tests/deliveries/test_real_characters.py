"""No character of a real file is lost: what the portal keeps, cell by cell, against a reading of
the same file that shares nothing with the portal's (`independent.py`).

What may differ, and nothing else:
- an empty cell or empty text is null (CSV and .dbf cannot tell them apart);
- the blanks that fill a cell of a .dbf to its width are no part of its text;
- a column without a name is called `colonna_N`, blanks inside a name are made single;
- a list or an object inside a property of GeoJSON is kept as its JSON text, which may be spaced
  otherwise;
- a number is the same number, however many digits it was written with;
- an understood name or address loses the blanks around it, and words that stand for "empty"
  («-», «n.d.») are null; each of these is listed among the automatic changes.
"""

import json
import re
import unicodedata
from collections import Counter
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from deliveries.actions import intake
from deliveries.models import Delivery, StagedRow
from tests import builders
from tests.deliveries import independent
from tests.real_files import SHARED_DATA

pytestmark = [pytest.mark.real_data, pytest.mark.long]

FILES = [
    path for folder in ("piani", "servizi") for path in sorted((SHARED_DATA / folder).glob("*"))
    if path.name != "README.md"
]  # fmt: skip
#: Files without a single record, or of a kind that is not accepted: there is nothing to keep.
REFUSED = {
    "piemonte_usc_modello_vuoto.zip": "FIL-07",
    "osm_overpass_vigevano_sudovest.json": "FIL-01",
}
MOJIBAKE = re.compile("[\u00c3\u00c2][\u0080-\u00bf]|\u00e2\u20ac|\ufffd|\\x00")
TAKEN_OVER = ("name", "address")


@pytest.fixture(autouse=True)
def _real(shared_data: Path) -> None:
    """Skips with a word where the real files are absent."""


def same(kept: Any, sent: Any) -> bool:
    """Whether a kept cell is the sent one, but for what the module names."""
    if sent is None or sent == "" or kept is None:
        return kept in (None, "") and sent in (None, "")
    if isinstance(sent, list | dict):
        return bool(json.loads(kept) == sent)
    if isinstance(sent, bool):
        return kept == sent
    if isinstance(sent, int | float):
        # A column that holds texts too keeps its numbers as texts.
        return float(kept) == float(sent)
    return bool(kept == sent)


def first_lost(rows: Any, sent: list[independent.Row]) -> str | None:
    """Row, column and both texts of the first cell that is not what was sent."""
    for number, (kept, told) in enumerate(zip(rows, sent, strict=True), 1):
        for column in dict.fromkeys([*told, *kept]):
            if not same(kept.get(column), told.get(column)):
                return f"row {number}, «{column}»: {kept.get(column)!r}, not {told.get(column)!r}"
    return None


def not_taken_over(rows: Any, columns: dict[str, str]) -> str | None:
    """Row, column and both texts of the first name or address that is not what was sent."""
    for raw, attributes, autofixes in rows:
        told = {(fix["field"], fix["before"]) for fix in autofixes}
        for field, column in columns.items():
            kept, sent = attributes.get(field), raw.get(column)
            bare = str(sent).strip() if sent is not None else ""
            if (kept or "") != bare and (field, str(sent)) not in told:
                return f"«{column}» as {field}: {kept!r}, not {sent!r}"
            if (field, str(sent)) in told and kept not in (None, bare):
                return f"«{column}» as {field}: {kept!r}, not {sent!r}"
    return None


def damages(text: str) -> int:
    return len(MOJIBAKE.findall(text))


def layer_problems(delivery: Delivery, layer: str, sent: list[independent.Row]) -> list[str]:
    staged = StagedRow.objects.of(delivery).filter(layer=layer).order_by("row")
    rows = list(staged.values_list("raw", "attributes", "autofixes"))
    if len(rows) != len(sent):
        return [f"{len(rows)} rows, not {len(sent)}"]
    kept = json.dumps([raw for raw, _, _ in rows], ensure_ascii=False)
    known = {m["field"]: m["column"] for m in delivery.mapping[layer]["columns"] if m["field"]}
    columns = {field: known[field] for field in TAKEN_OVER if field in known}
    found = [first_lost((raw for raw, _, _ in rows), sent), not_taken_over(rows, columns)]
    if damages(kept) > damages(json.dumps(sent, ensure_ascii=False)):
        found.append("mojibake, NUL or U+FFFD that was not in the file")
    return [one for one in found if one]


@pytest.mark.parametrize("path", FILES, ids=[path.name for path in FILES])
def test_every_cell_that_is_kept_is_what_was_sent(cast, path):
    delivery = builders.checked(cast, SimpleUploadedFile(path.name, path.read_bytes()))
    if path.name in REFUSED:
        assert (delivery.status, delivery.outcome["refused"]) == ("unreadable", REFUSED[path.name])
        return
    assert delivery.status == "checked"
    sent = independent.layers(path)
    read = [layer["name"] for layer in delivery.facts["layers"]]
    # What was not read is told, not dropped.
    assert sorted([*read, *delivery.facts["others"]]) == sorted(sent)
    assert delivery.row_count == sum(len(sent[name]) for name in read)
    problems = {name: layer_problems(delivery, name, sent[name]) for name in read}
    assert {name: found for name, found in problems.items() if found} == {}
    intake.withdraw(delivery, user=cast.operator)


def letters(texts: Any) -> Counter[str]:
    """How often each letter, digit and mark occurs."""
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(text)
    return Counter({
        char: n for char, n in counts.items()
        if char not in ';,\t"\r\n\ufeff' and not unicodedata.category(char).startswith("Z")
    })  # fmt: skip


@pytest.mark.parametrize(
    "path",
    [path for path in FILES if path.suffix in (".csv", ".tsv")],
    ids=lambda path: path.name,
)
def test_every_letter_of_a_text_file_is_in_a_cell(path):
    """Without any parser: the letters of the file are those of header and cells."""
    text = independent.text_of(path.read_bytes())
    [(_, rows)] = independent.layers(path).items()
    header = next(islice(text.splitlines(), 1))
    cells = (cell for row in rows for cell in row.values() if cell)
    assert letters([text]) - letters([header]) == letters(cells)


def test_the_comparison_sees_one_letter(shared_data):
    [(_, rows)] = independent.layers(shared_data / "piani" / "pds_costruito_rho.csv").items()
    assert first_lost(rows, rows) is None
    hurt = [dict(row) for row in rows]
    hurt[4]["NOTE"] = hurt[4]["NOTE"][:-1]
    assert (first_lost(hurt, rows) or "").startswith("row 5, «NOTE»")


def test_every_file_stands_in_the_written_table():
    page = (Path(__file__).resolve().parents[2] / "docs" / "real-data.md").read_text("utf-8")
    lines = {line.split(" | ")[0] for line in page.splitlines()}
    assert [path.name for path in FILES if f"| {path.name}" not in lines] == []
