"""What CONTRIBUTING.md names is all that an addition takes: it is laid into a copy of the tree,
and the copy's own checks pass.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests import databases
from tests.house import additions, tree
from validator.rules import registry

ROOT = tree.ROOT
FOLDERS = ("fixtures", "locale", "static/src", "templates", "tests", *tree.CODE)
LEFT_OUT = shutil.ignore_patterns("__pycache__", ".*_cache", "build")
NEXT = sum(rule.family == "GEO" for rule in registry.registered()) + 1
CODE, STEM = f"GEO-{NEXT:02}", f"geo_{NEXT:02}"


@pytest.fixture
def copy(tmp_path) -> Path:
    """A copy of the tree, without what tools make."""
    there = tmp_path / "copy"
    for folder in FOLDERS:
        shutil.copytree(ROOT / folder, there / folder, ignore=LEFT_OUT)
    for path in [*ROOT.glob("*.md"), ROOT / "manage.py", ROOT / "pyproject.toml"]:
        shutil.copy(path, there)
    return there


def run(there: Path, *command: str) -> None:
    environment = {
        **os.environ,
        "PYTHONPYCACHEPREFIX": str(there.parent / "compiled"),
        "PYTHONPATH": str(there),
        databases.GIVEN: databases.fingerprint(),
        "TEST_DB_NAME": f"test_copy_{os.getpid()}",
    }
    done = subprocess.run(
        [sys.executable, *command],
        cwd=there,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]


def check(there: Path, *tests: str) -> None:
    """Tests of the copy, by its own code."""
    run(there, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", *tests)


def contents(there: Path) -> dict[str, str]:
    """Path -> digest of every file, but for what tools make."""
    files = [path for path in there.rglob("*") if path.is_file() and path.suffix != ".pyc"]
    return {
        str(path.relative_to(there)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }


def translate(catalogue: Path, words: dict[str, str]) -> None:
    entries = [f'\nmsgid "{italian}"\nmsgstr "{english}"\n' for italian, english in words.items()]
    with catalogue.open("a", encoding="utf-8") as file:
        file.writelines(entries)


def changed(there: Path, before: dict[str, str]) -> set[str]:
    """Paths of the files that came, went or differ."""
    after = contents(there)
    return {path for path in before | after if before.get(path) != after.get(path)}


def named(heading: str) -> list[str]:
    """What the numbered lines under a heading name first, each a path or a command."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    section = text.split(f"**{heading}**\n", 1)[1].split("\n\n", 1)[0]
    return re.findall(r"^\d\. `([^`]+)`", section, re.MULTILINE)


def lay_rule(there: Path) -> set[str]:
    module, test, command = named("A new rule")
    module = module.replace("<family>", "geo").replace("<code>_<name>", f"{STEM}_heights_again")
    test = test.replace("<code>", STEM)
    model = next((there / "validator/rules/geo").glob("geo_05_*.py"))
    text = model.read_text(encoding="utf-8").replace("GEO-05", CODE)
    (there / module).write_text(text, encoding="utf-8")
    (there / test).write_text(additions.RULE_TEST.format(code=CODE, stem=STEM), encoding="utf-8")
    run(there, "manage.py", *command.removeprefix("bin/manage ").split())
    return {module, test, "RULES.md"}


def lay_format(there: Path) -> set[str]:
    module, test, command = named("A new format of delivery")
    module, test = module.replace("<name>", "tavola"), test.replace("<name>", "tavola")
    (there / module).write_text(additions.FORMAT, encoding="utf-8")
    (there / test).write_text(additions.FORMAT_TEST, encoding="utf-8")
    run(there, "manage.py", *command.removeprefix("bin/manage ").split())
    return {module, test, "RULES.md"}


def lay_layer(there: Path) -> set[str]:
    module, test, english = named("A new map layer")
    test = test.replace("<layer>", "prova")
    text = (there / module).read_text(encoding="utf-8")
    above, last = text.split("\nLAYERS: ", 1)
    last = last.replace(")\n", ", TRIAL)\n", 1)
    (there / module).write_text(f"{above}{additions.LAYER}\nLAYERS: {last}", encoding="utf-8")
    (there / test).write_text(additions.LAYER_TEST, encoding="utf-8")
    translate(there / english, additions.LAYER_WORDS)
    return {module, test, english}


def lay_section(there: Path) -> set[str]:
    module, wiring, test, english = named("A new section of a sheet (zone and comune, or LUM)")
    module, test = (
        one.replace("<app>", "funding").replace("<name>", "prova") for one in (module, test)
    )
    (there / module).write_text(additions.SECTION, encoding="utf-8")
    (there / test).write_text(additions.SECTION_TEST, encoding="utf-8")
    text = (there / wiring).read_text(encoding="utf-8")
    first, rest = text.split('    "territory": [\n', 1)
    added = '        "funding.sheets.prova.trial_of",\n'
    (there / wiring).write_text(f'{first}    "territory": [\n{added}{rest}', encoding="utf-8")
    translate(there / english, additions.SECTION_WORDS)
    return {module, wiring, test, english}


#: Each addition -> the tests that look at all of its kind.
ADDITIONS = {
    lay_rule: ("tests/house/test_rules.py",),
    lay_format: ("tests/deliveries/test_accepted_formats.py", "tests/house/test_rules.py"),
    lay_layer: ("tests/sttm2/test_layers.py", "tests/house/test_texts.py"),
    lay_section: ("tests/sttm2/test_sheets.py", "tests/house/test_texts.py"),
}


def test_each_addition_takes_what_its_list_names_and_passes_all_checks(copy):
    """One copy for all: its tests take seconds to start."""
    checks: set[str] = set()
    for lay, tests in ADDITIONS.items():
        before = contents(copy)
        listed = lay(copy)
        assert changed(copy, before) == listed, lay.__name__
        checks |= {*tests, *(path for path in listed if path.startswith("tests/"))}
    rules = (copy / "RULES.md").read_text(encoding="utf-8")
    assert f"### {CODE} " in rules
    assert "Table on trial (.tavola)" in rules
    check(copy, *sorted(checks))
