"""docs/security.md: every line of its table of ASVS names a test that is there."""

import re

from tests.house.tree import ROOT

TEXT = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
TEST = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")


def chapters() -> dict[str, list[str]]:
    """The lines of the table, by chapter."""
    found: dict[str, list[str]] = {}
    for line in TEXT.splitlines():
        if named := re.match(r"\| (V\d+) ", line):
            found.setdefault(named[1], []).append(line)
    return found


def test_every_chapter_of_asvs_is_spoken_of():
    assert list(chapters()) == [f"V{number}" for number in range(1, 18)]


def test_every_line_names_its_test_or_why_there_is_none():
    silent = [
        line
        for lines in chapters().values()
        for line in lines
        if not TEST.search(line) and "not applicable" not in line
    ]
    assert silent == []


def test_every_test_that_the_page_names_is_there():
    named = TEST.findall(TEXT)
    assert len(named) > 30
    missing = []
    for path, function in named:
        file = ROOT / path
        is_there = file.exists() and (
            not function or f"def {function}(" in file.read_text(encoding="utf-8")
        )
        if not is_there:
            missing.append((path, function))
    assert missing == []
