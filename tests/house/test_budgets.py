"""The budgets of what is not Python: lines and files of templates, SQL, scripts and styles."""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINE_LIMIT = 120
#: What a page, a statement, a script and a style sheet may take; more is an include or a module.
FILE_LIMITS = {"templates/": 200, ".sql": 120, ".js": 250, ".css": 250}


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    # Listed or not, what a commit takes away is not there to be measured.
    return [ROOT / path for path in listed if (ROOT / path).is_file()]


def is_of(kind: str, path: Path) -> bool:
    told = str(path.relative_to(ROOT))
    return told.startswith(kind) if kind.endswith("/") else path.suffix == kind


def can_break(line: str) -> bool:
    """Whether it holds more than one word: an address alone cannot be broken."""
    return len(line.split()) > 1


@pytest.mark.parametrize(("kind", "limit"), FILE_LIMITS.items())
def test_no_line_and_no_file_is_too_long(kind, limit):
    found, too_long = [path for path in tracked() if is_of(kind, path)], {}
    assert found, f"no file of {kind}: the budget measures nothing"
    for path in found:
        lines, name = path.read_text(encoding="utf-8").splitlines(), str(path.relative_to(ROOT))
        if len(lines) > limit:
            too_long[name] = len(lines)
        for number, line in enumerate(lines, 1):
            if len(line) > LINE_LIMIT and can_break(line):
                too_long[f"{name}:{number}"] = len(line)
    assert not too_long
