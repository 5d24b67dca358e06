"""`python -m bench.real_data [FOLDER]`: the real files through the check, into docs/real-data.md.

Every file of FOLDER/piani and FOLDER/servizi: rows, layers, reference system, encoding, findings
by code, and how many types were recognised. Nothing of what the files hold is copied.
"""

import os
import subprocess
import sys
from pathlib import Path

os.environ.setdefault("BENCH_DB", "real_data_sttm2")

from bench import database


def main() -> int:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "../shared/data")
    if not (folder / "piani").is_dir():
        print(f"{folder} is not the folder of real files: it has no piani/", file=sys.stderr)
        return 2
    database.create()
    try:
        # In a process of its own: the portal is set up on that database from the first import.
        command = [sys.executable, "-m", "bench.describing", str(folder)]
        environment = {**os.environ, "DATABASE_URL": database.bench_url()}
        return subprocess.run(command, env=environment, check=False).returncode
    finally:
        database.drop()


if __name__ == "__main__":
    sys.exit(main())
