"""The figures on real and constructed plans: types, columns, systems. Run with -s to read them."""

import csv
import unicodedata
from collections import Counter
from pathlib import Path

import polars as pl
import pytest

from validator.confined import client
from validator.interpreting.build import understand
from validator.interpreting.context import Context
from validator.interpreting.kinds import recognise

pytestmark = pytest.mark.real_data

PLANS = {
    "pds_costruito_sesto_san_giovanni.zip": ("015209", 3003, "declared"),
    "pds_costruito_legnano.gpkg": ("015118", 32632, "declared"),
    "pds_costruito_rho.csv": ("015182", 32632, "absent"),
}
BOW_TIES = {
    "pds_costruito_sesto_san_giovanni.zip": ["D01"],
    "pds_costruito_legnano.gpkg": ["028"],
    "pds_costruito_rho.csv": [],
}


@pytest.fixture
def deliver(shared_data, taxonomy, territory, reader):
    """Read a plan as its comune would deliver it, some columns hidden if asked."""

    def understood(name, *, municipality="015146", hide=()):
        path = Path(shared_data) / name
        context = Context(
            taxonomy=taxonomy,
            territory=territory,
            home=(municipality,),
            columns={"": dict.fromkeys(hide)},
        )
        return understand(
            client.read(path, name=path.name, socket_path=reader.socket), context=context
        )

    return understood


def folded(text):
    bare = "".join(one for one in unicodedata.normalize("NFKD", text) if one.isascii())
    return bare.casefold().replace("'", "").strip()


def score(dataset, truth, taxonomy):
    counts = Counter()
    for identifier, slug in dataset.frame.select("identifier", "kind").iter_rows():
        expected = truth[identifier]["voce_attesa"]
        kind = taxonomy.kind(slug)
        if kind is None:
            counts["unrecognised"] += 1
        else:
            counts["right" if folded(kind.label) == folded(expected) else "wrong"] += 1
    return counts


def truth_of(shared_data, name):
    path = Path(shared_data) / "piani" / f"{name.partition('.')[0]}_verita.csv"
    with path.open(encoding="utf-8") as file:
        return {row["ID"]: row for row in csv.DictReader(file)}


def all_types(deliver, shared_data, taxonomy, hide=()):
    counts = Counter()
    for name, (municipality, _crs, _why) in PLANS.items():
        dataset = deliver(f"piani/{name}", municipality=municipality, hide=hide)
        counts += score(dataset, truth_of(shared_data, name), taxonomy)
    return counts


def test_at_least_95_in_a_hundred_of_the_173_types_are_those_of_the_truth_files(
    deliver, shared_data, taxonomy
):
    counts = all_types(deliver, shared_data, taxonomy)
    print(f"\ntypes, all columns: {dict(counts)}")
    assert counts.total() == 173
    assert counts["right"] >= 0.95 * 173


def test_with_category_and_type_hidden_few_are_wrong_and_the_rest_goes_to_review(
    deliver, shared_data, taxonomy
):
    counts = all_types(deliver, shared_data, taxonomy, hide=("CATEGORIA", "TIPOLOGIA"))
    print(f"\ntypes, CATEGORIA and TIPOLOGIA hidden: {dict(counts)}")
    assert counts["unrecognised"] > 0, "nothing was hidden"
    assert counts["wrong"] <= 0.05 * 173
    assert counts["right"] >= 0.70 * 173


@pytest.mark.parametrize("name", PLANS)
def test_the_constructed_plans_are_read_without_asking_anything(deliver, name):
    municipality, used, why = PLANS[name]
    dataset = deliver(f"piani/{name}", municipality=municipality)
    for facts in dataset.layers:
        assert (facts.crs.used, facts.crs.why.code) == (used, why)
        assert facts.crs.km == 0
        assert facts.doubtful == ()
    assert dataset.others == ()
    assert set(dataset.frame["position"]) == {"ok"}
    assert set(dataset.frame["status"]) <= {"esistente", "previsto"}
    broken = dataset.frame.filter(pl.Series(dataset.invalid))
    assert broken["identifier"].to_list() == BOW_TIES[name]


def test_the_decimal_commas_of_rho_are_numbers(deliver):
    dataset = deliver("piani/pds_costruito_rho.csv", municipality="015182")
    assert dataset.frame["area"][0] == 4063.0
    assert dataset.frame["floor_area"][0] == 1625.0
    assert dataset.frame["notes"][0] == "Qualità e quantità da verificare – 1° lotto"


def test_the_one_real_record_of_milano_is_placed_by_its_columns(deliver):
    dataset = deliver("piani/milano_pds_record_esempio.geojson")
    facts = dataset.layers[0]
    assert (facts.crs.used, facts.position_from) == (3003, "columns")
    assert facts.crs.km == 0
    row = dataset.frame.row(0, named=True)
    assert (row["kind"], row["status"], row["area"]) == ("scuola-dellinfanzia", "esistente", None)


PALERMO_KIND = {
    "Teatri": "Teatri", "RSA": "RSA", "Centri sportivi": "Centri sportivi",
    "Aree verdi > 5000 mq se superficie": "Aree a verde pubblico > 5.000 mq",
}  # fmt: skip


def test_palermos_legend_is_never_guessed(shared_data, taxonomy, lexicon):
    path = Path(shared_data) / "piani" / "palermo_legenda_classi_attese.csv"
    legend = pl.read_csv(path, infer_schema=False)
    texts = legend.select(type_code="ZTO", type=pl.col("DESCRIZION").replace("", None))
    found = recognise(texts, lexicon, "palermo_prg")
    counts = Counter()
    for row, slug, reason in zip(
        legend.iter_rows(named=True), found["kind"], found["kind_reason"], strict=True
    ):
        expected, many = row["voce_attesa"], int(row["n"])
        kind = taxonomy.kind(slug)
        if "multiplo" in expected:
            assert reason == "joined_codes", row
        if kind is None:
            counts["unrecognised"] += many
        elif kind.supra:
            counts["right" if PALERMO_KIND.get(expected) == kind.label else "wrong"] += many
        else:
            local = expected.startswith(("locale", "nessuna"))
            counts["right" if local else "wrong"] += many
    print(f"\nPalermo's legend, rows: {dict(counts)}")
    assert counts["wrong"] <= 0.05 * counts.total()
    assert counts["right"] >= 0.80 * counts.total()


def test_palermo_is_far_away_and_its_green_is_tested_by_area(deliver):
    dataset = deliver("piani/palermo_prg2004_verde_pubblico.geojson")
    assert dataset.layers[0].crs.why.code == "far"
    green = dataset.frame.with_columns(area_drawn=pl.Series(dataset.areas)).filter(
        pl.col("kind").is_in(["aree-a-verde-pubblico", "verde-di-quartiere"])
    )
    large = green.filter(pl.col("area_drawn") > 5_000)
    assert set(large["kind"]) == {"aree-a-verde-pubblico"}
    assert green.height > large.height > 0


REGISTERS = {
    "ospedali_regione.csv": ("DESCRIZIONE STRUTTURA DI RICOVERO", ",", "ospedali"),
    "biblioteche_mibact_lombardia.csv": ("denominazioni.ufficiale", ";", "biblioteche"),
    "farmacie_regione.csv": ("DESCRIZIONE_FARMACIA", ",", "farmacia"),
}


def test_names_of_the_regional_registers_alone_are_rarely_taken_for_something_else(
    shared_data, lexicon
):
    counts = Counter()
    for name, (column, separator, kind) in REGISTERS.items():
        path = Path(shared_data) / "servizi" / name
        texts = pl.read_csv(path, separator=separator, infer_schema=False)[column]
        for slug in recognise(texts.alias("name").to_frame(), lexicon)["kind"]:
            counts["unrecognised" if slug is None else "right" if slug == kind else "wrong"] += 1
    print(f"\nnames of registers alone: {dict(counts)}")
    assert counts["wrong"] <= 0.02 * counts.total()


LEVELS = {
    "Istituto Istruzione Primario": "local",
    "Scuola dell'Infanzia": "local",
    "Istituto Istruzione Secondario Primo grado": "local",
    "Istituto Istruzione Secondario Secondo grado": "supra",
    "Ctp": "local",
}


def test_names_of_schools_alone_tell_the_upper_ones_from_the_local_ones(shared_data, lexicon):
    path = Path(shared_data) / "servizi" / "scuole_regione_A.csv"
    schools = pl.read_csv(path, infer_schema=False)
    found = recognise(schools.select(name="Denominazione"), lexicon)
    counts = Counter()
    for grade, level in zip(schools["Tipologia"], found["level"], strict=True):
        right = LEVELS[grade] == level
        counts["unrecognised" if level is None else "right" if right else "wrong"] += 1
    print(f"\nnames of schools alone: {dict(counts)}")
    assert counts["wrong"] <= 0.01 * counts.total()
    assert counts["right"] >= 0.95 * counts.total()
