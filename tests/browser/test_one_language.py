"""Every public page speaks the reader's language and writes numbers as the reader does; machines
get points and no separators."""

import json
import re
import urllib.request
from collections import deque
from urllib.parse import urljoin, urlsplit

import pytest

from tests.reading import ITALIAN, Words

pytestmark = pytest.mark.browser

MOST_PAGES, MOST_OF_A_KIND = 70, 4
#: A decimal point where Italian has none: not a group of thousands, a date, an address, a code.
POINT = re.compile(r"(?<![\w.,:/-])\d+\.(?!\d{3}(?:\D|$))\d+(?![\w./:-])")
COMMA = re.compile(r"(?<![\w.,:/-])\d+,(?!\d{3}(?:\D|$))\d+(?![\w./:-])")
#: Ten thousand and more without a separator; codes of comuni begin with 0, and EPSG codes say so.
LONG = re.compile(r"(?<![\w.,:/#-])(?<!EPSG )(?<!EPSG:)[1-9]\d{4,}(?![\w.,:/-]\w)(?!\w)")
NAMES_WITH_POINTS = re.compile(
    r"(?:CC BY|CC-BY|EUPL|versione|version|OpenAPI|RFC|API|WCAG|v)[ -]?\d[\d.]*", re.I
)


def kind_of(path: str) -> str:
    """Pages of one kind differ by their last word and by their query."""
    parts = urlsplit(path)
    folders = parts.path.removeprefix("/en").strip("/").split("/")
    return "/".join(folders[:1]) + ("?" if parts.query else "")


def walk(portal: str, start: str) -> dict[str, list[str]]:
    """The texts of every kind of public page that can be reached by links."""
    english = start == "/en/"
    todo, seen, kinds, found = deque([start]), {start}, {}, {}
    while todo and len(found) < MOST_PAGES:
        path = todo.popleft()
        with urllib.request.urlopen(portal + path, timeout=60) as answer:
            if not answer.headers["Content-Type"].startswith("text/html"):
                continue
            words = Words()
            words.feed(answer.read().decode())
        found[path] = words.texts
        for link in words.links:
            target = urljoin(path, link.partition("#")[0])
            kind = kind_of(target)
            mine = target.startswith("/en/") == english and target.startswith("/")
            if not mine or target in seen or kinds.get(kind, 0) >= MOST_OF_A_KIND:
                continue
            if target.startswith(("/api/v1", "/static/", "/en/api/v1")):
                continue
            seen.add(target)
            kinds[kind] = kinds.get(kind, 0) + 1
            todo.append(target)
    assert len(found) > 30
    return found


@pytest.fixture(scope="module")
def italian(portal):
    return walk(portal, "/")


@pytest.fixture(scope="module")
def english(portal):
    return walk(portal, "/en/")


def said(pages: dict[str, list[str]], pattern: re.Pattern[str]) -> dict[str, set[str]]:
    """Where a pattern is found, by text."""
    wrong: dict[str, set[str]] = {}
    for path, texts in pages.items():
        for text in texts:
            if pattern.search(NAMES_WITH_POINTS.sub("", text)):
                wrong.setdefault(text, set()).add(path)
    return wrong


def test_no_italian_is_left_in_the_frame_of_english_pages(english):
    assert said(english, ITALIAN) == {}


def test_the_words_that_tell_are_on_the_italian_pages(italian):
    assert len(said(italian, ITALIAN)) > 100


def test_italian_pages_write_the_decimals_after_a_comma(italian):
    assert said(italian, POINT) == {}


def test_english_pages_write_the_decimals_after_a_point(english):
    assert said(english, COMMA) == {}


def test_large_numbers_are_grouped_in_both(italian, english):
    assert said(italian | english, LONG) == {}


def test_machines_get_plain_numbers_whatever_the_language(portal):
    """The same bytes for both, and no number written as a text with a comma."""
    for path in (
        "zones/",
        "municipalities/015146/",
        "services/?limit=20",
        "services/export.csv?zone=sud-est",
    ):
        answers = set()
        for language in ("it", "en"):
            asked = urllib.request.Request(
                f"{portal}/api/v1/{path}", headers={"Accept-Language": language}
            )
            with urllib.request.urlopen(asked, timeout=60) as answer:
                answers.add(re.sub(rb'"timeStamp": "[^"]*", ', b"", answer.read()))
        body = answers.pop()
        assert not answers, path
        if ".csv" not in path:
            texts = [
                text for text in texts_of(json.loads(body)) if re.fullmatch(r"[\d.]+,\d\d+", text)
            ]
            assert texts == [], path


def texts_of(value: object) -> list[str]:
    if isinstance(value, dict):
        return [text for part in value.values() for text in texts_of(part)]
    if isinstance(value, list):
        return [text for part in value for text in texts_of(part)]
    return [value] if isinstance(value, str) else []
