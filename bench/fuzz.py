"""`bin/fuzz [--seconds N | --files N] [--seed S] [--start K]`: spoilt files through the check.

Every file must end in a report or a refusal in words, leave nothing behind and stay under the
memory; one in two is stored as well and must come back from the database as the same report. What
fails is kept under .local/fuzz with its reason; the same seed gives the same files.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("BENCH_DB", "fuzz_sttm2")

from bench import database

ROOT = Path(__file__).resolve().parents[1]


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/fuzz", description=__doc__)
    until = parser.add_mutually_exclusive_group()
    until.add_argument("--seconds", type=float, default=0)
    until.add_argument("--files", type=int, default=0)
    parser.add_argument("--seed", default="sttm2")
    parser.add_argument("--start", type=int, default=0, help="number of the first file")
    chosen = parser.parse_args()
    if not chosen.seconds and not chosen.files:
        chosen.seconds = 60.0
    return chosen


def main() -> int:
    chosen = arguments()
    # Everything temporary goes to one folder, so that what is left behind can be seen.
    folder = Path(tempfile.mkdtemp(prefix="fuzz-"))
    for name in ("tmp", "media"):
        (folder / name).mkdir()
    reader = {
        "STTM2_READER_SOCKET": str(folder / "reader.sock"),
        "BENCH_MEDIA": str(folder / "media"),
    }
    environment = {**os.environ, **reader, "TMPDIR": str(folder / "tmp")}
    environment |= {"DATABASE_URL": database.bench_url(), "PYTHONWARNINGS": "ignore"}
    server = [sys.executable, "-m", "validator.confined.server", "--socket"]
    with (folder / "reader.log").open("wb") as log:
        running = subprocess.Popen(
            [*server, reader["STTM2_READER_SOCKET"], "--spool", str(folder / "spool")],
            env=environment, cwd=ROOT, stderr=log,
        )  # fmt: skip
    try:
        database.create()
        while not (folder / "reader.sock").exists() and running.poll() is None:
            time.sleep(0.1)
        asked = [str(chosen.seconds), str(chosen.files), chosen.seed, str(chosen.start)]
        command = [sys.executable, "-m", "bench.fuzzing", str(folder), *asked]
        return subprocess.run(command, env=environment, cwd=ROOT, check=False).returncode
    finally:
        running.terminate()
        running.wait(20)
        shutil.rmtree(folder, ignore_errors=True)
        database.drop()


if __name__ == "__main__":
    sys.exit(main())
