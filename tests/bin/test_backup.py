"""Backup and restore through the real programs, between two databases of their own."""

import hashlib
import json
import os
import subprocess
import sys
import uuid
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from django.conf import settings

PROGRAM = Path(__file__).resolve().parents[2] / "bin/lib/backup.py"


def address(name: str) -> str:
    parts = settings.DATABASES["default"]
    user = quote(parts["USER"]) + (f":{quote(parts['PASSWORD'])}" if parts["PASSWORD"] else "")
    return f"postgresql://{user}@/{name}?host={quote(parts['HOST'], safe='')}&port={parts['PORT']}"


@pytest.fixture
def databases():
    """Two fresh databases with PostGIS: one to back up, one to restore into."""
    names = [f"backup_{uuid.uuid4().hex[:8]}_{side}" for side in ("from", "to")]
    with psycopg.connect(address("postgres"), autocommit=True) as server:
        for name in names:
            server.execute(f"create database {name}")
            with psycopg.connect(address(name)) as fresh:
                fresh.execute("create extension postgis")
        yield names
        for name in names:
            server.execute(f"drop database {name} with (force)")


@pytest.fixture
def original(databases, tmp_path):
    """A database with a table, a generated geometry and 500 rows, and two delivered files."""
    with psycopg.connect(address(databases[0])) as connection:
        connection.execute(
            "create table delivery (id int primary key, name text, place geometry(Point, 32632),"
            " web geometry generated always as (st_transform(place, 3857)) stored)"
        )
        connection.execute(
            "insert into delivery select n, 'Città ' || n, st_setsrid(st_point(514000 + n,"
            " 5034000), 32632) from generate_series(1, 500) n"
        )
    files = tmp_path / "media"
    (files / "2026").mkdir(parents=True)
    (files / "2026/piano.zip").write_bytes(bytes(range(256)) * 100)
    (files / "vuoto.csv").write_bytes(b"")
    return databases[0], files


def program(database: str, files: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "DATABASE_URL": address(database), "STTM2_MEDIA": str(files)}
    command = [sys.executable, str(PROGRAM), *map(str, arguments)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def contents(database: str) -> list[tuple]:
    with psycopg.connect(address(database)) as connection:
        return connection.execute("select *, st_astext(web) from delivery order by id").fetchall()


def test_what_was_backed_up_comes_back_the_same(original, databases, tmp_path):
    database, files = original
    made = program(database, files, "backup", tmp_path / "copy")
    assert made.returncode == 0, made.stderr
    back = program(databases[1], tmp_path / "other/media", "restore", tmp_path / "copy")
    assert back.returncode == 0, back.stderr
    assert contents(databases[1]) == contents(database)
    assert (tmp_path / "other/media/2026/piano.zip").read_bytes() == bytes(range(256)) * 100
    assert (tmp_path / "other/media/vuoto.csv").exists()


def test_a_target_that_is_not_empty_is_refused_unless_forced(original, tmp_path):
    database, files = original
    program(database, files, "backup", tmp_path / "copy")
    with psycopg.connect(address(database)) as connection:
        connection.execute("delete from delivery where id > 10")
        connection.execute("create table later (id int)")
    refused = program(database, files, "restore", tmp_path / "copy")
    assert refused.returncode == 1
    assert "--force" in refused.stderr
    assert len(contents(database)) == 10
    assert program(database, files, "restore", tmp_path / "copy", "--force").returncode == 0
    assert len(contents(database)) == 500


@pytest.mark.parametrize("damaged", ["database.dump", "files/2026/piano.zip"])
def test_a_damaged_copy_is_refused_and_nothing_is_touched(original, databases, tmp_path, damaged):
    database, files = original
    program(database, files, "backup", tmp_path / "copy")
    with (tmp_path / "copy" / damaged).open("r+b") as stream:
        stream.seek(40)
        stream.write(b"broken")
    refused = program(databases[1], tmp_path / "other", "restore", tmp_path / "copy")
    assert refused.returncode == 1
    assert "manifest" in refused.stderr
    with psycopg.connect(address(databases[1])) as connection:
        assert connection.execute("select to_regclass('delivery')").fetchone() == (None,)


def test_a_backup_is_never_written_over_another(original, tmp_path):
    database, files = original
    program(database, files, "backup", tmp_path / "copy")
    again = program(database, files, "backup", tmp_path / "copy")
    assert again.returncode == 1
    assert "exists already" in again.stderr


def test_the_manifest_counts_our_rows_and_hashes_every_file(original, tmp_path):
    database, files = original
    program(database, files, "backup", tmp_path / "copy")
    manifest = json.loads((tmp_path / "copy/manifest.json").read_text())
    assert manifest["rows"] == {"delivery": 500}
    assert sorted(manifest["files"]) == ["2026/piano.zip", "vuoto.csv"]


@pytest.fixture
def delivered(original):
    """The same with the portal's table of deliveries: one whose file is there, one without."""
    database, files = original
    (files / "deliveries/1").mkdir(parents=True)
    (files / "deliveries/1/original").write_bytes(b"piano")
    digest = hashlib.sha256(b"piano").hexdigest()
    with psycopg.connect(address(database)) as connection:
        connection.execute("create table deliveries_delivery (id text, file text, sha256 text)")
        connection.execute(
            "insert into deliveries_delivery values ('d1', 'deliveries/1/original', %s),"
            " ('d2', '', 'of a file that is not kept any more')",
            [digest],
        )
    return database, files


def test_a_backup_with_every_original_says_nothing_of_them(delivered, tmp_path):
    made = program(*delivered, "backup", tmp_path / "copy")
    assert (made.returncode, made.stderr) == (0, "")
    assert json.loads((tmp_path / "copy/manifest.json").read_text())["missing"] == {}


@pytest.mark.parametrize("damage", [Path.unlink, lambda path: path.write_bytes(b"altro")])
def test_a_missing_original_is_named_and_the_rest_is_backed_up(
    delivered, databases, tmp_path, damage
):
    database, files = delivered
    damage(files / "deliveries/1/original")
    made = program(database, files, "backup", tmp_path / "copy")
    assert made.returncode == 1
    assert "missing, or not the file that was delivered: 1." in made.stderr
    assert "deliveries/1/original (delivery d1)" in made.stderr
    assert (tmp_path / "copy/files/2026/piano.zip").exists()
    back = program(databases[1], tmp_path / "other", "restore", tmp_path / "copy")
    assert (back.returncode, back.stderr) == (0, "")
    assert "deliveries/1/original (delivery d1)" in back.stdout


def test_nothing_is_restored_while_somebody_is_connected(original, tmp_path):
    database, files = original
    program(database, files, "backup", tmp_path / "copy")
    with psycopg.connect(address(database), application_name="portal at work"):
        refused = program(database, files, "restore", tmp_path / "copy", "--force")
    assert refused.returncode == 1
    assert "1 others are connected to the database (portal at work)." in refused.stderr
    assert "Stop the portal first" in refused.stderr
    assert program(database, files, "restore", tmp_path / "copy", "--force").returncode == 0


@pytest.mark.parametrize(
    ("part", "said"),
    [("database.dump", "without its database.dump"), ("manifest.json", "is not a backup")],
)
def test_an_archive_without_a_part_is_refused_in_words(original, databases, tmp_path, part, said):
    database, files = original
    program(database, files, "backup", tmp_path / "copy")
    (tmp_path / "copy" / part).unlink()
    refused = program(databases[1], tmp_path / "other", "restore", tmp_path / "copy")
    assert refused.returncode == 1
    assert said in refused.stderr
    assert "Traceback" not in refused.stderr
