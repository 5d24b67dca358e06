"""A bounded load generator over keep-alive sockets:
small enough to leave the cores to the server."""

import json
import shutil
import socket
import statistics
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Answer:
    """One answer: status, seconds until its first and last byte, body."""

    status: int
    first: float
    total: float
    body: bytes
    headers: bytes = b""


class Connection:
    """One keep-alive connection to 127.0.0.1; reads lengths and chunks, nothing else of HTTP."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._open()

    def _open(self) -> None:
        self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=120)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def get(self, path: str, *headers: str) -> Answer:
        lines = (f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{self.port}", *headers, "", "")
        begun = time.perf_counter()
        self.socket.sendall("\r\n".join(lines).encode())
        head, _, rest = self._until(b"", b"\r\n\r\n").partition(b"\r\n\r\n")
        first = time.perf_counter() - begun
        status = int(head[9:12])
        body = self._body(head.lower(), rest, status)
        if b"connection: close" in head.lower():  # nginx wants a new one after a thousand
            self.socket.close()
            self._open()
        return Answer(status, first, time.perf_counter() - begun, body, head)

    def drain(self, path: str, *headers: str) -> "Drained":
        """Get a chunked stream and throw it away, counting; memory stays small here too."""
        lines = (f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{self.port}", *headers, "", "")
        begun = time.perf_counter()
        self.socket.sendall("\r\n".join(lines).encode())
        first, size, tail = 0.0, 0, b""
        while not tail.endswith(b"0\r\n\r\n"):
            piece = self.socket.recv(1 << 20)
            first = first or time.perf_counter() - begun
            size += len(piece)
            tail = (tail + piece)[-8:]
        return Drained(first, time.perf_counter() - begun, size)

    def _until(self, data: bytes, mark: bytes) -> bytes:
        while mark not in data:
            piece = self.socket.recv(1 << 18)
            if not piece:
                raise ConnectionError("the server closed the connection")
            data += piece
        return data

    def _body(self, head: bytes, rest: bytes, status: int) -> bytes:
        if status in (204, 304):
            return b""
        if b"content-length:" in head:
            length = int(head.split(b"content-length:")[1].split(b"\r\n")[0])
            parts, have = [rest], len(rest)
            while have < length:
                parts.append(self.socket.recv(1 << 18))
                have += len(parts[-1])
            return b"".join(parts)
        return self._until(rest, b"0\r\n\r\n")


@dataclass(frozen=True)
class Drained:
    """A stream that was read to its end: seconds to
    the first and last byte, bytes with chunk marks."""

    first: float
    total: float
    size: int


@dataclass
class Rate:
    """What several connections got in a while."""

    requests: int = 0
    seconds: float = 0.0
    statuses: set[int] = field(default_factory=set)

    @property
    def per_second(self) -> float:
        return self.requests / self.seconds


def median_ms(port: int, paths: list[str], *headers: str) -> float:
    """Median of single requests, one connection, in milliseconds."""
    connection = Connection(port)
    connection.get(paths[0], *headers)
    return 1000 * statistics.median(connection.get(path, *headers).total for path in paths)


def rate(port: int, paths: list[str], *headers: str, connections: int, seconds: float) -> Rate:
    """Requests per second of so many connections that go round the paths."""
    result, lock, until = Rate(), threading.Lock(), time.perf_counter() + seconds

    def go(turn: int) -> None:
        connection, done, statuses = Connection(port), 0, set()
        while time.perf_counter() < until:
            statuses.add(connection.get(paths[(turn + done) % len(paths)], *headers).status)
            done += 1
        with lock:
            result.requests += done
            result.statuses |= statuses

    threads = [threading.Thread(target=go, args=(turn,)) for turn in range(connections)]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    result.seconds = time.perf_counter() - begun
    return result


#: What `wrk` runs to go round the paths.
_ROUND = """
local paths, turn = {%s}, 0
request = function() turn = turn + 1; return wrk.format("GET", paths[turn %% #paths + 1]) end
"""


def outrun(port: int, paths: list[str], *headers: str, connections: int, seconds: float) -> float:
    """Requests per second as `rate`, by the program wrk where it is installed: this one would be
    slower than a server that answers from its cache."""
    wrk = shutil.which("wrk")
    if wrk is None:
        return rate(port, paths, *headers, connections=connections, seconds=seconds).per_second
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(_ROUND % ", ".join(json.dumps(path) for path in paths))
        script.flush()
        command = [wrk, "-t1", f"-c{connections}", f"-d{max(1, round(seconds))}s"]
        command += ["-s", script.name, *(part for one in headers for part in ("-H", one))]
        command.append(f"http://127.0.0.1:{port}")
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in said:
        raise RuntimeError(said)
    return float(said.split("Requests/sec:")[1].split()[0])
