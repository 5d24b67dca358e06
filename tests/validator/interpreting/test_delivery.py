"""A file becomes one delivery: layers together, changes taken back, rows fingerprinted."""

from dataclasses import replace

import polars as pl
import pytest
import shapely

from tests.validator.interpreting.conftest import layer, read_file
from validator import schema
from validator.dataset import Change
from validator.interpreting.build import understand
from validator.interpreting.context import Accept, CellEdit, Undo
from validator.source_file import shape_of

HERE = shapely.Point(519_000, 5_042_000)
PLAN = {
    "ID": ["1", "2", "3"],
    "NOME": ["Museo Rossi", " Biblioteca Verdi ", "RSA Bianchi"],
    "TIPO": ["Museo", "Biblioteca", "RSA"],
    "SUPERFICIE": ["1.234,50", "-", "tanti"],
    "STATO": ["in esercizio", "esistente", "boh"],
    "COD_ISTAT": [15209, 15209, 15209],
}


def plan(**facts):
    return read_file(layer(PLAN, [HERE] * 3, declared_crs=32632, **facts))


@pytest.fixture
def dataset(context):
    return understand(plan(), context=context)


def test_the_frame_has_every_field_of_the_schema_with_its_type(dataset):
    for field in schema.FIELDS:
        assert field.name in dataset.frame.columns
    assert dataset.frame["area"].dtype == pl.Float64
    assert dataset.frame["opening_date"].dtype == pl.Date
    assert dataset.frame["notes"].null_count() == 3
    understood = {"kind", "kind_category", "level", "kind_confidence", "kind_evidence"}
    understood |= {"kind_reason", "kind_candidates", "category_read", "name_kind"}
    assert understood | {"position", "fingerprint"} <= set(dataset.frame.columns)


def test_rows_are_numbered_from_one_and_named_as_the_planner_names_them(dataset):
    assert dataset.frame["row"].to_list() == [1, 2, 3]
    assert dataset.label(1) == "2"
    assert dataset.has("area")
    assert not dataset.has("notes")
    assert dataset.column_of("area") == "SUPERFICIE"
    assert dataset.column_of("area", "altro") is None


def test_changed_and_failed_cells_keep_what_was_sent(dataset):
    assert dataset.frame["area"].to_list() == [1234.5, None, None]
    assert dataset.raw("area").to_list() == ["1.234,50", "-", "tanti"]
    assert dataset.failed("area").tolist() == [False, False, True]
    assert dataset.changed("area", Change.BLANK).tolist() == [False, True, False]
    assert dataset.raw("notes").to_list() == [None, None, None]
    assert not dataset.failed("notes").any()


def test_every_automatic_change_is_listed_with_its_rule(dataset):
    told = dataset.autofixes.select("row", "column", "change", "code", "before", "after").rows()
    assert told == [
        (1, "SUPERFICIE", "number", "ATT-02", "1.234,50", "1234.5"),
        (1, "COD_ISTAT", "istat_zero", "ATT-06", "15209", "015209"),
        (1, "STATO", "word", "ATT-07", "in esercizio", "esistente"),
        (2, "SUPERFICIE", "blank", "ATT-01", "-", None),
        (2, "COD_ISTAT", "istat_zero", "ATT-06", "15209", "015209"),
        (2, "NOME", "trimmed", "ATT-01", " Biblioteca Verdi ", "Biblioteca Verdi"),
        (3, "COD_ISTAT", "istat_zero", "ATT-06", "15209", "015209"),
    ]


def test_the_code_of_a_merged_comune_is_read_as_its_successor_s(context):
    territory = replace(context.territory, former={"015235": "015209"})
    merged = replace(context, territory=territory)
    sent = read_file(
        layer({**PLAN, "COD_ISTAT": ["015235", "15235", "15209"]}, [HERE] * 3, declared_crs=32632)
    )
    found = understand(sent, context=merged)
    assert found.frame["istat"].to_list() == ["015209"] * 3
    assert found.raw("istat").to_list() == ["015235", "15235", "15209"]
    assert found.changed("istat", Change.ISTAT_FORMER).tolist() == [True, True, False]
    told = found.autofixes.filter(pl.col("change") == "istat_former")
    assert told.select("code", "before", "after").row(0) == ("ATT-06", "015235", "015209")
    kept = understand(sent, context=replace(merged, undone=(Undo(change="istat_former"),)))
    assert kept.frame["istat"].to_list() == ["015235", "015235", "015209"]


def test_a_change_taken_back_leaves_the_cell_as_sent(context):
    cell = replace(context, undone=(Undo("name", "servizi", 2),))
    assert understand(plan(), context=cell).frame["name"][1] == " Biblioteca Verdi "
    sort = replace(context, undone=(Undo(change="istat_zero"),))
    found = understand(plan(), context=sort)
    assert found.frame["istat"].to_list() == ["15209"] * 3
    assert found.frame["area"][0] == 1234.5
    number = replace(context, undone=(Undo("area"),))
    assert understand(plan(), context=number).failed("area").tolist() == [True, True, True]


def test_a_cell_written_by_a_person_counts_as_sent_and_is_told(context):
    edits = (
        CellEdit("servizi", 3, "area", "2.500,00"),
        CellEdit("servizi", 3, "notes", "verificato"),
        CellEdit("servizi", 1, "area", "molti"),
    )
    found = understand(plan(), context=replace(context, edits=edits))
    assert found.frame["area"].to_list() == [None, None, 2500.0]
    assert found.frame["notes"].to_list() == [None, None, "verificato"]
    assert found.changed("area", Change.EDITED).tolist() == [False, False, True]
    assert found.failed("area").tolist() == [True, False, False]
    assert found.raw("area").to_list()[2] == "tanti"


def test_a_type_picked_by_a_person_beats_what_was_recognised(context):
    edits = (CellEdit("servizi", 1, "kind", "teatri"), CellEdit("servizi", 2, "kind", ""))
    found = understand(plan(), context=replace(context, edits=edits))
    assert found.frame["kind"].to_list() == ["teatri", None, "rsa"]
    assert found.frame["level"].to_list() == ["supra", None, "supra"]


def test_layers_of_services_are_read_together_and_the_others_listed(context):
    plots = layer({"foglio": ["1"], "mappale": ["2"]}, [HERE], name="catasto", declared_crs=32632)
    planned = layer({"NOME": ["Museo"], "TIPO": ["Museo"]}, [HERE], name="servizi_previsti",
                    declared_crs=32632)  # fmt: skip
    found = understand(read_file(*plan().layers, plots, planned), context=context)
    assert [facts.name for facts in found.layers] == ["servizi", "servizi_previsti"]
    assert found.others == ("catasto",)
    assert len(found) == 4
    assert found.frame["row"].to_list() == [1, 2, 3, 1]
    assert [facts.start for facts in found.layers] == [0, 3]
    only = understand(
        read_file(*plan().layers, planned), context=replace(context, layers=("servizi",))
    )
    assert len(only) == 3


def test_a_file_without_services_still_gives_its_layer_to_the_rules(context):
    found = understand(read_file(layer({"a": ["x"]}, [HERE])), context=context)
    assert len(found) == 1
    assert not found.has("name")


def test_the_layer_name_gives_the_status_where_no_column_does(context):
    read = read_file(layer({"NOME": ["a"], "TIPO": ["Museo"]}, [HERE], name="servizi_previsti"))
    found = understand(read, context=context)
    assert found.frame["status"][0] == "previsto"
    assert found.changed("status", Change.LAYER_STATUS)[0]
    assert found.raw("status")[0] == "servizi_previsti"
    back = replace(context, undone=(Undo("status"),))
    assert understand(read, context=back).frame["status"][0] is None


def test_the_matrix_gives_the_status_where_the_status_is_empty(context):
    columns = {
        "NOME": ["a", "b"],
        "TIPOLOGIA": ["Museo"] * 2,
        "STATO": [None, "chiuso"],
        "MATRICE": ["SERVIZI PUBBLICI PREVISTI"] * 2,
    }
    found = understand(read_file(layer(columns, [HERE] * 2)), context=context)
    assert found.frame["status"].to_list() == ["previsto", "dismesso"]


def test_the_layer_name_gives_the_type_where_no_column_does(context):
    found = understand(
        read_file(layer({"NOME": ["Del Corso"]}, [HERE], name="farmacie")), context=context
    )
    assert found.frame["kind"][0] == "farmacia"


def green(side, declared=None, **more):
    shape = HERE if side is None else shapely.box(519_000, 5_042_000, 519_000 + side, 5_042_100)
    columns = {"NOME": ["Parco"], "TIPO": ["Parco"], "SUPERFICIE": [declared], **more}
    return read_file(layer(columns, [shape], declared_crs=32632))


@pytest.mark.parametrize(
    ("side", "declared", "kind"),
    [
        (60, None, "aree-a-verde-pubblico"),
        (40, None, "verde-di-quartiere"),
        (40, 9000.0, "verde-di-quartiere"),
        (50, None, "verde-di-quartiere"),
        (None, 9000.0, "aree-a-verde-pubblico"),
        (None, 900.0, "verde-di-quartiere"),
        (None, None, None),
    ],
)
def test_green_is_supra_municipal_only_above_five_thousand_square_metres(
    context, side, declared, kind
):
    found = understand(green(side, declared), context=context)
    assert found.frame["kind"][0] == kind
    if kind is None:
        assert found.frame["kind_reason"][0] == "area_unknown"
        assert found.frame["kind_category"][0] == "verde-pubblico"


def test_a_park_declared_metropolitan_is_believed_where_no_area_is_known(context):
    found = understand(green(None, None, VALENZA=["metropolitana"]), context=context)
    assert found.frame["kind"][0] == "aree-a-verde-pubblico"


def test_mojibake_is_mended_only_when_accepted(context):
    read = read_file(layer({"NOME": ["LibertÃ\xa0"], "TIPO": ["Museo"]}, [HERE]))
    assert understand(read, context=context).frame["name"][0] == "LibertÃ"
    accepted = replace(context, accepted=(Accept("mojibake"),))
    found = understand(read, context=accepted)
    assert found.frame["name"][0] == "Libertà"
    assert found.changed("name", Change.MOJIBAKE)[0]


def test_mended_accents_can_be_taken_back_and_leave_the_other_changes_alone(context):
    read = read_file(layer({"NOME": [" LibertÃ  "], "TIPO": ["Museo"]}, [HERE]))
    taken = replace(context, accepted=(Accept("mojibake"),))
    back = understand(read, context=replace(taken, undone=(Undo(change="mojibake"),)))
    assert back.frame["name"][0] == "LibertÃ"
    assert not back.changed("name", Change.MOJIBAKE).any()
    spaces = replace(taken, undone=(Undo(change="blank"),))
    blanks = read_file(layer({"NOME": ["LibertÃ ", "n.d."], "TIPO": ["Museo"] * 2}, [HERE] * 2))
    assert understand(blanks, context=taken).frame["name"].to_list() == ["Libertà", None]
    assert understand(blanks, context=spaces).frame["name"].to_list() == ["Libertà", "n.d."]


def test_a_status_taken_from_the_matrix_can_be_taken_back(context):
    columns = {"NOME": ["a"], "TIPOLOGIA": ["Museo"], "MATRICE": ["SERVIZI PUBBLICI ESISTENTI"]}
    read = read_file(layer(columns, [HERE]))
    assert understand(read, context=context).frame["status"][0] == "esistente"
    back = understand(read, context=replace(context, undone=(Undo(change="word"),)))
    assert back.frame["status"][0] is None
    assert not len(back.autofixes)


def test_what_was_chosen_for_one_layer_says_nothing_of_another(context):
    first = layer({"NOME": ["a"], "TIPO": ["Museo"], "ALTRO": ["x"]}, [HERE], name="uno")
    second = layer({"NOME": ["b"], "TIPO": ["Museo"], "NIENTE": ["y"]}, [HERE], name="due")
    aside = {"uno": {"NOME": None, "ALTRO": "name"}}
    once = {shape_of(first.frame.columns): aside["uno"]}
    for told in ({"columns": aside}, {"remembered": once}):
        found = understand(read_file(first, second), context=replace(context, **told))
        assert found.frame["name"].to_list() == ["x", "b"]


def fingerprint(context, columns, shape, **facts):
    read = read_file(layer(columns, [shape], declared_crs=32632, **facts))
    return understand(read, context=context).frame["fingerprint"][0]


def test_the_fingerprint_sees_what_matters_and_nothing_else(context):
    columns = {"NOME": ["Museo Rossi"], "TIPO": ["Museo"], "NOTE": [None]}
    same = fingerprint(context, columns, HERE)
    assert len(same) == 32
    assert fingerprint(context, {**columns, "EXTRA": ["x"]}, HERE) == same
    assert fingerprint(context, columns, shapely.Point(519_000.001, 5_042_000)) == same
    assert fingerprint(context, columns, HERE, name="altro_nome") == same
    assert fingerprint(context, {**columns, "NOTE": ["y"]}, HERE) != same
    assert fingerprint(context, columns, shapely.Point(519_000.02, 5_042_000)) != same


def test_the_fingerprint_does_not_depend_on_where_a_ring_begins(context):
    ring = [(519_000, 5_042_000), (519_100, 5_042_000), (519_100, 5_042_100)]
    columns = {"NOME": ["Museo"], "TIPO": ["Museo"]}
    turned = shapely.Polygon([ring[2], ring[1], ring[0]])
    assert fingerprint(context, columns, shapely.Polygon(ring)) == fingerprint(
        context, columns, turned
    )
