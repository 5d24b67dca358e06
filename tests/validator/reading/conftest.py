"""Files made on the fly, read through the session's reader server."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyogrio.raw
import pytest
import shapely

from tests.processes import Reader
from validator.confined import client
from validator.limits import DEFAULT, Limits
from validator.reading.request import ReadOptions
from validator.source_file import SourceFile

Read = Callable[..., SourceFile]


@pytest.fixture
def server(reader: Reader) -> Reader:
    """The session's reader server, at rest."""
    assert reader.settle() == []
    return reader


@pytest.fixture
def read(server: Reader) -> Read:
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
