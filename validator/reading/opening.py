"""From a request to a SourceFile, inside the confined process: copy, detect, read, gather."""

import shutil
from dataclasses import replace
from pathlib import Path

from validator.reading import bundle, registry
from validator.reading.archive import Archive
from validator.reading.detect import detect
from validator.reading.errors import Unreadable
from validator.reading.format import Format, Reader
from validator.reading.formats.zip import ZIP
from validator.reading.job import Found, Job, check_cells
from validator.reading.request import ReadRequest
from validator.source_file import Note, OtherLayer, SourceFile, SourceLayer, layer_name


def check_size(request: ReadRequest, size: int) -> None:
    """Raise FIL-02 when the file sent has more bytes than may be."""
    limit = request.limits.upload_bytes
    if size > limit:
        raise Unreadable(
            "FIL-02", file=request.name, size=size, limit=limit, unit="bytes", reason="upload"
        )


def read_file(request: ReadRequest, directory: Path) -> SourceFile:
    """Read one file using `directory` (private, removed by the caller), where it stands as a copy
    of the reader's own: it gets the suffix of its content, and is mended. Raises Unreadable."""
    source = Path(request.path)
    format = detect(source, request.name)
    label = format.name
    if format.read is None:
        inside, found = _read_archive(request, source, directory)
        label = inside if format is ZIP else label
    else:
        # GDAL and calamine look at the suffix too: the private copy gets the one of its content.
        private = directory / f"input{format.suffixes[0]}"
        source.rename(private)
        found = format.read(Job(private, request.name, request.options, request.limits))
    if note := _other_than_its_name(request.name, format):
        found.notes.append(note)
    return _result(request, label, found)


def _other_than_its_name(name: str, format: Format) -> Note | None:
    """`extension-differs` when the name promises another kind of file than the content is."""
    suffix = Path(name).suffix.lower()
    promised = registry.promised(suffix)
    if promised and format not in promised:
        return Note("extension-differs", {"suffix": suffix, "format": format.name})
    return None


def _read_archive(request: ReadRequest, source: Path, directory: Path) -> tuple[str, Found]:
    """Every readable group of an archive; one broken set among good ones is told, not fatal."""
    found, labels = Found(), set[str]()
    refusals: list[Unreadable] = []
    archive = Archive(source, request.name, request.limits)
    try:
        groups = bundle.groups(archive)[: request.limits.layers]
        for index, group in enumerate(bundle.without_code_tables(groups, request.options.layers)):
            job, name, read = _job(request, archive, group, directory / f"group-{index}")
            try:
                found.add(read(job))
                labels.add(name)
            except Unreadable as refusal:
                if refusal.code in ("FIL-02", "FIL-03") or refusal.is_of_the_machine:
                    raise
                refusals.append(refusal)
                found.others.append(OtherLayer(bundle.display_name(group), "incomplete"))
            shutil.rmtree(directory / f"group-{index}", ignore_errors=True)
    finally:
        archive.close()
    if refusals and not found.layers:
        raise refusals[0]
    found.others += [
        OtherLayer(name, "table") for name in bundle.code_tables(groups, request.options.layers)
    ]
    return " + ".join(sorted(labels)), found


def _job(
    request: ReadRequest, archive: Archive, group: bundle.FileGroup, directory: Path
) -> tuple[Job, str, Reader]:
    """A group in its own folder, the format that its content has, and how that is read."""
    path = bundle.unpack(archive, group, directory)
    name = bundle.display_name(group)
    # Layers of one name in two folders are told apart only when all are known: `_chosen` chooses.
    options = replace(request.options, layers=())
    job = Job(path, request.name, options, request.limits, source=name)
    # What stands in a set is what its name says: shapes and tables hang on each other.
    format = (registry.owner(path.suffix) if group.is_set else None) or detect(path, name)
    if format.read is None:
        raise Unreadable("FIL-03", file=request.name, item=name[:200], reason="nested")
    if not group.is_set:
        job = replace(job, path=path.rename(path.with_suffix(format.suffixes[0])))
    return job, format.name, format.read


def _result(request: ReadRequest, label: str, found: Found) -> SourceFile:
    rows = sum(layer.rows for layer in found.layers)
    if rows > request.limits.rows:
        limit = request.limits.rows
        raise Unreadable(
            "FIL-02", file=request.name, size=rows, limit=limit, unit="rows", reason="rows"
        )
    for layer in found.layers:
        check_cells(layer.frame, request.name, request.limits)
    layers = _chosen(request, found, tuple(map(_with_short_name, _distinct_names(found.layers))))
    if not layers:
        _refuse_empty(request, label, found)
    others = (replace(one, name=layer_name(one.name)) for one in found.others)
    return SourceFile(label, layers, tuple(others), tuple(found.notes))


def _chosen(
    request: ReadRequest, found: Found, layers: tuple[SourceLayer, ...]
) -> tuple[SourceLayer, ...]:
    """The layers asked for, by the names that people are shown; the others are told."""
    asked = set(request.options.layers)
    if not asked:
        return layers
    kept = tuple(layer for layer in layers if layer.name in asked | {layer_name(n) for n in asked})
    found.others += [
        OtherLayer(layer.name, "not-chosen", layer.rows) for layer in layers if layer not in kept
    ]
    return kept


def _with_short_name(layer: SourceLayer) -> SourceLayer:
    name = layer_name(layer.name)
    if name == layer.name:
        return layer
    note = Note("layer-name-cut", {"characters": len(layer.name)})
    return replace(layer, name=name, notes=(*layer.notes, note))


def _refuse_empty(request: ReadRequest, label: str, found: Found) -> None:
    """FIL-07 when no layer has records; FIL-01 when there is no such layer, or none at all."""
    if any(other.reason == "not-chosen" for other in found.others):
        asked = ", ".join(request.options.layers)[:200]
        raise Unreadable(
            "FIL-01", file=request.name, format=label, reason="no-such-layer", item=asked
        )
    names = [other.name for other in found.others if other.reason == "empty"]
    if not names:
        raise Unreadable("FIL-01", file=request.name, format=label, reason="no-layer")
    shown = ", ".join(names[:5]) + (" …" if len(names) > 5 else "")
    raise Unreadable("FIL-07", file=request.name, layer=shown, n=len(names))


def _distinct_names(layers: list[SourceLayer]) -> list[SourceLayer]:
    """Two folders may hold layers of one name: the folder is then part of the name."""
    counts: dict[str, int] = {}
    for layer in layers:
        counts[layer.name] = counts.get(layer.name, 0) + 1
    return [
        replace(layer, name=layer.source.rsplit(".", 1)[0] if layer.source else layer.name)
        if counts[layer.name] > 1
        else layer
        for layer in layers
    ]
