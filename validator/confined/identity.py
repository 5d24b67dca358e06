"""Whom a reading process is: begun as root, a user of its own that owns nothing else."""

import ctypes
import os
import stat
import sys
from pathlib import Path
from typing import Final

#: Numbers that distributions leave to users of a moment (systemd's DynamicUser).
_FIRST, _COUNT = 61_184, 4_336
_PR_SET_KEEPCAPS = 8
_CAPABILITIES_VERSION = 0x20080522
_DAC_READ_SEARCH = 2


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("process", ctypes.c_int))


class _Set(ctypes.Structure):
    _fields_ = (
        ("effective", ctypes.c_uint32),
        ("permitted", ctypes.c_uint32),
        ("inheritable", ctypes.c_uint32),
    )


_SETS: Final = _Set * 2


def unused_user() -> int:
    """The number of a user of this process's own; 0 where it was not begun as root."""
    if sys.platform != "linux" or os.geteuid():
        return 0
    return _FIRST + os.getpid() % _COUNT


def give(folder: Path, user: int) -> None:
    """Make the user the owner of a folder and of all in it."""
    for place in (folder, *folder.rglob("*")):
        os.chown(place, user, user, follow_symlinks=False)


def become(user: int, folder: Path, *, confined: bool) -> bool:
    """Be that user from here on, who works in `folder`, without any privilege; whether it was so.

    Where libraries or folder stand where only root may walk (a Python under /root), the right to
    read stays if Landlock says what (`confined`); without it root stays root, and so it is told.
    """
    libraries = [Path(one) for one in (sys.prefix, sys.base_prefix, Path(__file__).parent)]
    walks = _is_walked_to(folder) and all(map(_is_read_by_all, libraries))
    if not walks and not confined:
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_KEEPCAPS, 0 if walks else 1, 0, 0, 0)
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)
    if not walks:
        _keep_reading(libc)
    return True


def _keep_reading(libc: ctypes.CDLL) -> None:
    bit = 1 << _DAC_READ_SEARCH
    header = _Header(_CAPABILITIES_VERSION, 0)
    sets = _SETS(_Set(bit, bit, 0), _Set(0, 0, 0))
    if libc.capset(ctypes.byref(header), sets):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def _is_walked_to(place: Path) -> bool:
    """Whether users who own nothing there may walk every folder down to the place."""
    return all(one.stat().st_mode & stat.S_IXOTH for one in place.resolve().parents)


def _is_read_by_all(place: Path) -> bool:
    needed = stat.S_IROTH | stat.S_IXOTH
    return _is_walked_to(place) and place.stat().st_mode & needed == needed
