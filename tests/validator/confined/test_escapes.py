"""Out of the confined process leads no way: each is tried from inside a child of a real server,
begun as root, as an ordinary user, and as in a container (a user, a root that is read only)."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.processes import DIES_WITH_US, ROOT, Reader, wait_for
from validator.confined import client, confinement
from validator.reading.errors import Unreadable

ATTACKER = Path(__file__).with_name("attacker.py")
USER, GROUP = 64_001, 64_002
AS_USER = ("setpriv", f"--reuid={USER}", f"--regid={GROUP}", "--clear-groups")
#: As docker-compose.yml has it: no capability, no network, nothing to write but the shared folder.
IN_A_CONTAINER = (
    'mount --make-rprivate / && mount --bind "$0" "$0" && mount -o remount,ro,bind / && '
    f"exec setpriv --reuid={USER} --regid={GROUP} --clear-groups --bounding-set=-all "
    '--inh-caps=-all --no-new-privs -- "$@"'
)


@dataclass(frozen=True)
class Attacked:
    """Where the server answers, and what a child may not reach."""

    socket: Path
    targets: dict[str, str]


def python_of_everybody() -> list[str]:
    """A Python that an ordinary user may run; ours may stand where only root walks."""
    real = Path(sys.executable).resolve()
    walked = all(one.stat().st_mode & 0o001 for one in real.parents)
    if os.geteuid() or walked:
        return [sys.executable]
    other = Path(f"/usr/bin/python{sys.version_info.major}.{sys.version_info.minor}")
    return [str(other)] if other.exists() else []


def started(how: str, folder: Path) -> list[str]:
    command = [str(ATTACKER), str(folder / "r.sock"), str(folder / "spool")]
    if how == "as begun":
        return [sys.executable, *command]
    python = python_of_everybody()
    if os.geteuid():
        pytest.skip("another user can only be had as root")
    if not python:
        pytest.skip("no Python here that an ordinary user may run")
    if how == "as a user":
        return [*AS_USER, *python, *command]
    inside = ["unshare", "--mount", "--net", "--", "sh", "-c", IN_A_CONTAINER, str(folder)]
    if subprocess.run([*inside[:4], "true"], check=False, capture_output=True).returncode:
        pytest.skip("no namespaces on this machine")
    return [*inside, *python, *command, "--shared"]


@pytest.fixture
def folder():
    """Where everybody may walk: the folders of pytest are root's alone."""
    made = Path(tempfile.mkdtemp(prefix="sttm2-escape-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)


@pytest.fixture
def attacked(folder, request):
    how = request.param
    media = folder / "media" / "delivery.zip"
    media.parent.mkdir()
    media.write_text("another comune's")
    served = folder / "served"
    served.mkdir()
    secret = ROOT / ".local" / "secret"
    targets = {
        "secret": str(secret if secret.exists() else ROOT / "pyproject.toml"),
        "media": str(media),
        "outside": str(folder / "media" / "new"),
        "worker": f"/proc/{os.getpid()}/environ",
    }
    command = started(how, served)
    if how != "as begun":
        os.chown(served, USER, GROUP)
    packages = sysconfig.get_paths()["purelib"]
    environment = {
        "PATH": os.environ["PATH"], "PYTHONPATH": f"{ROOT}:{packages}",
        "STTM2_SECRET_KEY": "nobody-may-read-this", "PYTHONDONTWRITEBYTECODE": "1",
    }  # fmt: skip
    log = folder / "log"
    with log.open("wb") as told:
        process = subprocess.Popen(
            [*DIES_WITH_US, *command], env=environment, cwd=folder, stderr=told, stdout=told
        )

    def answers() -> bool:
        assert process.poll() is None, log.read_text()
        return (served / "r.sock").exists()

    try:
        wait_for(answers)
        yield Attacked(served / "r.sock", targets)
    finally:
        process.kill()
        process.wait(20)


@pytest.mark.parametrize("attacked", ["as begun", "as a user", "in a container"], indirect=True)
def test_every_way_out_is_closed(attacked, tmp_path):
    sent = tmp_path / "piano.csv"
    sent.write_text(json.dumps(attacked.targets))
    with pytest.raises(Unreadable) as refusal:
        client.read(sent, name="piano.csv", socket_path=attacked.socket)
    assert refusal.value.params["reached"] == []
    assert refusal.value.params["user"] != 0, "whoever begins as root becomes a user of its own"
    assert not Path(attacked.targets["outside"]).exists()


def test_the_server_says_which_layers_hold(reader: Reader):
    layers = client.layers(reader.socket)
    assert layers is not None
    assert json.loads(json.dumps(layers.as_json())).keys() == {
        "landlock", "calls", "network", "own_user", "hidden", "clean",
    }  # fmt: skip
    assert layers.calls and layers.network and layers.hidden and layers.clean
    assert layers.own_user is (os.geteuid() == 0)
    assert f"Landlock {layers.landlock}" in str(layers)
    assert client.layers(reader.socket.with_name("nobody.sock")) is None


def test_layers_that_do_not_hold_are_told_too():
    bare = confinement.Layers(
        landlock=0, calls=True, network=True, own_user=False, hidden=True, clean=True
    )
    assert str(bare) == (
        "refused calls, no network, hidden memory, clean environment; "
        "without Landlock, a user of its own"
    )


def test_no_secret_stays_in_the_server_s_memory(tmp_path):
    """A fork would hand it on, whatever is deleted from the environment."""
    server = Reader(tmp_path)
    server.told = {"STTM2_SECRET_KEY": "nobody-may-read-this", "DATABASE_URL": "postgis://a:b@c/d"}
    server.start()
    try:
        if os.geteuid() == 0:
            known = Path(f"/proc/{server.process.pid}/environ").read_bytes()
            assert b"nobody" not in known
            assert b"postgis" not in known
        assert client.layers(server.socket).clean
    finally:
        server.kill()
