"""The rule catalogue keeps its promises: 83 codes,
words in both languages, tests and documentation.
"""

import inspect
import re
from pathlib import Path

import pytest

from deliveries.management.commands.write_rules import catalogue
from tests.validator.rules.speaking import said
from validator.rules import registry
from validator.rules.wording import COMMON, FORMS, LANGUAGES
from validator.schema import NAMES

ROOT = Path(__file__).resolve().parents[2]
COUNTS = {"FIL": 11, "CRS": 6, "STR": 6, "ATT": 15, "UNI": 4, "GEO": 12, "SEM": 13, "CMP": 8,
          "DOC": 5, "SYS": 3}  # fmt: skip
RULES = registry.registered()
EACH = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)


def test_the_catalogue_has_the_83_codes():
    expected = [
        f"{family}-{n:02}" for family, count in COUNTS.items() for n in range(1, count + 1)
    ]
    assert [rule.code for rule in RULES] == expected
    assert len(expected) == 83


@EACH
def test_each_rule_has_its_public_text(rule):
    lines = (inspect.getdoc(rule.check) or "").splitlines()
    assert (lines and lines[0].endswith((".", ":"))) or len(lines) > 1
    for language in LANGUAGES:
        wording = rule.wording(language)
        assert wording.title and wording.one and wording.fix
        assert rule.why(language)


@EACH
def test_each_rule_has_three_forms_where_it_speaks_of_rows(rule):
    for language in LANGUAGES:
        wording = rule.wording(language)
        if rule.scope in (registry.ROW, registry.GROUP):
            assert wording.many
        if rule.scope is registry.ROW:
            assert wording.all


@EACH
def test_both_languages_use_the_same_placeholders(rule):
    for form in FORMS:
        assert rule.it.placeholders(form) == rule.en.placeholders(form), form


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
    told = {"n", "rows", "total", "column", "layer"}
    allowed = told | {"limit", "min", "max", "expected", "before", "after", "list", "sample",
                      "guess", "columns", "len", "done"}  # fmt: skip
    for form in ("many", "all"):
        assert rule.it.placeholders(form) <= allowed
    assert told < COMMON | told


@EACH
def test_each_rule_has_a_silent_and_a_speaking_test(rule):
    text = "".join(p.read_text() for p in (ROOT / "tests/validator/rules").glob("test_*.py"))
    code = rule.code.lower().replace("-", "_")
    assert re.search(rf"def test_{code}_speaks_", text)
    assert re.search(rf"def test_{code}_is_silent_", text)


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


def test_a_used_code_is_refused():
    rule = registry.get("ATT-01")
    with pytest.raises(ValueError, match="ATT-01"):
        registry.rule(
            "ATT-01", rule.severity, rule.scope,
            it=rule.it, en=rule.en, fails=rule.fails, passes=rule.passes,
        )(rule.check)  # fmt: skip


def test_rules_md_is_current():
    written = (ROOT / "RULES.md").read_text(encoding="utf-8")
    assert written == catalogue(), "RULES.md is old: run manage.py write_rules"
