"""Files in the storage, and private folders of work, that nobody needs any more, found by their
age."""

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Final

from django.core.files.storage import default_storage
from django.utils import timezone

#: How the private folders of a check, of a file that is made and of a reading begin.
CHECK, MADE, READ = "sttm2-check-", "sttm2-file-", "sttm2-read-"
PRIVATE: Final = (CHECK, MADE, READ)


def folders(folder: str) -> list[str]:
    """Names of the folders in a folder of the storage."""
    try:
        return list(default_storage.listdir(folder)[0])
    except FileNotFoundError:
        return []


def files(folder: str, *, older_than: timedelta) -> Iterator[str]:
    """Names of the files of a folder that were stored so long ago."""
    try:
        names = default_storage.listdir(folder)[1]
    except FileNotFoundError:
        return
    limit = timezone.now() - older_than
    for name in names:
        stored = f"{folder}/{name}"
        with suppress(FileNotFoundError):  # somebody else was quicker
            if default_storage.get_modified_time(stored) < limit:
                yield stored


def delete(folder: str, *, older_than: timedelta, kept: frozenset[str] = frozenset()) -> int:
    """Delete the files of a folder that were stored so long ago, but for those `kept`; how
    many."""
    found = [name for name in files(folder, older_than=older_than) if name not in kept]
    for name in found:
        default_storage.delete(name)
    return len(found)


def delete_empty(folder: str, *, older_than: timedelta) -> None:
    """Remove a folder in which nothing has been for so long: into a new one a file may be on its
    way. Stores without folders have no empty ones."""
    limit = timezone.now() - older_than
    with suppress(OSError):  # somebody else was quicker
        is_empty = default_storage.listdir(folder) == ([], [])
        if is_empty and default_storage.get_modified_time(folder) < limit:
            default_storage.delete(folder)


def delete_private(
    *, older_than: timedelta, names: tuple[str, ...] = PRIVATE, within: Path | None = None
) -> None:
    """Remove the private folders that killed processes of this machine left so long ago: no work
    can still be at them. `within`: where to look; without it the folder of temporary files."""
    limit = time.time() - older_than.total_seconds()
    for name in names:
        for found in (within or Path(tempfile.gettempdir())).glob(f"{name}*"):
            with suppress(OSError):  # somebody else was quicker, or it is another's
                if found.stat().st_mtime < limit:
                    shutil.rmtree(found)
