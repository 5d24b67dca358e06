"""What a reading process may reach and use, and how its end is to be understood."""

import ctypes
import os
import resource
import signal
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from validator.confined import calls, identity, landlock
from validator.limits import Limits
from validator.reading.errors import ABORTED, CRASHED, ChildDied, ReaderDied, Unreadable

_PR_SET_PDEATHSIG, _PR_GET_DUMPABLE, _PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS = 1, 3, 4, 38
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_PAGE = resource.getpagesize()
_ROOT = Path(__file__).resolve().parents[2]
NOT_OUR_FAULT = {signal.SIGSEGV, signal.SIGBUS, signal.SIGFPE, signal.SIGILL}
#: What a reading process knows of its surroundings: all else may be a secret.
KEPT_ENVIRONMENT: Final = (
    "PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH", "VIRTUAL_ENV", "PYTHONPATH",
    "PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED", "MALLOC_ARENA_MAX", "LANG", "LC_ALL",
    "LC_CTYPE",
)  # fmt: skip
#: What we ourselves tell the libraries.
TOLD: Final = frozenset({
    "POLARS_MAX_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "SQLITE_TMPDIR", "CPL_TMPDIR",
    "POLARS_TEMP_DIR",
})  # fmt: skip
#: What the process knew before any library was loaded, which may add what it needs.
_BEGUN_WITH: Final = frozenset(os.environ)
#: Read by libraries while they work, beside Python and its packages: code, time zones, figures
#: of the machine. Of /proc only the process's own folder.
_SYSTEM: Final = (
    "/usr/lib", "/usr/lib64", "/usr/share", "/usr/local/lib", "/lib", "/lib64",
    "/etc/ld.so.cache", "/etc/localtime", "/dev/null", "/dev/urandom", "/dev/zero",
    "/proc/self", "/proc/meminfo", "/proc/cpuinfo", "/sys/devices/system/cpu",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Layers:
    """Which layers hold around a reading process. `landlock`: the kernel's version, 0 for none;
    `own_user`: none of the portal's, only where it was begun as root; `hidden`: neither it nor
    its parent can be looked into; `clean`: no environment but what reading needs."""

    landlock: int
    calls: bool
    network: bool
    own_user: bool
    hidden: bool
    clean: bool

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    def __str__(self) -> str:
        said = {
            f"Landlock {self.landlock or ''}".rstrip(): self.landlock, "refused calls": self.calls,
            "no network": self.network, "a user of its own": self.own_user,
            "hidden memory": self.hidden, "clean environment": self.clean,
        }  # fmt: skip
        holding = ", ".join(name for name, holds in said.items() if holds)
        absent = ", ".join(name for name, holds in said.items() if not holds)
        return f"{holding or 'nothing'}{f'; without {absent}' if absent else ''}"


def die_with_parent() -> None:
    """Ask the kernel to kill this process when its
    parent goes (Linux; elsewhere nothing happens)."""
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def hide() -> None:
    """Let nobody look into this process, not even those of the same user: neither its memory nor
    the environment that it was begun with."""
    _prctl(_PR_SET_DUMPABLE, 0)


def clean_environment() -> dict[str, str]:
    """Of this process's environment what a reading process may know."""
    return {name: os.environ[name] for name in KEPT_ENVIRONMENT if name in os.environ}


def confine(limits: Limits, folder: Path) -> Layers:
    """Bind this process for good: it writes in `folder` (private, ours) alone, reads there and in
    the system's libraries, reaches no network and no other process, and uses no more memory on
    top of what it has, CPU seconds and bytes of files than the limits say."""
    hide()
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)
    network = _without_network()
    _work_in(folder)
    user = identity.unused_user()
    if user:
        identity.give(folder, user)
    version = landlock.restrict(read=_readable(), write=[folder])
    own_user = bool(user) and identity.become(user, folder, confined=bool(version))
    die_with_parent()  # changing the user forgets it
    hide()
    _bound(resource.RLIMIT_CORE, 0)
    _bound(resource.RLIMIT_NOFILE, 256)
    _bound(resource.RLIMIT_FSIZE, limits.unpacked_bytes + limits.geometry_bytes)
    _bound(resource.RLIMIT_CPU, limits.seconds)
    _bound(resource.RLIMIT_AS, _address_space() + limits.memory_bytes)
    refused = calls.refuse()
    return Layers(
        landlock=version,
        calls=refused,
        network=network or version >= landlock.NETWORK or refused,
        own_user=own_user,
        hidden=_prctl(_PR_GET_DUMPABLE) == 0,
        clean={*KEPT_ENVIRONMENT, *TOLD} >= _BEGUN_WITH,
    )


def _work_in(folder: Path) -> None:
    """Here, and nowhere else, libraries put what they need for a while."""
    os.chdir(folder)
    tempfile.tempdir = str(folder)
    for name in ("TMPDIR", "SQLITE_TMPDIR", "CPL_TMPDIR", "POLARS_TEMP_DIR"):
        os.environ[name] = str(folder)


def _readable() -> list[Path]:
    # Of the checkout only this library: the secret and the delivered files lie there too.
    return [*map(Path, (sys.prefix, sys.base_prefix, *_SYSTEM)), _ROOT / "validator"]


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
    if ended == signal.SIGALRM:
        return ReaderDied("reading had no time on this machine")
    return ChildDied(f"reading process ended with status {status}")


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
        return int(stream.read().split()[0]) * _PAGE


def _without_network() -> bool:
    """An empty network namespace where the kernel grants one; whether it did.

    It is refused to a process with threads and in most containers; the refused calls need no
    privilege. The GDAL drivers are closed besides.
    """
    if sys.platform != "linux":
        return False
    libc = _libc()
    if not libc.unshare(_CLONE_NEWNET):
        return True
    # A namespace of users gives rights inside it to an ordinary user alone.
    return bool(os.geteuid()) and not libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET)


def _prctl(option: int, value: int = 0) -> int:
    return int(_libc().prctl(option, value, 0, 0, 0)) if sys.platform == "linux" else -1


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)
