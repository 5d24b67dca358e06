"""Backup and restore of database and files: one folder with a manifest of hashes and row counts.

Run by bin/backup and bin/restore. Works below Django on purpose: a backup outlives the code.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

import psycopg
from psycopg import sql

FORMAT = 1
#: What is left among the files, by which sttm2/status.py knows of the last backup.
LAST = "last-backup.json"
ADDRESS = os.environ["DATABASE_URL"].replace("postgis://", "postgresql://", 1)
FILES = Path(os.environ["STTM2_MEDIA"])


def stop(what: str, mend: str) -> NoReturn:
    """Say what is wrong and how to mend it; exit 1."""
    sys.exit(f"\n** {what}\n   {mend}")


def program(name: str) -> str:
    """The PostgreSQL program of the local server's own version, else the path's."""
    own = Path(os.environ.get("PGBIN") or "/nowhere", name)
    found = str(own) if own.exists() else shutil.which(name)
    if not found:
        stop(f"{name} is not installed.", "Install postgresql-client (of the server's version).")
    return found


def sha256(path: Path) -> str:
    """Hash of a file, read in pieces."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def hashes(folder: Path) -> dict[str, str]:
    """Relative name -> sha256 of every file below the folder."""
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): sha256(path) for path in found}


def row_counts(connection: psycopg.Connection[Any]) -> dict[str, int]:
    """Exact number of rows of each of our tables (those of extensions left out)."""
    names = connection.execute(
        "select relname from pg_class c where relkind in ('r', 'p') and not relispartition"
        " and relnamespace = 'public'::regnamespace and not exists (select from pg_depend d"
        " where d.objid = c.oid and d.deptype = 'e') order by relname"
    ).fetchall()
    counts: dict[str, int] = {}
    for (name,) in names:
        query = sql.SQL("select count(*) from public.{}").format(sql.Identifier(name))
        row = connection.execute(query).fetchone()
        counts[name] = row[0] if row else 0
    return counts


@contextmanager
def one_moment() -> Iterator[tuple[psycopg.Connection[Any], str]]:
    """A connection that sees one moment, and the name under which pg_dump can see the same one."""
    with psycopg.connect(ADDRESS) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        row = connection.execute("select pg_export_snapshot()").fetchone()
        assert row
        yield connection, row[0]


def copied(source: Path, target: Path) -> None:
    """Copy what is not there yet, or is there otherwise, and leave what stands there alone; files
    that go meanwhile are nobody's loss."""
    for folder, _folders, names in os.walk(source):
        there = target / Path(folder).relative_to(source)
        there.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in names:
            with suppress(FileNotFoundError):
                file, copy = Path(folder, name), there / name
                if not copy.exists() or state(file) != state(copy):
                    shutil.copy2(file, copy)


def state(file: Path) -> tuple[int, int]:
    """Size and time of a file, by which another one is told."""
    found = file.stat()
    return found.st_size, found.st_mtime_ns


def originals(connection: psycopg.Connection[Any]) -> dict[str, tuple[str, str]]:
    """Name -> delivery and sha256 of each delivered file that the rows say is kept here."""
    table = connection.execute("select to_regclass('public.deliveries_delivery')").fetchone()
    if not table or table[0] is None or os.environ.get("STTM2_S3_BUCKET"):
        return {}
    found = connection.execute(
        "select file, id::text, sha256 from public.deliveries_delivery where file <> ''"
    ).fetchall()
    return {name: (delivery, digest) for name, delivery, digest in found}


def back_up(destination: Path) -> None:
    """The files before the dump and once more after it: whatever the dump names is then among
    them, also what is deleted meanwhile. An original that is not there is told, and the rest is
    backed up all the same."""
    if destination.exists():
        stop(f"{destination} exists already.", "Name a folder that does not exist yet.")
    partial = destination.with_name(destination.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    (partial / "files").mkdir(parents=True, mode=0o700)
    partial.chmod(0o700)
    dump = partial / "database.dump"
    copied(FILES, partial / "files")
    with one_moment() as (connection, snapshot):
        counts, named = row_counts(connection), originals(connection)
        options = ["--format=custom", "--no-owner", "--no-acl", f"--snapshot={snapshot}"]
        subprocess.run([program("pg_dump"), *options, f"--file={dump}", ADDRESS], check=True)  # noqa: S603 - ours
    copied(FILES, partial / "files")
    files = hashes(partial / "files")
    missing = {
        name: delivery for name, (delivery, digest) in named.items() if files.get(name) != digest
    }
    manifest = {
        "format": FORMAT,
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "database": sha256(dump),
        "rows": counts,
        "files": files,
        "missing": missing,
    }
    (partial / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n")
    partial.rename(destination)
    leave_word(str(manifest["made"]), len(missing))
    size = sum(path.stat().st_size for path in destination.rglob("*") if path.is_file())
    print(
        f"{destination}: {sum(counts.values())} rows of {len(counts)} tables,"
        f" {len(files)} files, {size / 1e6:.1f} MB"
    )
    if missing:
        stop(
            f"{told(missing)} The rest is backed up.",
            f"Look for them in an earlier backup and put them back into {FILES}.",
        )


def told(missing: dict[str, str]) -> str:
    """Which originals are not in a backup, in words."""
    lines = (f"\n     {name} (delivery {delivery})" for name, delivery in sorted(missing.items()))
    many = f"Originals missing, or not the file that was delivered: {len(missing)}."
    return f"{many}{''.join(lines)}\n  "


def leave_word(made: str, missing: int) -> None:
    """For the office's page of the portal's state: when there last was a backup, and how many
    originals are not in it."""
    if FILES.is_dir():
        (FILES / LAST).write_text(json.dumps({"made": made, "missing": missing}) + "\n")


def verified_manifest(source: Path) -> dict[str, Any]:
    """The manifest, after every hash in it was compared with what lies in the folder."""
    try:
        manifest: dict[str, Any] = json.loads((source / "manifest.json").read_text())
    except (OSError, ValueError) as error:
        stop(f"{source} is not a backup: {error}", "Name the folder that bin/backup made.")
    if manifest.get("format") != FORMAT:
        stop(f"Unknown format {manifest.get('format')}.", "Restore with the version that made it.")
    for part in ("database", "rows", "files"):
        if part not in manifest:
            stop(f"manifest.json says nothing of its {part}.", "Take another copy.")
    if not (source / "database.dump").is_file():
        stop(f"{source} is without its database.dump.", "Take another copy: files alone are none.")
    if sha256(source / "database.dump") != manifest["database"]:
        stop("database.dump is damaged: its hash is not the manifest's.", "Take another copy.")
    if hashes(source / "files") != manifest["files"]:
        stop("The files are not those of the manifest.", "Take another copy.")
    return manifest


def refuse_company() -> None:
    """With nobody else at the database: it would go on in what is being replaced."""
    with psycopg.connect(ADDRESS) as connection:
        row = connection.execute(
            "select count(*), string_agg(distinct coalesce(nullif(application_name, ''), usename),"
            " ', ') from pg_stat_activity where datname = current_database()"
            # Of another role's connection one who is no superuser does not see the type.
            " and pid <> pg_backend_pid()"
            " and coalesce(backend_type, 'client backend') = 'client backend'"
        ).fetchone()
    if row and row[0]:
        stop(
            f"{row[0]} others are connected to the database ({row[1]}).", "Stop the portal first."
        )


def refuse_occupied() -> None:
    """Only into emptiness."""
    with psycopg.connect(ADDRESS) as connection:
        tables = len(row_counts(connection))
    if tables or (FILES.is_dir() and any(FILES.iterdir())):
        stop(
            f"The target is not empty ({tables} tables; files in {FILES}).",
            "To replace what is there: bin/restore SRC --force",
        )


def load(dump: Path) -> None:
    """The whole dump in one transaction: a failure leaves the database as it was."""
    plain = ["--no-owner", "--no-acl", "--no-comments", "--file=-", str(dump)]
    script = [program("pg_restore"), *plain]
    reader = subprocess.Popen(script, stdout=subprocess.PIPE)  # noqa: S603 - ours
    psql = [program("psql"), "-X", "-q", "-1", "-v", "ON_ERROR_STOP=1", "-o", os.devnull, ADDRESS]
    quiet = {**os.environ, "PGOPTIONS": "-c client_min_messages=warning"}
    writer = subprocess.Popen(psql, stdin=subprocess.PIPE, env=quiet)  # noqa: S603 - ours
    assert reader.stdout
    assert writer.stdin
    writer.stdin.write(b"drop schema public cascade; create schema public;\n")
    shutil.copyfileobj(reader.stdout, writer.stdin, 1 << 20)
    complete = reader.wait() == 0
    if not complete:
        writer.kill()
    writer.stdin.close()
    if writer.wait() or not complete:
        stop("The database could not be restored; it is as it was.", "The lines above say why.")


def replace_files(source: Path) -> None:
    """Copy beside, then swap: the old files go only when the new are complete."""
    fresh = FILES.with_name(FILES.name + ".restoring")
    shutil.rmtree(fresh, ignore_errors=True)
    FILES.parent.mkdir(parents=True, exist_ok=True)
    shutil.copytree(source, fresh)
    if FILES.exists():
        shutil.rmtree(FILES)
    fresh.rename(FILES)


def restore(source: Path, *, force: bool) -> None:
    """Verify, load, copy, and verify again from the restored side."""
    manifest = verified_manifest(source)
    refuse_company()
    if not force:
        refuse_occupied()
    load(source / "database.dump")
    replace_files(source / "files")
    with psycopg.connect(ADDRESS) as connection:
        counts = row_counts(connection)
    wrong = sorted(name for name, rows in manifest["rows"].items() if counts.get(name) != rows)
    if wrong or set(counts) != set(manifest["rows"]):
        stop(
            f"Row counts differ after restoring: {', '.join(wrong)}.", "Do not use this database."
        )
    if hashes(FILES) != manifest["files"]:
        stop(f"The files in {FILES} differ after restoring.", "Do not use them.")
    print(
        f"Restored the backup of {manifest['made']}: {sum(counts.values())} rows of {len(counts)}"
        f" tables and {len(manifest['files'])} files, all verified."
    )
    if missing := manifest.get("missing"):
        print(told(missing))


def main() -> None:
    """The two verbs."""
    parser = argparse.ArgumentParser(prog="bin", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("backup").add_argument("folder", type=Path)
    putting_back = verbs.add_parser("restore")
    putting_back.add_argument("folder", type=Path)
    putting_back.add_argument("--force", action="store_true")
    arguments = parser.parse_args()
    if arguments.verb == "backup":
        back_up(arguments.folder)
    else:
        restore(arguments.folder, force=arguments.force)


if __name__ == "__main__":
    main()
