"""What the commands make in .local is its owner's alone; the database server still gets in."""

import os
import stat
import subprocess

from tests.house.tree import ROOT

LOCAL = ROOT / ".local"


def made(folder, command: str) -> int:
    """The rights of what a command of bin/ makes."""
    script = f'. "{ROOT}/bin/lib/all.sh"; {command}'
    subprocess.run(["bash", "-c", script], check=True, cwd=folder, capture_output=True)
    return stat.S_IMODE((folder / "made").stat().st_mode)


def test_what_a_command_makes_others_do_not_read(tmp_path):
    assert made(tmp_path, "echo secret >made") == 0o600


def test_packages_are_no_secret(tmp_path):
    assert made(tmp_path, "shared mkdir made") == 0o755


def test_nobody_else_lists_the_folder_and_reads_the_secret():
    for_all = stat.S_IMODE(LOCAL.stat().st_mode) & 0o077
    assert for_all == (0o011 if os.geteuid() == 0 else 0), "as root, PostgreSQL's user walks in"
    assert stat.S_IMODE((LOCAL / "secret").stat().st_mode) & 0o077 == 0


def test_what_was_made_before_is_closed(tmp_path):
    loose = LOCAL / "accounts.txt"
    kept = loose.read_bytes() if loose.exists() else None
    try:
        loose.write_bytes(kept or b"")
        loose.chmod(0o644)
        made(tmp_path, "touch made")
        assert stat.S_IMODE(loose.stat().st_mode) == 0o600
    finally:
        if kept is None:
            loose.unlink()
