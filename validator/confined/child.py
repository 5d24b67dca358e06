"""The confined process that reads and interprets one file: run by the server after a fork, or by
the client as a module."""

import faulthandler
import json
import os
import shutil
import sys
import traceback
import warnings
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import BinaryIO

# One thread: a second one would cost address space, and a fork would not carry it over.
os.environ["POLARS_MAX_THREADS"] = "1"
os.environ["OMP_NUM_THREADS"] = "1"
os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.environ.setdefault("MALLOC_ARENA_MAX", "2")

from validator.confined import confinement, wire
from validator.interpreting.build import understand
from validator.reading import gdal, opening, registry
from validator.reading.errors import Unreadable
from validator.reading.request import ReadRequest

#: What the readers work with, loaded once and shared by all files.
LIBRARIES = ("polars", "pyogrio", "pyproj", "python_calamine")
OUT = "out"
WORK = "work"
SENT = "sent"


def prepare() -> None:
    """Make this process ready to read: no inherited GDAL settings, only the drivers of the
    accepted formats, the libraries in memory."""
    gdal.scrub_environment()
    for name in LIBRARIES:
        import_module(name)
    gdal.confine_drivers(registry.drivers())


def run(request: wire.Asked, directory: Path, sent: BinaryIO) -> None:
    """Read, interpret if a context came with the request, and leave the answer in `directory`/out.
    `sent` is the delivered file, opened by who may: from a copy of it on, this process reaches
    nothing else. Never raises: what happened is in the answer.
    """
    warnings.simplefilter("ignore")
    out, work = directory / OUT, directory / WORK
    try:
        out.mkdir(mode=0o750)
        work.mkdir(mode=0o700)
        own = _own_copy(request, sent, work / SENT)
        confinement.confine(request.file.limits, directory)
        read = opening.read_file(own, work)
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


def _own_copy(request: wire.Asked, sent: BinaryIO, path: Path) -> ReadRequest:
    """The request for a copy of the file. Raises Unreadable when it is above the limit."""
    opening.check_size(request.file, os.fstat(sent.fileno()).st_size)
    with sent, path.open("xb") as copy:
        shutil.copyfileobj(sent, copy, 1 << 20)
    return replace(request.file, path=str(path))


def main() -> int:
    """`python -m validator.confined.child DIRECTORY`, the request as JSON on standard input, where
    it may come long after the start."""
    confinement.die_with_parent()
    confinement.hide()
    faulthandler.enable()
    prepare()
    told = sys.stdin.read()
    if told:
        asked = wire.request_from_json(json.loads(told))
        with Path(asked.file.path).open("rb") as sent:
            run(asked, Path(sys.argv[1]), sent)
    return 0


if __name__ == "__main__":
    sys.exit(main())
