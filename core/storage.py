"""The storage of files on a disk of ours: what is written is whole, or it is not there."""

import errno
import logging
import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Final

from django.core.files.storage import FileSystemStorage
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.utils.translation import gettext as _

from core.errors import DomainError

logger = logging.getLogger(__name__)

#: A disk (or the share of it that is ours) that is full, and one that takes nothing.
_FULL: Final = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_CLOSED: Final = {errno.EROFS, errno.EACCES, errno.EPERM}
#: How a file begins to be called while it is written; what is left of it is swept.
PART: Final = ".part-"


class NoRoom(DomainError):
    """There is no room for what was sent, or the place is closed: nothing of it was kept."""

    status = 507


def no_room(error: BaseException | None) -> NoRoom | None:
    """What a person reads of an error of the disk; None when it is another one."""
    if not isinstance(error, OSError) or error.errno not in _FULL | _CLOSED:
        return None
    logger.error("no room for a file: %s", error)
    if error.errno in _FULL:
        text = _(
            "Lo spazio del portale per i file è finito: il tuo non è stato conservato. Non "
            "dipende da te: riprova più tardi o avvisa l'ufficio."
        )
        return NoRoom("storage-full", text)
    text = _(
        "L'archivio del portale adesso non accetta file: il tuo non è stato conservato. Non "
        "dipende da te: riprova più tardi o avvisa l'ufficio."
    )
    return NoRoom("storage-closed", text)


class UploadToDisk(TemporaryFileUploadHandler):
    """Keeps a large file on the disk while it arrives; of one that finds no room nothing stays."""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        try:
            super().receive_data_chunk(raw_data, start)
        except OSError:
            with suppress(OSError):  # what it still holds finds no room either
                self.file.close()
            raise


class WholeFiles(FileSystemStorage):
    """Writes beside the place where a file will stand, to the disk, and then gives it its name."""

    def _save(self, name: str, content: Any) -> str:
        """Raises NoRoom; nothing is left of a file that could not be written."""
        try:
            return self._written(name, content)
        except OSError as error:
            if (refusal := no_room(error)) is not None:
                raise refusal from error
            raise

    def _written(self, name: str, content: Any) -> str:
        folder = Path(self.path(name)).parent
        folder.mkdir(parents=True, exist_ok=True)
        handle, part = tempfile.mkstemp(prefix=PART, dir=folder)  # readable by the owner alone
        try:
            with os.fdopen(handle, "wb") as file:
                _copy(content, file)
            name = self._named(part, name)
        finally:
            Path(part).unlink()
        _to_disk(folder)
        return name

    def _named(self, part: str, name: str) -> str:
        """The file under its name, or under a free one when somebody was quicker."""
        while True:
            try:
                os.link(part, self.path(name))
            except FileExistsError:
                name = self.get_available_name(name)
            else:
                return name.replace("\\", "/")


def _copy(content: Any, file: IO[bytes]) -> None:
    for chunk in content.chunks():
        file.write(chunk if isinstance(chunk, bytes) else chunk.encode())
    file.flush()
    os.fsync(file.fileno())


def _to_disk(folder: Path) -> None:
    """A name is on the disk when its folder is."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
