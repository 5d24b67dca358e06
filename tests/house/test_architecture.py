"""ARCHITECTURE.md and the other texts name files that exist."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEXTS = ("ARCHITECTURE.md", "CONTRIBUTING.md", "README.md", "docs/security.md")
#: A path of the checkout, as opposed to an address, a command or a pattern.
PATH = re.compile(r"`((?:[a-z_0-9]+/)+[a-z_0-9]+\.(?:py|sql|html|json|md|toml|sh))`")


@pytest.mark.parametrize("name", TEXTS)
def test_every_file_that_a_document_names_is_there(name):
    named = set(PATH.findall((ROOT / name).read_text(encoding="utf-8")))
    assert [path for path in sorted(named) if not (ROOT / path).exists()] == []


def test_a_reader_finds_where_things_are():
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    table = text.split("## Where is …", 1)[1].split("\n## ", 1)[0]
    found = dict(re.findall(r"^\| ([^|]+?) \| `([^`]+)` \|$", table, re.MULTILINE))
    assert {"a rule", "a reader", "the publication's SQL", "who may submit"} <= found.keys()
    assert {"a map layer", "a section of a zone's sheet", "a notice's text"} <= found.keys()
    assert all((ROOT / path).is_file() for path in found.values())
