"""What the commands make in .local is its owner's alone; the database server still gets in."""

import os
import stat
import subprocess
import tempfile

import pytest

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


NOBODYS = "54321"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may work as somebody else")
def test_a_user_without_a_name_is_told_what_the_database_needs():
    """As some containers are run: by a number that stands in no /etc/passwd."""
    script = ". bin/lib/all.sh; make_run_folder; echo made; pg_up"
    as_nobody = ["setpriv", f"--reuid={NOBODYS}", f"--regid={NOBODYS}", "--clear-groups"]
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        os.chown(folder, int(NOBODYS), int(NOBODYS))
        told = subprocess.run(
            [*as_nobody, "bash", "-euc", script],
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], "HOME": "/nowhere", "STTM2_LOCAL": folder},
            capture_output=True,
            text=True,
            check=False,
        )
    assert told.stdout == "made\n", told.stderr
    assert told.returncode == 1
    assert f"user number {NOBODYS} has none in /etc/passwd" in told.stderr
    assert "DATABASE_URL=" in told.stderr
