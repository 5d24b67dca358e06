"""Every command of bin/ tells how it is used, at once and without touching anything."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = sorted(path.name for path in (ROOT / "bin").iterdir() if path.is_file())


@pytest.fixture
def bare(tmp_path) -> Path:
    """A copy of bin/ alone: whatever sets something up leaves a trace beside it."""
    shutil.copytree(ROOT / "bin", tmp_path / "bin")
    return tmp_path


def called(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=10, check=False
    )


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("asked", ["--help", "-h"])
def test_help_is_shown_at_once_and_nothing_is_set_up(bare, name, asked):
    answer = called(bare, f"bin/{name}", asked)
    assert (answer.returncode, answer.stderr) == (0, "")
    comment = (ROOT / "bin" / name).read_text().split("set -euo")[0].splitlines()[1:]
    assert answer.stdout.splitlines() == [
        line.removeprefix("#").removeprefix(" ") for line in comment
    ]
    assert [path.name for path in bare.iterdir()] == ["bin"]


@pytest.mark.parametrize("command", ["run --port 9", "lint all", "backup", "restore"])
def test_arguments_that_a_command_does_not_take_show_how_it_is_used(bare, command):
    answer = called(bare, *f"bin/{command}".split())
    assert answer.returncode == 2
    assert len(answer.stdout) > 40
