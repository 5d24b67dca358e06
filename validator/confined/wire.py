"""How a request and an answer cross the process border: JSON for facts, Arrow IPC files for
columns.
"""

from __future__ import annotations

import json
import os
import socket
import struct
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO

from validator.confined import crossing
from validator.dataset import Dataset
from validator.interpreting.context import Context
from validator.libraries import pl
from validator.limits import Limits
from validator.reading.errors import ChildDied, ReaderDied, Unreadable
from validator.reading.request import ReadOptions, ReadRequest
from validator.source_file import Note, OtherLayer, SourceFile, SourceLayer

ANSWER = "answer.json"
WKB_COLUMN = "__wkb__"
LINE_COLUMN = "__line__"
#: What may be asked of the server instead of a reading.
LAYERS = "layers"
MESSAGE_LIMIT = 32 * 1024 * 1024
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """What the confined process is asked: to read a file and, with a context, to interpret it."""

    file: ReadRequest
    context: Context | None = None


def request_to_json(asked: Asked) -> Json:
    context = None if asked.context is None else crossing.context_to_json(asked.context)
    return {**asdict(asked.file), "context": context}


def request_from_json(message: Json) -> Asked:
    options = dict(message["options"])
    options["layers"] = tuple(options["layers"])
    file = ReadRequest(
        path=str(message["path"]),
        name=str(message["name"]),
        options=ReadOptions(**options),
        limits=Limits(**message["limits"]),
    )
    context = message["context"]
    return Asked(file, None if context is None else crossing.context_from_json(context))


def write_refusal(directory: Path, refusal: Unreadable) -> None:
    _write_answer(directory, {"refused": {"code": refusal.code, "params": refusal.params}})


def write_failure(directory: Path, detail: str) -> None:
    _write_answer(directory, {"failed": detail[-4000:]})


def write_source_file(directory: Path, result: SourceFile) -> None:
    """Store a SourceFile in `directory`; the answer is renamed into place last, so it is whole or
    absent.
    """
    answer: Json = {
        "format": result.format,
        "others": [asdict(other) for other in result.others],
        "notes": [_note(note) for note in result.notes],
        "layers": [_write_layer(directory, i, layer) for i, layer in enumerate(result.layers)],
    }
    _write_answer(directory, answer)


def write_dataset(directory: Path, dataset: Dataset) -> None:
    """The same for what was interpreted."""
    _write_answer(directory, crossing.write_dataset(directory, dataset))


def load_dataset(directory: Path, answer: Json, context: Context) -> Dataset:
    """The dataset of an answer. Raises Unreadable or ReaderDied when the answer is one of them."""
    _raise_failure(answer)
    return crossing.load_dataset(directory, answer, context)


def _raise_failure(answer: Json) -> None:
    if "refused" in answer:
        raise Unreadable(answer["refused"]["code"], **answer["refused"]["params"])
    if "failed" in answer:
        raise ReaderDied(answer["failed"])
    if "died" in answer:
        raise ChildDied(answer["died"])


def load_source_file(directory: Path, answer: Json) -> SourceFile:
    """The SourceFile of an answer, columns mapped from the files in `directory`.

    Raises Unreadable or ReaderDied when the answer is one of them.
    """
    _raise_failure(answer)
    return SourceFile(
        format=answer["format"],
        layers=tuple(_load_layer(directory, layer) for layer in answer["layers"]),
        others=tuple(OtherLayer(**other) for other in answer["others"]),
        notes=tuple(Note(n["code"], n["params"]) for n in answer["notes"]),
    )


def send(connection: socket.socket, message: Json, *files: BinaryIO) -> None:
    """Send one length-prefixed JSON message (4 bytes, big-endian), with an opened file at most:
    the other side can read it without being able to open it."""
    body = json.dumps(message).encode()
    head = struct.pack("!I", len(body))
    if files:
        sent = socket.send_fds(connection, [head], [file.fileno() for file in files])
        head = head[sent:]
    connection.sendall(head + body)


def receive(connection: socket.socket, limit: int = MESSAGE_LIMIT) -> Json | None:
    """One message, or None when the other side has gone. Raises ReaderDied on nonsense."""
    head = _exactly(connection, 4)
    return None if head is None else _body(connection, head, limit)


def receive_with_file(
    connection: socket.socket, limit: int = MESSAGE_LIMIT
) -> tuple[Json | None, BinaryIO | None]:
    """One message and the file that came with it, for the caller to close."""
    head, given, _flags, _address = socket.recv_fds(connection, 4, 1)
    file = os.fdopen(given[0], "rb") if given else None
    rest = _exactly(connection, 4 - len(head)) if head else None
    return (None if rest is None else _body(connection, head + rest, limit)), file


def _body(connection: socket.socket, head: bytes, limit: int) -> Json | None:
    (length,) = struct.unpack("!I", head)
    if length > limit:
        raise ReaderDied("message too long")
    body = _exactly(connection, length)
    if body is None:
        return None
    message: Json = json.loads(body)
    return message


def _exactly(connection: socket.socket, count: int) -> bytes | None:
    parts = bytearray()
    while len(parts) < count:
        part = connection.recv(min(count - len(parts), 1 << 16))
        if not part:
            return None
        parts += part
    return bytes(parts)


def _note(note: Note) -> Json:
    return {"code": note.code, "params": dict(note.params)}


def _write_answer(directory: Path, answer: Json) -> None:
    draft = directory / (ANSWER + ".part")
    draft.write_text(json.dumps(answer, ensure_ascii=False), encoding="utf-8")
    draft.rename(directory / ANSWER)


def _write_layer(directory: Path, index: int, layer: SourceLayer) -> Json:
    file = f"layer-{index}.arrow"
    extra = [
        s.alias(n)
        for s, n in ((layer.wkb, WKB_COLUMN), (layer.lines, LINE_COLUMN))
        if s is not None
    ]
    layer.frame.with_columns(extra).write_ipc(directory / file, compression="uncompressed")
    return {
        "file": file,
        "name": layer.name,
        "declared_crs": layer.declared_crs,
        "declared_wkt": layer.declared_wkt,
        "crs_origin": layer.crs_origin,
        "encoding": layer.encoding,
        "encoding_origin": layer.encoding_origin,
        "source": layer.source,
        "notes": [_note(note) for note in layer.notes],
    }


def _load_layer(directory: Path, meta: Json) -> SourceLayer:
    frame = pl.read_ipc(directory / meta["file"])
    wkb = frame[WKB_COLUMN].alias("wkb") if WKB_COLUMN in frame.columns else None
    lines = frame[LINE_COLUMN].alias("line") if LINE_COLUMN in frame.columns else None
    return SourceLayer(
        name=meta["name"],
        frame=frame.drop(WKB_COLUMN, LINE_COLUMN, strict=False),
        wkb=wkb,
        lines=lines,
        declared_crs=meta["declared_crs"],
        declared_wkt=meta["declared_wkt"],
        crs_origin=meta["crs_origin"],
        encoding=meta["encoding"],
        encoding_origin=meta["encoding_origin"],
        source=meta["source"],
        notes=tuple(Note(n["code"], n["params"]) for n in meta["notes"]),
    )
