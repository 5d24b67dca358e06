"""What a reading process may use, and how its end is to be understood."""

import ctypes
import errno
import os
import resource
import signal
import sys

import seccompy

from validator.limits import Limits
from validator.reading.errors import ABORTED, CRASHED, ReaderDied, Unreadable

PR_SET_PDEATHSIG = 1
PR_SET_NO_NEW_PRIVS = 38
CLONE_NEWUSER = 0x10000000
CLONE_NEWNET = 0x40000000
#: What reading a file never needs: the network, other programs and processes, the kernel's own.
REFUSED_CALLS = (
    "socket", "connect", "bind", "listen", "accept", "accept4", "io_uring_setup",
    "execve", "execveat", "ptrace", "process_vm_readv", "process_vm_writev",
    "mount", "setns", "unshare", "bpf", "keyctl", "perf_event_open",
)  # fmt: skip
PAGE = resource.getpagesize()
NOT_OUR_FAULT = {signal.SIGSEGV, signal.SIGBUS, signal.SIGFPE, signal.SIGILL}


def die_with_parent() -> None:
    """Ask the kernel to kill this process when its
    parent goes (Linux; elsewhere nothing happens)."""
    if sys.platform == "linux":
        _libc().prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def confine(limits: Limits) -> None:
    """Bind this process to the limits: memory on top
    of what it has, CPU seconds, file size; no network.
    """
    _without_network()
    _bound(resource.RLIMIT_CORE, 0)
    _bound(resource.RLIMIT_NOFILE, 256)
    _bound(resource.RLIMIT_FSIZE, limits.unpacked_bytes + limits.geometry_bytes)
    _bound(resource.RLIMIT_CPU, limits.seconds)
    _bound(resource.RLIMIT_AS, _address_space() + limits.memory_bytes)


def verdict(status: int, name: str, limits: Limits) -> Exception:
    """What the end of a child that left no answer
    means. `status` as of subprocess: -N = signal N."""
    ended = -status if status < 0 else 0
    if ended == signal.SIGXCPU:
        return too_slow(name, limits)
    if ended == signal.SIGABRT:
        return too_heavy(name, limits, reason=ABORTED)
    if ended in NOT_OUR_FAULT:
        return Unreadable("FIL-01", file=name, format="", reason=CRASHED)
    if ended == signal.SIGXFSZ:
        size = limit = limits.unpacked_bytes
        return Unreadable(
            "FIL-02", file=name, size=size, limit=limit, unit="bytes", reason="unpacked"
        )
    return ReaderDied(f"reading process ended with status {status}")


def too_slow(name: str, limits: Limits) -> Unreadable:
    """The refusal for a file whose reading takes longer than allowed."""
    seconds = limits.seconds
    return Unreadable(
        "FIL-02", file=name, size=seconds, limit=seconds, unit="seconds", reason="time"
    )


def too_heavy(name: str, limits: Limits, *, reason: str = "memory") -> Unreadable:
    """The refusal for a file whose reading needs more memory than allowed, or so it seems."""
    memory = limits.memory_bytes
    return Unreadable("FIL-02", file=name, size=memory, limit=memory, unit="bytes", reason=reason)


def _bound(kind: int, value: int) -> None:
    _, hard = resource.getrlimit(kind)
    allowed = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(kind, (allowed, allowed if kind != resource.RLIMIT_CPU else allowed + 2))


def _address_space() -> int:
    with open("/proc/self/statm", encoding="ascii") as stream:  # noqa: PTH123
        return int(stream.read().split()[0]) * PAGE


def _without_network() -> None:
    """An empty network namespace where the kernel grants one, and a filter that refuses the calls.

    The namespace is refused to a process with threads and in most containers; the filter (seccomp,
    Linux on x86-64 and arm64) needs no privilege. The GDAL drivers are closed besides.
    """
    if sys.platform != "linux":
        return
    libc = _libc()
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if libc.unshare(CLONE_NEWNET) and os.geteuid():
        libc.unshare(CLONE_NEWUSER | CLONE_NEWNET)
    refused = seccompy.Filter(flags=seccompy.FilterFlag.TSYNC)
    for call in REFUSED_CALLS:
        refused.errno(call, errno.EPERM)
    refused.load()


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)
