"""`bin/bench [--quick | --full] [part ...]`: figures beside their bar; all parts: the docs page.

--quick takes a tenth of the rows and a moment of load, to see that everything runs; --full adds a
million.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile

from bench import database
from bench.figures import PARTS


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="part", help=", ".join(PARTS))
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--quick", action="store_const", const="quick", dest="scale")
    size.add_argument("--full", action="store_const", const="full", dest="scale")
    parser.add_argument("--keep", action="store_true", help="keep the throw-away database")
    parser.set_defaults(scale="usual")
    chosen = parser.parse_args()
    if wrong := set(chosen.parts) - set(PARTS):
        parser.error(f"there is no part {sorted(wrong)[0]!r}: choose from {', '.join(PARTS)}")
    return chosen


def main() -> int:
    chosen = arguments()
    parts = chosen.parts or list(PARTS)
    print(f"Making the throw-away database {database.NAME} ...", flush=True)
    database.create()
    media = tempfile.mkdtemp(prefix="bench-")
    # In a process of its own: the portal is set up on that database from its first import on.
    command = [sys.executable, "-m", "bench.run", chosen.scale, *parts]
    environment = {**os.environ, "DATABASE_URL": database.bench_url(), "BENCH_MEDIA": media}
    try:
        return subprocess.run(command, env=environment, check=False).returncode
    finally:
        shutil.rmtree(media, ignore_errors=True)
        if not chosen.keep:
            database.drop()


if __name__ == "__main__":
    sys.exit(main())
