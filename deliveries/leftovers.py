"""Files in the storage that nobody needs any more, found by their age."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta

from django.core.files.storage import default_storage
from django.utils import timezone


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
