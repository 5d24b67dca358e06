"""`bin/manage` and the words of `manage.py` to whoever forgot the settings."""

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOCAL = {"DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE", "STTM2_MODE", "STTM2_SECRET_KEY"}


def bare(*arguments: str, python: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    """`python manage.py` in a shell that knows nothing of the portal; `python`: its options."""
    environment = {name: value for name, value in os.environ.items() if name not in LOCAL}
    return subprocess.run(
        [sys.executable, *python, "manage.py", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_manage_without_settings_says_so_in_two_lines():
    for command in ((), ("check_delivery", "x.zip"), ("migrate",), ("help",)):
        answer = bare(*command)
        assert answer.returncode == 1
        first, second = answer.stderr.splitlines()
        assert "DATABASE_URL" in first
        assert f"bin/manage {(*command, 'help')[0]}" in second


def test_manage_by_a_python_without_django_says_so_in_two_lines():
    for command in ((), ("check",)):
        answer = bare(*command, python=("-S",))
        assert answer.returncode == 1
        first, second = answer.stderr.splitlines()
        assert "django" in first
        assert f"bin/manage {(*command, 'help')[0]}" in second


def test_no_page_tells_people_to_call_manage_without_settings():
    """Beside the containers, whose environment is given."""
    pages = [*ROOT.glob("*.md"), *ROOT.glob("docs/*"), *ROOT.glob("fixtures/*.md")]
    told = [page.name for page in pages if page.is_file() and page.suffix in {".md", ".json"}]
    assert "README.md" in told
    wrong = [
        page.name
        for page in pages
        if page.suffix in {".md", ".json"}
        and page.name != "CHANGELOG.md"
        and re.search(r"(?<!bin/)\bmanage\.py ", page.read_text(encoding="utf-8"))
    ]
    assert not wrong
