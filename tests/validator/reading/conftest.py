"""A warm reader server for the whole session, as beside a worker, and files made on the fly."""

import io
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyogrio.raw
import pytest
import shapely

from validator.confined import client
from validator.limits import DEFAULT, Limits
from validator.reading.request import ReadOptions
from validator.source_file import SourceFile

ROOT = Path(__file__).resolve().parents[3]
Read = Callable[..., SourceFile]


@dataclass(frozen=True)
class Server:
    """A running reader server: its process, socket and private directory."""

    process: subprocess.Popen
    socket: Path
    spool: Path

    def leftovers(self) -> list[str]:
        return sorted(path.name for path in self.spool.glob("read-*"))

    def settle(self) -> list[str]:
        """What is still there after the wardens had time to clean up."""
        for _ in range(100):
            if not self.leftovers():
                break
            time.sleep(0.05)
        return self.leftovers()


def start_server(folder: Path) -> Server:
    socket = folder / "r.sock"
    command = [sys.executable, "-m", "validator.confined.server", "--socket", str(socket)]
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)
    for _ in range(400):
        if socket.exists():
            break
        time.sleep(0.05)
    return Server(process, socket, folder / "reader-spool")


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = start_server(tmp_path_factory.mktemp("rd"))
    yield running
    assert running.settle() == []
    running.process.send_signal(signal.SIGTERM)
    assert running.process.wait(10) == 0


@pytest.fixture
def read(server: Server) -> Read:
    """Read a file through the server, under its own name unless another is given."""

    def through_server(
        path: Path, name: str | None = None, limits: Limits = DEFAULT, **options: object
    ) -> SourceFile:
        return client.read(
            path,
            name=name or path.name,
            options=ReadOptions(**options),
            socket_path=server.socket,
            limits=limits,
        )

    return through_server


@pytest.fixture
def read_text(read: Read, tmp_path: Path) -> Read:
    """Read bytes or a text as a file of the given name."""

    def from_content(
        content: bytes | str, name: str = "servizi.csv", **more: object
    ) -> SourceFile:
        path = tmp_path / "sent"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return read(path, name, **more)

    return from_content


def zipped(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def write_points(path: Path, names: list[str], **options: object) -> Path:
    """A layer of points with a text column NOME, in the format of the path's suffix."""
    geometry = shapely.to_wkb(
        shapely.points([(514000.0 + i, 5034000.0) for i in range(len(names))])
    )
    pyogrio.raw.write(
        path,
        geometry=geometry,
        field_data=[np.array(names, dtype=object)],
        fields=np.array(["NOME"]),
        **{"geometry_type": "Point", "crs": "EPSG:32632", **options},
    )
    return path


def shapefile_members(
    folder: Path, names: list[str], stem: str = "servizi", **options: object
) -> dict[str, bytes]:
    """The members of a shapefile set, by file name."""
    folder.mkdir(exist_ok=True)
    write_points(folder / f"{stem}.shp", names, **options)
    return {path.name: path.read_bytes() for path in folder.glob(f"{stem}.*")}
