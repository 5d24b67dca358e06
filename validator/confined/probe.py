"""Which layers hold around a reading process here: one is confined as for a file, and says so."""

import json
import logging
import os
import shutil
from pathlib import Path

from validator.confined.confinement import Layers, confine
from validator.limits import DEFAULT

NONE = Layers(landlock=0, calls=False, network=False, own_user=False, hidden=False, clean=False)

logger = logging.getLogger(__name__)


def layers(folder: Path) -> Layers:
    """What holds of a process forked from this one, whose folder is removed afterwards."""
    said = folder / "layers.json"
    pid = os.fork()
    if not pid:
        _confined(folder, said)
    os.waitpid(pid, 0)
    try:
        return Layers(**json.loads(said.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return NONE
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _confined(folder: Path, said: Path) -> None:
    try:
        said.write_text(json.dumps(confine(DEFAULT, folder).as_json()), encoding="utf-8")
    except BaseException:
        logger.exception("a reading process cannot be confined")
    finally:
        os._exit(0)
