"""The rule catalogue keeps its promises: a file each, words in both languages, examples, tests and
documentation.
"""

import importlib
import inspect
import io
import re
import sys
import tokenize
from collections.abc import Callable
from itertools import groupby
from pathlib import Path
from string import Formatter
from types import ModuleType

import pytest

from deliveries.management.commands.write_rules import catalogue
from tests.house.tree import CODE, ROOT
from tests.validator.rules.speaking import said
from validator import schema
from validator.findings import Scope
from validator.rules import registry
from validator.rules.wording import LANGUAGES, Wording, fill
from validator.schema import NAMES

FOLDER = ROOT / "validator" / "rules"
RULES = registry.registered()
FORMS = ("title", "one", "many", "all", "fix")
EACH = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
TESTS = "".join(p.read_text() for p in (ROOT / "tests/validator/rules").glob("test_*.py"))
WRITTEN = (ROOT / "RULES.md").read_text(encoding="utf-8")


def placeholders(wording: Wording, form: str) -> set[str]:
    """The names in braces in one form."""
    return {name for _, name, _, _ in Formatter().parse(getattr(wording, form)) if name}


def file_of(rule: registry.Rule) -> Path:
    return Path(inspect.getsourcefile(rule.check) or "")


def test_codes_are_numbered_without_gaps_in_every_family():
    for family in registry.FAMILIES:
        numbers = [int(rule.code[4:]) for rule in RULES if rule.family == family]
        assert numbers == list(range(1, len(numbers) + 1))
        assert numbers
    order = [registry.FAMILIES.index(rule.family) for rule in RULES]
    assert order == sorted(order)


@EACH
def test_each_rule_has_a_file_of_its_own_that_reads_from_the_top(rule):
    path = file_of(rule)
    assert path.parent.parent == FOLDER
    assert path.stem.startswith(rule.code.lower().replace("-", "_") + "_")
    text = path.read_text(encoding="utf-8")
    assert text.startswith(f'"""{rule.code}: ')
    assert text.count("@rule(") == 1
    below = [m[1] for m in re.finditer(r"^def (\w+)", text, re.MULTILINE)]
    assert below[0] == rule.check.__name__


def test_every_file_named_as_a_rule_is_in_the_catalogue():
    named = {path for path in FOLDER.glob("*/*.py") if re.match(r"[a-z]{3}_\d\d_", path.name)}
    assert named == {file_of(rule) for rule in RULES}


@EACH
def test_each_rule_has_its_public_text(rule):
    lines = (inspect.getdoc(rule.check) or "").splitlines()
    assert (lines and lines[0].endswith((".", ":"))) or len(lines) > 1
    for language in LANGUAGES:
        wording = rule.wording(language)
        assert wording.title and wording.one and wording.fix
        assert rule.why(language)


@EACH
def test_each_rule_stands_in_rules_md(rule):
    assert WRITTEN.count(f"\n### {rule.code} {rule.en.title}\n") == 1


@EACH
def test_each_rule_has_three_forms_where_it_speaks_of_rows(rule):
    for language in LANGUAGES:
        wording = rule.wording(language)
        if rule.scope in (Scope.ROW, Scope.GROUP):
            assert wording.many
        if rule.scope is Scope.ROW:
            assert wording.all


def shown_names() -> dict[str, set[str]]:
    """What pages call their buttons, steps and fields, in each language."""
    catalogue = (ROOT / "locale/en/LC_MESSAGES/django.po").read_text(encoding="utf-8")
    texts = dict(re.findall(r'^msgid "(.+)"\nmsgstr "(.+)"$', catalogue, re.MULTILINE))
    words = {word for field in schema.FIELDS for word in field.domain}
    return {
        "it": words | {one.rstrip(":") for one in texts} | {f.label("it") for f in schema.FIELDS},
        "en": words
        | {one.rstrip(":") for one in texts.values()}
        | {f.label("en") for f in schema.FIELDS},
    }


@EACH
def test_what_a_rule_says_to_do_names_only_what_the_pages_show(rule):
    names, quoted = shown_names(), {"it": "«([^»]+)»", "en": r"(?<!\w)'([^']+)'(?!\w)"}
    for language in LANGUAGES:
        wording = rule.wording(language)
        words = fill(wording.fix, {}, language) + wording.of_several().fix
        assert set(re.findall(quoted[language], words)) <= names[language]


@EACH
def test_both_languages_use_the_same_placeholders(rule):
    for form in FORMS:
        assert placeholders(rule.it, form) == placeholders(rule.en, form), form


@EACH
def test_the_failing_example_fails_in_words_without_gaps(rule):
    for language in LANGUAGES:
        messages = said(rule.code, rule.fails, language)
        assert messages
        assert not any("…" in message or "{" in message for message in messages)


@EACH
def test_the_passing_example_passes(rule):
    assert said(rule.code, rule.passes) == []


@EACH
def test_many_rows_need_nothing_that_only_one_row_has(rule):
    allowed = {"n", "rows", "total", "column", "layer", "limit", "min", "max", "expected"}
    allowed |= {"before", "after", "list", "sample", "guess", "columns", "len", "done"}
    for form in ("many", "all"):
        assert placeholders(rule.it, form) <= allowed


@EACH
def test_each_rule_has_a_silent_and_a_speaking_test(rule):
    code = rule.code.lower().replace("-", "_")
    assert re.search(rf"def test_{code}_speaks_", TESTS)
    assert re.search(rf"def test_{code}_is_silent_", TESTS)


def test_no_test_speaks_for_a_rule_that_is_gone():
    tested = re.findall(r"def test_([a-z]{3}_\d\d)_(?:speaks|is_silent)_", TESTS)
    assert {code.upper().replace("_", "-") for code in tested} == {rule.code for rule in RULES}


@EACH
def test_needs_are_fields_and_winners_are_rules(rule):
    assert rule.needs <= set(NAMES)
    assert set(rule.yields_to) <= {other.code for other in RULES}


def test_severities_are_those_of_the_decisions():
    severity = {rule.code: rule.severity.value for rule in RULES}
    assert severity["ATT-04"] == "warning"
    assert severity["GEO-07"] == "warning"
    assert severity["SEM-11"] == "warning"
    assert severity["SYS-01"] == "system"


def test_rules_md_is_current():
    assert catalogue() == WRITTEN, "RULES.md is old: run bin/manage write_rules"


def test_how_many_rules_there_are_is_written_nowhere_by_hand():
    """RULES.md alone says it, and a command writes that."""
    kinds = {".py", ".md", ".html", ".po", ".js", ".txt", ".toml", ".json"}
    count = re.compile(
        rf"\b{len(RULES)}(?:[ _-]+\w+)?[ _-]+(?:rules?|codes?|checks|regole|controlli|codici)\b"
    )
    folders = ("bench", "locale", "tests", *CODE)
    files = [path for folder in folders for path in (ROOT / folder).rglob("*")]
    files += [path for path in ROOT.glob("*") if path.name != "RULES.md"]
    texts = [path for path in files if path.suffix in kinds and path.is_file()]
    assert not [path for path in texts if count.search(path.read_text(encoding="utf-8"))]


def test_the_layout_of_the_rules_is_the_formatters():
    assert not [path.name for path in FOLDER.rglob("*.py") if "fmt: skip" in path.read_text()]


def pieces(text: str) -> list[list[str]]:
    """Texts written in several pieces, one below the other."""
    passed = {tokenize.NL, tokenize.COMMENT}
    tokens = [t for t in tokenize.generate_tokens(io.StringIO(text).readline)
              if t.type not in passed]  # fmt: skip
    runs = groupby(tokens, key=lambda token: token.type == tokenize.STRING)
    return [[t.string for t in run] for texts, run in runs if texts]


def test_texts_of_several_lines_are_broken_evenly():
    ragged = []
    for path in sorted(FOLDER.rglob("*.py")):
        for run in pieces(path.read_text(encoding="utf-8")):
            if 2 * min(map(len, run)) < max(map(len, run)):
                ragged.append(f"{path.name}: {run[-1]}")
    assert not ragged


#: A small rule, to be laid into a catalogue made for the test.
HEIGHTS = (FOLDER / "geo" / "geo_05_heights_dropped.py").read_text(encoding="utf-8")


@pytest.fixture
def package(tmp_path, monkeypatch) -> Callable[..., ModuleType]:
    """A package of family folders with these files."""

    def made(files: dict[str, str]) -> ModuleType:
        for name, text in files.items():
            path = tmp_path / "made_rules" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            for folder in {path.parent, tmp_path / "made_rules"}:
                (folder / "__init__.py").touch()
            path.write_text(text, encoding="utf-8")
        monkeypatch.syspath_prepend(tmp_path)
        return importlib.import_module("made_rules")

    yield made
    for name in [name for name in sys.modules if name.split(".")[0] == "made_rules"]:
        del sys.modules[name]


def test_a_rule_is_found_where_it_lies(package):
    found = registry.declared_in(
        package({"geo/geo_05_heights.py": HEIGHTS, "geo/heights.py": "HIGH = 1\n"})
    )
    assert list(found) == ["GEO-05"]
    assert found["GEO-05"].en.title == "Heights and measures dropped"


@pytest.mark.parametrize(
    ("files", "word"),
    [
        ({"geo/geo_05_a.py": HEIGHTS, "geo/geo_05_b.py": HEIGHTS}, "GEO-05 is declared twice"),
        ({"geo/geo_06_heights.py": HEIGHTS}, "geo_06_heights declares .*GEO-05"),
        ({"geo/geo_05_heights.py": "HIGH = 1\n"}, "geo_05_heights declares no rule"),
        ({"geo/heights.py": HEIGHTS}, "heights declares .*GEO-05"),
        ({"sem/geo_05_heights.py": HEIGHTS}, "geo_05_heights declares"),
        ({"new/new_01_heights.py": HEIGHTS}, "folder of no family"),
    ],
    ids=["two-of-one-code", "other-code", "no-rule", "no-code-in-name", "folder", "family"],
)
def test_a_file_in_the_wrong_place_stops_the_start(package, files, word):
    with pytest.raises(ValueError, match=word):
        registry.declared_in(package(files))
