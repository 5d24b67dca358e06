"""The tests of reading, understanding and rules need neither Django nor a database."""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def without_django(*arguments: str) -> subprocess.CompletedProcess[str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    return subprocess.run(
        [ROOT / "bin" / "test", "--without-django", "-q", *arguments],
        cwd=ROOT, env=own, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_all_of_them_find_what_they_need_without_django():
    """Imports and fixtures of every test; whoever asks for `db` or `django_db` is found out."""
    planned = without_django("--setup-plan")
    assert planned.returncode == 0, planned.stdout[-3000:]


#: Collecting all takes seconds.
RULES_ALONE = [f"--ignore-glob=*/{room}/*" for room in ("reading", "interpreting", "confined")]


def test_the_tests_of_the_run_pass_without_django():
    done = without_django(*RULES_ALONE, "-k", "test_run or test_edges")
    assert done.returncode == 0, done.stdout[-3000:]


def test_whoever_imports_django_is_found_out(tmp_path):
    (tmp_path / "test_needy.py").write_text("import django.conf\n")
    found = without_django(*RULES_ALONE, "--setup-plan", "-k", "test_needy", str(tmp_path))
    assert found.returncode == pytest.ExitCode.INTERRUPTED
    assert "django may not be imported here" in found.stdout
