"""What the confined process interprets arrives as it was there: every column, shape and fact."""

import json
from dataclasses import fields, replace

import numpy as np
import polars as pl
import pytest
import shapely

from tests.hostile_files import nested_wkb
from tests.real_files import SHARED_DATA
from validator.confined import client, crossing
from validator.dataset import Dataset
from validator.interpreting.build import understand
from validator.interpreting.context import Accept, CellEdit, Context, Undo
from validator.reading.errors import ReaderDied, Unreadable
from validator.rules.report import plain
from validator.territory import Territory

FILES = sorted(
    path
    for folder in ("piani", "ostici")
    for path in (SHARED_DATA / folder).glob("*")
    if path.suffix in (".zip", ".gpkg", ".csv", ".xlsx", ".geojson") and path.stat().st_size < 3e6
)


def facts(dataset: Dataset) -> str:
    """All that is no column, as text that can be compared."""
    told = [
        (
            layer.name, layer.start, layer.rows, layer.columns, layer.crs, layer.encoding,
            layer.encoding_origin, layer.profile, layer.position_from, layer.geometry_types,
            layer.notes, layer.source,
        )
        for layer in dataset.layers
    ]  # fmt: skip
    rest = (dataset.others, dataset.notes, dataset.format, dataset.home)
    return repr(json.loads(json.dumps((told, rest), default=lambda one: plain_of(one))))


def plain_of(one: object) -> object:
    if hasattr(one, "__dataclass_fields__"):
        return {name: getattr(one, name) for name in one.__dataclass_fields__}
    return dict(one) if hasattr(one, "keys") else plain(one)


def same_shapes(one: np.ndarray, other: np.ndarray) -> bool:
    return shapely.to_wkb(one).tolist() == shapely.to_wkb(other).tolist()


@pytest.mark.real_data
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_file_interpreted_in_the_process_is_what_it_is_here(path, server, context: Context):
    asked = {"name": path.name, "socket_path": server.socket}
    try:
        read = client.read(path, **asked)
    except Unreadable:
        with pytest.raises(Unreadable):
            client.interpret(path, context=context, **asked)
        return
    here = understand(read, context=context)
    there = client.interpret(path, context=context, **asked)
    assert facts(there) == facts(here)
    assert there.frame.equals(here.frame)
    assert there.frame.schema == here.frame.schema
    assert there.repairs.equals(here.repairs)
    for mine, theirs in zip(here.layers, there.layers, strict=True):
        assert theirs.frame.equals(mine.frame)
    assert same_shapes(there.geometry, here.geometry)
    assert same_shapes(there.sent, here.sent)
    for mask in ("invalid", "repaired", "flattened"):
        assert getattr(there, mask).tolist() == getattr(here, mask).tolist()


def test_the_choices_of_people_go_in_whole(context: Context):
    told = replace(
        context,
        layers=("uno", "due"),
        crs={"": 3003, "uno": 32632},
        columns={"uno": {"NOME": None, "ALTRO": "name"}},
        remembered={"ab" * 32: {"TIPO": "type"}},
        edits=(CellEdit("uno", 3, "name", "Liceo «Rebora»"), CellEdit("uno", 4, "status", None)),
        undone=(Undo(change="mojibake"), Undo(field="geometry", row=2)),
        accepted=(Accept("repair", "uno", 7),),
        territory=Territory(
            codes=("015209",),
            names=("Sesto San Giovanni",),
            outlines=(shapely.box(500000, 5030000, 505000, 5035000),),
            former={"015235": "015251"},
        ),
        home=("015209", "015077"),
        placed_by="code",
    )
    sent = json.loads(json.dumps(crossing.context_to_json(told)))
    assert crossing.context_from_json(sent) == told
    assert sent.keys() == {field.name for field in fields(Context)}


def test_an_empty_layer_crosses_too(tmp_path, context: Context):
    path = tmp_path / "piano.csv"
    path.write_text("NOME;TIPO\nMuseo;Museo\n", encoding="utf-8")
    found = client.interpret(path, name="piano.csv", context=context)
    assert found.geometry.tolist() == [None]
    assert found.frame["name"].to_list() == ["Museo"]
    assert found.repairs.schema == pl.Schema(found.repairs.schema)


def test_shapes_that_no_honest_process_sends_are_not_loaded(tmp_path, context: Context):
    path = tmp_path / "piano.csv"
    path.write_text("NOME;TIPO\nMuseo;Museo\n", encoding="utf-8")
    told = crossing.write_dataset(
        tmp_path, client.interpret(path, name="piano.csv", context=context)
    )
    rows = pl.read_ipc((tmp_path / crossing.ROWS).read_bytes())
    deep = pl.Series("__sent__", [nested_wkb(5_000)], dtype=pl.Binary)
    rows.with_columns(deep).write_ipc(tmp_path / crossing.ROWS, compression="uncompressed")
    with pytest.raises(ReaderDied):
        crossing.load_dataset(tmp_path, told, context)
