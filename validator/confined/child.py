"""The confined process that reads and interprets one file: run by the server after a fork, or by
the client as a module."""

import faulthandler
import json
import os
import sys
import traceback
import warnings
from importlib import import_module
from pathlib import Path

# One thread: a second one would cost address space, and a fork would not carry it over.
os.environ["POLARS_MAX_THREADS"] = "1"
os.environ["OMP_NUM_THREADS"] = "1"
os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.environ.setdefault("MALLOC_ARENA_MAX", "2")

from validator.confined import confinement, wire
from validator.interpreting.build import understand
from validator.reading import gdal, opening, registry
from validator.reading.errors import Unreadable

#: What the readers work with, loaded once and shared by all files.
LIBRARIES = ("polars", "pyogrio", "pyproj", "python_calamine")
OUT = "out"
WORK = "work"


def prepare() -> None:
    """Make this process ready to read: no inherited GDAL settings, only the drivers of the
    accepted formats, the libraries in memory."""
    gdal.scrub_environment()
    for name in LIBRARIES:
        import_module(name)
    gdal.confine_drivers(registry.drivers())


def run(request: wire.Asked, directory: Path) -> None:
    """Read, interpret if a context came with the request, and leave the answer in `directory`/out.
    Never raises: what happened is in the answer.
    """
    warnings.simplefilter("ignore")
    out, work = directory / OUT, directory / WORK
    try:
        out.mkdir(mode=0o700)
        work.mkdir(mode=0o700)
        confinement.confine(request.file.limits)
        read = opening.read_file(request.file, work)
        if request.context is None:
            wire.write_source_file(out, read)
        else:
            wire.write_dataset(out, understand(read, context=request.context))
    except Unreadable as refusal:
        if refusal.is_of_the_machine:
            wire.write_failure(out, traceback.format_exc())
        else:
            wire.write_refusal(out, refusal)
    except MemoryError:
        wire.write_refusal(out, confinement.too_heavy(request.file.name, request.file.limits))
    except BaseException:
        wire.write_failure(out, traceback.format_exc())


def main() -> int:
    """`python -m validator.confined.child DIRECTORY`, the request as JSON on standard
    input.
    """
    confinement.die_with_parent()
    faulthandler.enable()
    prepare()
    run(wire.request_from_json(json.load(sys.stdin)), Path(sys.argv[1]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
