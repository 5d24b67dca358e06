"""The commands, the locks and the settings example, as whoever sets the portal up sees them.

Whether they set up a bare machine is tried in a minimal Debian, not here.
"""

import json
import os
import re
import shutil
import socket
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml
from django.conf import settings

from tests.house.tree import CODE

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = [
    "backup",
    "bench",
    "chaos",
    "fuzz",
    "lint",
    "manage",
    "restore",
    "run",
    "setup",
    "test",
]
SCRIPTS = [*(ROOT / "bin" / name for name in COMMANDS), ROOT / ".ci/run"]
LOCKS = ["requirements.txt", "requirements-dev.txt", "package-lock.json"]
PIN = re.compile(r"^([a-z0-9._-]+)(?:\[[^]]*\])?==(\S+)", re.MULTILINE | re.IGNORECASE)


def run(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_bin_is_the_list_of_all_commands():
    assert sorted(path.name for path in (ROOT / "bin").iterdir() if path.is_file()) == COMMANDS


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_command_can_be_run_and_says_on_top_what_it_does(script):
    assert os.access(script, os.X_OK)
    first, second = script.read_text().splitlines()[:2]
    assert first == "#!/usr/bin/env bash"
    assert second.startswith("# ")
    assert len(second) > 40


def test_shellcheck_finds_nothing():
    if not shutil.which("shellcheck"):
        pytest.skip("shellcheck is not installed")
    library = sorted((ROOT / "bin/lib").glob("*.sh"))
    found = run(
        "shellcheck", "-s", "bash", "-x", "-S", "warning", "-e", "SC1091,SC2034",
        *map(str, [*SCRIPTS, *library]),
    )  # fmt: skip
    assert found.returncode == 0, found.stdout


def test_what_the_commands_and_locks_name_exists():
    """A comment that sends someone to a script that is not there costs them an hour."""
    named = set()
    for path in [
        *SCRIPTS,
        *sorted((ROOT / "bin/lib").glob("*.sh")),
        *ROOT.glob("requirements*.in"),
    ]:
        named |= set(re.findall(r"(?<![\w/])bin/(?:lib/)?[a-z]+(?:\.[a-z]+)?", path.read_text()))
    assert not {name for name in named if not (ROOT / name).exists()}


def test_setup_asked_for_something_unknown_shows_how_it_is_used():
    answer = run("bin/setup", "--nonsense")
    assert answer.returncode == 2
    assert "bin/setup --stop" in answer.stdout


def test_run_on_a_taken_port_says_so_and_how_to_go_on():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        answer = run("bin/run", PORT=port)
    assert answer.returncode == 1
    assert f"127.0.0.1:{port}" in answer.stderr
    assert "PORT=" in answer.stderr


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_registry(lock):
    text = (ROOT / lock).read_text()
    assert '"resolved"' not in text
    assert not re.search(r"https?://[^\"\s]*(pypi|registry|npmjs|pythonhosted|simple/)", text)


@pytest.mark.parametrize("lock", ["requirements.txt", "requirements-dev.txt"])
def test_every_python_package_is_pinned_with_its_hashes(lock):
    blocks = re.split(r"\n(?=[a-z0-9])", (ROOT / lock).read_text(), flags=re.IGNORECASE)
    bare = [block.split()[0] for block in blocks if PIN.match(block) and "sha256:" not in block]
    assert len(blocks) > 50
    assert not bare


def test_the_two_python_locks_agree():
    running, testing = (dict(PIN.findall((ROOT / lock).read_text())) for lock in LOCKS[:2])
    assert {name: testing.get(name) for name in running} == running


def test_every_front_end_package_is_locked_with_its_hash():
    lock = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    assert all("integrity" in entry for name, entry in lock.items() if name)


def asked_settings() -> set[str]:
    source = "".join(path.read_text() for path in (ROOT / "sttm2").glob("*.py"))
    return set(
        re.findall(r"""env_(?:str|int|bool|list|secret)\(\s*["']([A-Z0-9_]+)["']""", source)
    )


def test_the_settings_example_lists_every_variable_and_no_other():
    listed = set(
        re.findall(r"^#?([A-Z][A-Z0-9_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)
    )
    assert listed == asked_settings() | {
        *(f"POSTGRES_{role}PASSWORD" for role in ("", "APP_", "READ_")),
        *(f"STTM2_FRONT_{name}" for name in ("TRUSTED", "RATE", "BURST", "CONNECTIONS")),
        *("STTM2_FRONT_UPLOADS", "STTM2_FRONT_UPLOADS_IN_ALL"),
    }


def compose() -> dict:
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())


def test_the_containers_are_those_of_bin_run_and_wait_for_each_other():
    services = compose()["services"]
    names = {"db", "redis", "prepare", "front", "web", "reader", "worker", "beat"}
    assert set(services) == names
    for service in services.values():
        for name, wait in service.get("depends_on", {}).items():
            healthy = wait["condition"] != "service_healthy" or "healthcheck" in services[name]
            assert healthy


def test_the_reader_s_container_has_no_network_no_secret_and_no_delivered_file():
    services = compose()["services"]
    reader, worker = services["reader"], services["worker"]
    assert reader["network_mode"] == "none"
    assert reader["read_only"] is True
    assert reader["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in reader["security_opt"]
    assert not {"environment", "env_file"} & reader.keys()
    assert reader["user"] != "sttm2", "the worker's"
    assert reader["volumes"] == ["reading:/srv/reading"]
    assert {"media:/srv/media", "reading:/srv/reading"} == set(worker["volumes"])
    socket = worker["environment"]["STTM2_READER_SOCKET"]
    assert socket in reader["command"]
    assert socket.startswith("/srv/reading/")


def test_the_password_of_the_tables_owner_is_the_database_s_and_the_preparation_s_alone():
    """An `env_file` hands on all of .env; what `environment` names beats it."""
    secret = "the-owners"
    knows = set()
    for name, service in compose()["services"].items():
        told = (
            {"POSTGRES_PASSWORD": secret, "DATABASE_URL": secret} if "env_file" in service else {}
        )
        told |= service.get("environment", {})
        said = {
            one.replace("${POSTGRES_PASSWORD:?see .env.example}", secret) for one in told.values()
        }
        if any(secret in one for one in said):
            knows.add(name)
    assert knows == {"db", "prepare"}


def test_only_what_expires_is_thrown_away_when_redis_is_full():
    """The queues' keys never expire, those of the cache all do."""
    asked = ("--maxmemory 256mb", "--maxmemory-policy volatile-lru")
    local = (ROOT / "bin/lib/redis.sh").read_text()
    contained = " ".join(compose()["services"]["redis"]["command"])
    assert all(option in local and option in contained for option in asked)
    code = "".join(path.read_text() for app in CODE for path in (ROOT / app).rglob("*.py"))
    assert "timeout=None" not in code
    assert settings.CACHES["default"].get("TIMEOUT", 300) is not None


def test_only_the_front_door_is_reachable_and_only_from_this_machine():
    ports = {name: service.get("ports", []) for name, service in compose()["services"].items()}
    assert {name for name, open_ports in ports.items() if open_ports} == {"front"}
    assert all(port.startswith("127.0.0.1:") for port in ports["front"])


def test_the_containers_keep_database_and_files_in_declared_volumes():
    declaration = compose()
    used = {
        volume.split(":")[0]
        for service in declaration["services"].values()
        for volume in service.get("volumes", [])
    }
    assert used == set(declaration["volumes"])


def test_what_the_containers_must_be_told_stands_in_the_settings_example():
    text = (ROOT / "docker-compose.yml").read_text()
    example = (ROOT / ".env.example").read_text()
    asked = set(re.findall(r"\$\{([A-Z0-9_]+)", text))
    assert asked
    assert all(re.search(rf"^#?{name}=", example, re.MULTILINE) for name in asked)


def test_the_entry_for_the_catalogue_of_public_software_is_whole_and_honest():
    """The mandatory keys of publiccode.yml 0.4; no address of a repository that is not ours."""
    entry = yaml.safe_load((ROOT / "publiccode.yml").read_text())
    mandatory = (
        "publiccodeYmlVersion name url platforms developmentStatus softwareType description"
    )
    assert set(mandatory.split()) | {"legal", "maintenance", "localisation"} <= set(entry)
    address = urlsplit(entry["url"])
    assert address.scheme == "https"
    assert address.hostname
    assert not address.hostname.startswith("example.")
    assert {"it", "en"} <= set(entry["description"])
    for words in entry["description"].values():
        assert len(words["shortDescription"]) <= 150
        assert 150 <= len(words["longDescription"]) <= 10_000
        assert words["features"]
