"""Sizes, names, no signals, no save overrides, migrations, settings and routes."""

import ast
import re
import subprocess
import sys
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest
from django.core.management import call_command

from tests.house.tree import CODE, ROOT

FILE_LIMIT, TEST_LIMIT, SETTINGS_LIMIT, FUNCTION_LIMIT = 400, 500, 300, 50
FORBIDDEN_NAMES = {"utils.py", "helpers.py", "common.py"}


def modules(*folders: str) -> list[Path]:
    found = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    return sorted(path for path in found if "migrations" not in path.parts)


@cache
def trees() -> list[tuple[Path, ast.Module]]:
    return [(path, ast.parse(path.read_text(encoding="utf-8"))) for path in modules(*CODE)]


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_no_module_is_too_large():
    limits = [(path, FILE_LIMIT) for path in modules(*CODE) if path.name != "settings.py"]
    limits += [(ROOT / "sttm2" / "settings.py", SETTINGS_LIMIT)]
    limits += [(path, TEST_LIMIT) for path in modules("tests", "bench", "chaos")]
    sizes = {name(p): len(p.read_text().splitlines()) for p, limit in limits}
    assert not {name(p): sizes[name(p)] for p, limit in limits if sizes[name(p)] > limit}


def test_no_function_is_too_long():
    long = {}
    for path, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or 0) - node.lineno + 1
                if length > FUNCTION_LIMIT:
                    long[f"{name(path)}:{node.name}"] = length
    assert not long


def test_no_function_takes_more_than_four_positional_parameters():
    crowded = []
    for path, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef):
                count = len(
                    [
                        a
                        for a in node.args.posonlyargs + node.args.args
                        if a.arg not in {"self", "cls"}
                    ]
                )
                if count > 4:
                    crowded.append(f"{name(path)}:{node.name}")
    assert not crowded


def test_no_two_classes_have_one_name():
    places = defaultdict(list)
    for path, tree in trees():
        for node in tree.body:
            # Django finds a management command by this very name.
            if isinstance(node, ast.ClassDef) and node.name != "Command":
                places[node.name].append(name(path))
    assert not {repeated: where for repeated, where in places.items() if len(where) > 1}


def test_no_module_is_a_place_for_leftovers():
    assert not [name(path) for path in modules(*CODE) if path.name in FORBIDDEN_NAMES]


def test_every_module_says_what_lives_in_it():
    silent = [
        name(path) for path, tree in trees() if tree.body and ast.get_docstring(tree) is None
    ]
    assert not silent


def late_imports(tree: ast.Module) -> list[int]:
    """The lines in functions that import something of ours."""
    found = set()
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        for node in ast.walk(function):
            named = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            named += [one.name for one in node.names] if isinstance(node, ast.Import) else []
            if any(one.split(".")[0] in CODE for one in named):
                found.add(node.lineno)
    return sorted(found)


def test_no_first_party_import_hides_in_a_function():
    found = {name(path): late_imports(tree) for path, tree in trees()}
    assert not {path: lines for path, lines in found.items() if lines}


@pytest.mark.parametrize("statement", ["from zones import models", "import services.models"])
@pytest.mark.parametrize("head", ["def f():", "async def f():"])
def test_a_hidden_import_is_seen(head, statement):
    assert late_imports(ast.parse(f"{head}\n    {statement}")) == [2]


def hidden_hooks(tree: ast.Module) -> list[str]:
    """What acts unseen when a row is written: signals, and methods that replace Django's own."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            told = [getattr(node, "module", None) or "", *(one.name for one in node.names)]
            # Celery's speak of processes, not of rows.
            found += [
                one
                for one in told
                if (one.endswith("signals") and not one.startswith("celery."))
                or one == "django.dispatch"
            ]
        if isinstance(node, ast.ClassDef):
            found += [
                f"{node.name}.save"
                for child in node.body
                if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef)
                and child.name in ("save", "asave")
            ]
    return found


def test_no_signal_receiver_and_no_save_override():
    found = {name(path): hidden_hooks(tree) for path, tree in trees()}
    assert not {path: hooks for path, hooks in found.items() if hooks}


@pytest.mark.parametrize(
    "source",
    [
        "class Thing(Model):\n    def save(self, *args, **kwargs): ...",
        "class Thing(Model):\n    async def asave(self): ...",
        "from django.db.models.signals import post_save\npost_save.connect(told, sender=Thing)",
        "from django.dispatch import receiver",
        "from django.db.models import signals",
    ],
)
def test_a_hidden_hook_is_seen_in_a_module_of_any_name(source):
    assert hidden_hooks(ast.parse(source))


def test_the_import_contracts_hold():
    lint = Path(sys.executable).parent / "lint-imports"
    result = subprocess.run([lint], cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout[-2000:]


def test_no_script_of_the_pages_imports_itself_in_a_circle():
    scripts = {path.resolve() for path in (ROOT / "static" / "src").rglob("*.js")}
    imports = {
        path: {
            (path.parent / told).resolve()
            for told in re.findall(r'(?:from|import) "(\.[^"]+)"', path.read_text())
        }
        & scripts
        for path in scripts
    }
    while free := {path for path, wanted in imports.items() if not wanted & imports.keys()}:
        for path in free:
            del imports[path]
    assert not {name(path) for path in imports}


@pytest.mark.django_db
def test_the_models_have_no_change_without_a_migration():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_every_environment_variable_is_in_the_example():
    text = "".join((ROOT / "sttm2" / f).read_text() for f in ("settings.py", "env.py"))
    names = set(re.findall(r'env_(?:str|bool|int|list|secret)\(\s*"(\w+)"', text))
    example = (ROOT / ".env.example").read_text()
    assert not {variable for variable in names if variable not in example}


def test_no_machine_and_no_registry_is_named():
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    # Spelled in parts, so that this file does not name them either.
    words = [
        "/wo" + "rk/",
        "registry.np" + "mjs",
        "files.python" + "hosted",
        "deb.deb" + "ian.org",
    ]
    found = []
    for path in tracked:
        if (ROOT / path).suffix in {".png", ".gpkg", ".zip", ".xlsx", ".gz", ".woff2", ".mo"}:
            continue
        if not (ROOT / path).is_file():
            continue
        text = (ROOT / path).read_text(encoding="utf-8", errors="ignore")
        found += [(path, word) for word in words if word in text]
    assert not found


def test_no_test_empties_the_reference_data():
    """A transactional test truncates every table at its end: committed_db or live_site instead."""
    words = ["transaction=" + "True", "live_" + "server)", "transactional_" + "db)"]
    found = [
        (name(path), word)
        for path in modules("tests")
        for word in words
        if word in path.read_text(encoding="utf-8")
    ]
    assert not found


def test_nothing_empties_the_cache_that_all_share():
    """Clearing it flushes its Redis database, with what every other portal or test keeps there."""
    word = "cache." + "clear()"
    all_code = modules("tests", *CODE)
    assert not [name(path) for path in all_code if word in path.read_text(encoding="utf-8")]
