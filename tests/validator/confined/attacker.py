"""A reader server whose child, instead of reading, tries to get out; what it reached is told in
the parameters of a refusal. Run as a program by `test_escapes`, not collected."""

import ctypes
import json
import logging
import os
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path

from validator.confined import server
from validator.reading import opening
from validator.reading.errors import Unreadable

PTRACE_ATTACH, PIDFD_OPEN = 16, 434
ROOT = Path(__file__).resolve().parents[3]


class Vector(ctypes.Structure):
    _fields_ = (("base", ctypes.c_void_p), ("length", ctypes.c_size_t))


#: At one address in parent and child: made before the fork.
KNOWN = ctypes.create_string_buffer(b"secret", 6)
libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.restype = ctypes.c_long
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]


def denied(answer: int) -> None:
    if answer < 0:
        raise OSError(ctypes.get_errno(), "refused")


def memory(call: str) -> None:
    """Read from, or write to, the parent's memory."""
    target = ctypes.create_string_buffer(b"others", 6)
    here = Vector(ctypes.addressof(target), 6)
    there = Vector(ctypes.addressof(KNOWN), 6)
    function = getattr(libc, call)
    function.restype = ctypes.c_ssize_t
    denied(function(os.getppid(), ctypes.byref(here), 1, ctypes.byref(there), 1, 0))


def child() -> None:
    pid = os.fork()
    if not pid:
        os._exit(0)
    os.waitpid(pid, 0)


def attempts(work: Path, targets: dict[str, str]) -> dict[str, Callable[[], object]]:
    parent, spool = os.getppid(), work.parents[1]
    return {
        "read shadow": lambda: Path("/etc/shadow").read_bytes(),
        "read passwd": lambda: Path("/etc/passwd").read_bytes(),
        "read the secret": lambda: Path(targets["secret"]).read_bytes(),
        "read media": lambda: Path(targets["media"]).read_bytes(),
        "list media": lambda: list(Path(targets["media"]).parent.iterdir()),
        "list the checkout": lambda: list(ROOT.iterdir()),
        "read the parent's environment": lambda: Path(f"/proc/{parent}/environ").read_bytes(),
        "read the parent's memory map": lambda: Path(f"/proc/{parent}/maps").read_bytes(),
        "open the parent's memory": lambda: Path(f"/proc/{parent}/mem").open("rb").close(),
        "read the worker's environment": lambda: Path(targets["worker"]).read_bytes(),
        "attach to the parent": lambda: denied(libc.ptrace(PTRACE_ATTACH, parent, None, None)),
        "process_vm_readv": lambda: memory("process_vm_readv"),
        "process_vm_writev": lambda: memory("process_vm_writev"),
        "signal the parent": lambda: os.kill(parent, 0),
        "end the parent": lambda: os.kill(parent, signal.SIGWINCH),
        "signal everybody": lambda: os.kill(-1, 0),
        "pidfd_open": lambda: denied(libc.syscall(PIDFD_OPEN, parent, 0)),
        "a socket": lambda: socket.socket(socket.AF_INET).close(),
        "a local socket": lambda: socket.socket(socket.AF_UNIX).close(),
        "a pair of sockets": lambda: [one.close() for one in socket.socketpair()],
        "another program": lambda: os.execv("/bin/true", ["/bin/true"]),
        "another process": child,
        "write outside": lambda: Path(targets["outside"]).write_text("x"),
        "write in the spool": lambda: (spool / "x").write_text("x"),
        "write among the libraries": lambda: (ROOT / "validator" / "x").write_text("x"),
        "a link to outside": lambda: (work / "link").symlink_to("/etc/shadow"),
        "a pipe": lambda: os.mkfifo(work / "pipe"),
        "become root": lambda: os.setuid(0) if os.geteuid() else None,
        "another root": lambda: os.chroot(work),
    }


def tries(request: opening.ReadRequest, work: Path) -> None:
    """In place of the reading."""
    targets = json.loads(Path(request.path).read_text())
    reached = []
    for what, act in attempts(work, targets).items():
        try:
            act()
        except OSError:
            continue
        reached.append(what)
    (work / "own").write_text("here it may write")
    raise Unreadable("FIL-01", reached=reached, user=os.geteuid())


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    opening.read_file = tries
    spool = server.Spool(Path(sys.argv[2]), shared="--shared" in sys.argv)
    server.serve(Path(sys.argv[1]), spool)
