"""Landlock: which files this process may still reach, asked of the kernel by ctypes.

No privilege is needed. The two packages for it are young and do no more than this page; what a
kernel does not know is left out, and the version that holds is told. Source: the kernel's
userspace-api/landlock.
"""

import ctypes
import os
import sys
from collections.abc import Iterable
from pathlib import Path

_CREATE, _ADD, _RESTRICT = 444, 445, 446  # the same numbers on every architecture
_ASK_VERSION, _PATH_BENEATH = 1, 1
#: Rights over files by the version that brought them; the first brought thirteen.
_EXECUTE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 2, 1 << 3
_FIRST, _REFER, _TRUNCATE, _IOCTL = (1 << 13) - 1, 1 << 13, 1 << 14, 1 << 15
_READ = _READ_FILE | _READ_DIR
#: Devices, sockets, pipes and links: whoever collects the answer would follow them.
_NO_FILES = 1 << 6 | 1 << 9 | 1 << 10 | 1 << 11 | 1 << 12
#: What may be said of a file that is no folder.
_OF_A_FILE = _EXECUTE | 1 << 1 | _READ_FILE | _TRUNCATE | _IOCTL
_TCP, _ABSTRACT_SOCKETS_AND_SIGNALS = 0b11, 0b11
#: The version since which it keeps from the network.
NETWORK = 4
#: The size of the ruleset's description by the version that knows it.
_SIZES = ((6, 24), (4, 16), (1, 8))


class _Ruleset(ctypes.Structure):
    _fields_ = (
        ("files", ctypes.c_uint64),
        ("network", ctypes.c_uint64),
        ("scoped", ctypes.c_uint64),
    )


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("folder", ctypes.c_int32))


def version() -> int:
    """The version that the kernel offers, 0 where there is none."""
    if sys.platform != "linux":
        return 0
    return max(0, _call(_CREATE, None, 0, _ASK_VERSION))


def restrict(*, read: Iterable[Path], write: Iterable[Path]) -> int:
    """From here on this process and its children read below `read` and `write`, write below
    `write` alone, connect and bind nowhere, and signal only their own; paths that are not there
    are passed over. What is open stays open. Returns the version that holds, 0 for none.

    The caller has set no_new_privs and has one thread. Raises OSError.
    """
    known = version()
    if not known:
        return 0
    rights = _rights(known)
    rules = _Ruleset(
        rights, _TCP if known >= NETWORK else 0, _ABSTRACT_SOCKETS_AND_SIGNALS if known >= 6 else 0
    )
    size = next(size for since, size in _SIZES if known >= since)
    ruleset = _done(_call(_CREATE, ctypes.byref(rules), size, 0))
    try:
        for path in read:
            _allow(ruleset, path, _READ)
        for path in write:
            _allow(ruleset, path, rights & ~(_EXECUTE | _NO_FILES))
        _done(_call(_RESTRICT, ruleset, 0, 0))
    finally:
        os.close(ruleset)
    return known


def _rights(known: int) -> int:
    rights = _FIRST
    for since, right in ((2, _REFER), (3, _TRUNCATE), (5, _IOCTL)):
        rights |= right if known >= since else 0
    return rights


def _allow(ruleset: int, path: Path, rights: int) -> None:
    try:
        folder = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        allowed = rights if path.is_dir() else rights & _OF_A_FILE
        rule = _Beneath(allowed, folder)
        _done(_call(_ADD, ruleset, _PATH_BENEATH, ctypes.byref(rule), 0))
    finally:
        os.close(folder)


def _call(number: int, *arguments: object) -> int:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall.restype = ctypes.c_long
    return int(libc.syscall(ctypes.c_long(number), *arguments))


def _done(answer: int) -> int:
    if answer < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return answer
