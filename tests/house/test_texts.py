"""Every text of the portal is translated: none missing in the English catalogue, none uncertain,
none that the code no longer says."""

import gettext
import re
import subprocess
from pathlib import Path

import pytest
from django.utils.translation.template import templatize

from tests.house.tree import CODE, ROOT

CATALOGUE = ROOT / "locale/en/LC_MESSAGES/django.po"
XGETTEXT = (
    *("xgettext", "--language=Python", "--from-code=UTF-8", "--output=-"),
    *("--keyword=gettext_noop", "--keyword=gettext_lazy", "--keyword=ngettext_lazy:1,2"),
    *("--keyword=pgettext:1c,2", "--keyword=npgettext:1c,2,3", "--keyword=pgettext_lazy:1c,2"),
)  # fmt: skip
PLACE = re.compile(r"%\((\w+)\)[sd]|\{(\w+)\}")


def catalogue(text: bytes, folder: Path, *before: str) -> dict[object, str]:
    """Its texts, as gettext understands them: uncertain and empty ones left out."""
    command = ["msgfmt", "--check-format", "-o", str(folder / "texts.mo"), "-"]
    if before:
        text = subprocess.run(before, input=text, capture_output=True, check=True).stdout
    subprocess.run(command, input=text, check=True)
    with (folder / "texts.mo").open("rb") as file:
        texts = dict(gettext.GNUTranslations(file)._catalog)
    return {key: value for key, value in texts.items() if key != ""}


@pytest.fixture(scope="module")
def said(tmp_path_factory) -> set[object]:
    """Every text that code and templates ask a translation of."""
    folder = tmp_path_factory.mktemp("texts")
    sources = [str(path) for app in CODE for path in (ROOT / app).rglob("*.py")]
    for number, path in enumerate([*(ROOT / "templates").rglob("*.*")]):
        if path.suffix in {".html", ".txt"}:
            copy = folder / f"{number}.py"
            copy.write_text(templatize(path.read_text(encoding="utf-8")), encoding="utf-8")
            sources.append(str(copy))
    found = subprocess.run([*XGETTEXT, *sources], capture_output=True, check=True).stdout
    found = found.replace(b"charset=CHARSET", b"charset=UTF-8")
    found = found.replace(b"nplurals=INTEGER; plural=EXPRESSION", b"nplurals=2; plural=(n != 1)")
    return set(catalogue(found, folder, "msgen", "-"))


@pytest.fixture(scope="module")
def english(tmp_path_factory) -> dict[object, str]:
    return catalogue(CATALOGUE.read_bytes(), tmp_path_factory.mktemp("english"))


def test_every_text_is_translated(said, english):
    assert len(said) > 1000
    assert sorted(map(str, said - set(english))) == []


def test_no_translation_is_left_of_a_text_that_nobody_says(said, english):
    assert sorted(map(str, set(english) - said)) == []


def test_no_translation_is_uncertain_or_asleep():
    text = CATALOGUE.read_text(encoding="utf-8")
    assert "#, fuzzy" not in text
    assert "#~" not in text


def test_a_translation_keeps_the_places_of_its_text(english):
    def places(text: str) -> set[str]:
        return {a or b for a, b in PLACE.findall(text)}

    single = {key: value for key, value in english.items() if isinstance(key, str)}
    assert {k: v for k, v in single.items() if places(k) != places(v)} == {}
