"""The calls of the kernel that reading a file never needs: a filter (seccomp) refuses them.

It needs no privilege and holds with threads (Linux on x86-64 and arm64).
"""

import errno
import os
import platform
import sys
from typing import Final, TypeAlias

import seccompy
from seccompy import CmpOp

Condition: TypeAlias = "tuple[int, int, int] | tuple[int, int, int, int]"
#: The network, other programs, other processes, other roots, files that are none, the kernel's
#: own.
REFUSED: Final = (
    "socket", "socketpair", "connect", "bind", "listen", "accept", "accept4",
    "io_uring_setup", "io_uring_enter", "io_uring_register",
    "execve", "execveat", "fork", "vfork", "ptrace", "process_vm_readv", "process_vm_writev",
    "process_madvise", "process_mrelease", "kcmp", "pidfd_open", "pidfd_getfd",
    "pidfd_send_signal", "tkill",
    "mount", "umount2", "pivot_root", "chroot", "setns", "unshare", "open_tree", "move_mount",
    "fsopen", "fsconfig", "fsmount", "fspick", "mount_setattr", "open_by_handle_at",
    "name_to_handle_at", "bpf", "keyctl", "add_key", "request_key", "perf_event_open",
    "link", "linkat", "symlink", "symlinkat", "mknod", "mknodat",
    "userfaultfd", "init_module", "finit_module", "delete_module", "kexec_load",
    "kexec_file_load", "reboot", "swapon", "swapoff", "acct", "sethostname", "setdomainname",
    "settimeofday", "clock_settime", "iopl", "ioperm", "syslog", "quotactl",
)  # fmt: skip
#: Allowed towards oneself alone, whom the first argument names: `abort` signals its own process.
OWN: Final = ("kill", "tgkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo")
#: The same kernel's calls for programs of 32-bit addresses have a bit more; some have numbers of
#: their own (execve, ptrace, process_vm_*, rt_*sigqueueinfo, execveat).
_X32: Final = 0x40000000
_X32_NUMBERS: Final = (520, 521, 524, 536, 539, 540, 545)
_CLONE_THREAD: Final = 0x10000


def refuse() -> bool:
    """Refuse the calls, for this process and all its threads, for good; whether it is so."""
    if sys.platform != "linux":
        return False
    refused = seccompy.Filter(flags=seccompy.FilterFlag.TSYNC)
    # A thread may be begun, a process not. What says so lies in memory with `clone3`, where no
    # filter looks: whoever is told that there is no such call asks `clone`.
    sorts: tuple[tuple[tuple[str, ...], int, list[Condition]], ...] = (
        (REFUSED, errno.EPERM, []),
        (OWN, errno.EPERM, [(0, CmpOp.NE, os.getpid())]),
        (("prlimit64",), errno.EPERM, [(0, CmpOp.NE, 0)]),
        (("clone",), errno.EPERM, [(0, CmpOp.MASKED_EQ, 0, _CLONE_THREAD)]),
        (("clone3",), errno.ENOSYS, []),
    )
    for names, error, conditions in sorts:
        for number in _numbers(names):
            refused.errno(number, error, args=conditions)
    for number in _X32_NUMBERS if _is_x86() else ():
        refused.errno(_X32 | number, errno.EPERM)
    refused.load()
    return True


def _is_x86() -> bool:
    return platform.machine() == "x86_64"


def _numbers(names: tuple[str, ...]) -> list[int]:
    """Their numbers here; not every architecture has each of them."""
    found = []
    for name in names:
        try:
            found.append(seccompy.syscall_nr(name))
        except ValueError:
            continue
    if _is_x86():
        found += [_X32 | number for number in found]
    return found
