"""A small disk of one's own to be filled: a tmpfs that only this process and its children see.

Root may mount in a namespace of its own; an ordinary user where the kernel lets users have
namespaces. Where neither is so, the disk is not filled and the run says so.
"""

import ctypes
import os
from pathlib import Path

_CLONE_NEWNS, _CLONE_NEWUSER = 0x20000, 0x10000000
_MS_REC, _MS_PRIVATE = 0x4000, 0x40000
_MNT_DETACH = 2
#: Bytes that the disk holds: enough for a run's files.
SIZE = 96 * 1024 * 1024


def mount(folder: Path) -> str:
    """Put a small disk in the folder's place, before any thread or child is begun; "" or, in
    words, why not."""
    libc = ctypes.CDLL(None, use_errno=True)
    user, group = os.getuid(), os.getgid()
    flags = _CLONE_NEWNS | (_CLONE_NEWUSER if user else 0)
    if libc.unshare(flags):
        return f"no mounts of one's own here ({os.strerror(ctypes.get_errno())})"
    if user:
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    told = f"size={SIZE},mode=0700".encode()
    calls = ((b"none", b"/", None, _MS_REC | _MS_PRIVATE, None),
             (b"tmpfs", bytes(folder), b"tmpfs", 0, told))  # fmt: skip
    for call in calls:
        source, target, kind, how, options = call
        if libc.mount(source, target, kind, ctypes.c_ulong(how), options):
            return f"no mounts of one's own here ({os.strerror(ctypes.get_errno())})"
    return ""


def unmount(folder: Path) -> None:
    """Take the disk away again, whoever still has a file of it open."""
    ctypes.CDLL(None).umount2(bytes(folder), _MNT_DETACH)


def fill(folder: Path) -> None:
    """Until it takes nothing more."""
    block = bytes(1024 * 1024)
    try:
        with (folder / ".ballast").open("wb", buffering=0) as ballast:
            while ballast.write(block):
                pass
    except OSError:
        return


def free(folder: Path) -> None:
    """As it was before."""
    (folder / ".ballast").unlink(missing_ok=True)
