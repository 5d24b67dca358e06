"""Keeps a database and the migrations that made it, for `test_upgrade`.

    bin/run                                in one shell, on a new database
    .venv/bin/python docs/tour.py          in another: a delivery goes from file to publication
    bin/manage shell < tests/migrations/keep.py

Done once for each release whose installations must come along; what is kept is never written again.
"""

import gzip
import hashlib
import json
import os
import re
import subprocess
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import connection

HERE = Path(settings.BASE_DIR) / "tests" / "migrations"
#: Of one machine and one moment: sessions, sign-ins, keys.
LEFT_OUT = ("django_session", "axes_*", "people_apitoken", "django_admin_log")
PASSWORD = re.compile(r"(argon2|pbkdf2_\w+)\$[^\t\n]+")


def dump() -> str:
    """The whole database as SQL, without passwords."""
    at = connection.settings_dict
    command = ["pg_dump", "--no-owner", "--no-privileges", "-h", at["HOST"], "-p", str(at["PORT"])]
    command += ["-U", at["USER"], *(f"--exclude-table-data={name}" for name in LEFT_OUT), at["NAME"]]
    environment = {**os.environ, "PGPASSWORD": at["PASSWORD"]}
    text = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
    # Newer dumps set what older servers do not know.
    lines = (line for line in text.splitlines() if not line.startswith(("\\restrict", "\\unrestrict")))
    return PASSWORD.sub("!", "\n".join(lines)) + "\n"


def migrations() -> dict[str, str]:
    """Our migration files and their SHA-256."""
    found = {}
    for app in apps.get_app_configs():
        folder = Path(app.path)
        if folder.is_relative_to(settings.BASE_DIR) and ".venv" not in folder.parts:
            for path in sorted(folder.glob("migrations/0*.py")):
                name = str(path.relative_to(settings.BASE_DIR))
                found[name] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def main() -> None:
    (HERE / "kept.json").write_text(json.dumps(migrations(), indent=1, sort_keys=True) + "\n")
    (HERE / "kept.sql.gz").write_bytes(gzip.compress(dump().encode(), 9, mtime=0))
    print(f"kept {len(migrations())} migrations and the database {connection.settings_dict['NAME']}")


main()
