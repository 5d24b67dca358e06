"""The two ways in which a reading ends without a delivery: the file's fault, or ours."""

import errno
import sqlite3
from typing import Final

from validator.source_file import NoteValue

#: Reasons of a refusal that is no judgement on the file: its reading broke.
CRASHED, ABORTED = "crashed-reader", "aborted-reader"
#: What the machine lacks, not the file: room on the disk, handles, rights.
_MACHINE: Final = {
    *(errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EMFILE, errno.ENFILE, errno.EACCES, errno.EROFS)
}
_MACHINE_SQLITE: Final = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY}


class Unreadable(Exception):
    """The file is refused before any rule runs.

    `code` is a FIL rule; `params` fill its messages. Beside the placeholders of the message,
    `reason` (a slug) and `item` say more where they can.
    """

    def __init__(self, code: str, **params: NoteValue) -> None:
        super().__init__(f"{code} {params}")
        self.code = code
        self.params: dict[str, NoteValue] = params

    @property
    def is_ours(self) -> bool:
        """Whether a reader of ours broke on the file, whose fault that may be or not."""
        return self.params.get("reason") in (CRASHED, ABORTED)

    @property
    def is_of_the_machine(self) -> bool:
        """Whether what looked like a broken file was a disk that is full or the like."""
        cause = self.__cause__
        if isinstance(cause, sqlite3.Error):
            return (getattr(cause, "sqlite_errorcode", 0) & 0xFF) in _MACHINE_SQLITE
        return isinstance(cause, OSError) and cause.errno in _MACHINE


class ReaderDied(Exception):
    """The reading process ended through no fault of the file: a SYS matter, to be tried again."""


class ChildDied(ReaderDied):
    """The process of one file was killed from outside, or ended without a word."""
