"""Rules at their edges: amendments, several layers, thresholds, and findings that explain
others.
"""

from dataclasses import replace

import polars as pl
import pytest

from tests.validator.rules import small_world
from tests.validator.rules.small_world import FORMER
from tests.validator.rules.speaking import batches, said, silent
from validator.dataset import CrsDecision, Reason
from validator.findings import NotRun, Severity
from validator.rules import examples, registry
from validator.rules.examples import HOME, Example, SentCell, row, rows
from validator.rules.run import run_all

SQUARE = (
    "POLYGON ((501000 5031000, 501100 5031000, 501100 5031100, 501000 5031100, 501000 5031000))"
)


def counts(example: Example) -> dict[str, int]:
    """How many findings of each code the whole catalogue makes of an example."""
    return dict(run_all(small_world.dataset(example), small_world.context(example)).counts)


@pytest.mark.parametrize("distance", [19, 21])
def test_uni_02_joins_namesakes_up_to_twenty_metres(distance):
    there = f"POINT ({501000 + distance} 5031000)"
    pair = rows(
        {"name": "Liceo Rebora", "kind": "superiori", "geometry": "POINT (501000 5031000)"},
        {
            "name": "liceo rebora",
            "kind": "superiori",
            "geometry": there,
        },
    )
    assert len(said("UNI-02", pair)) == (distance <= 20)


def test_uni_02_makes_one_finding_of_a_service_written_three_times():
    same = {"name": "Liceo Rebora", "kind": "superiori", "address": "Via Po", "street_number": "1"}
    assert said("UNI-02", rows(same, same, same)) == [
        "Righe 1, 2, 3 (Liceo Rebora, Liceo Rebora, Liceo Rebora): "
        "stesso nome, stesso tipo e stesso luogo."
    ]


def test_uni_02_does_not_join_the_same_street_with_other_numbers():
    one = {"name": "Nido", "kind": "primaria", "address": "Via Po", "street_number": "1"}
    assert silent("UNI-02", rows(one, {**one, "street_number": "90"}))


LIBRARY = {"name": "Biblioteca comunale", "kind": "biblioteca", "address": "Via Roma 1"}


def test_uni_02_does_not_join_one_address_in_two_towns():
    here, there = "POINT (501000 5031000)", "POINT (521000 5031000)"
    apart = rows({**LIBRARY, "geometry": here}, {**LIBRARY, "geometry": there})
    assert silent("UNI-02", apart)
    joined = rows(
        {**LIBRARY, "geometry": here}, {**LIBRARY, "geometry": there},
        {**LIBRARY, "geometry": here}, {**LIBRARY, "geometry": "POINT (521000 5031500)"},
    )  # fmt: skip
    assert [m.partition(" (")[0] for m in said("UNI-02", joined)] == ["Righe 1, 3", "Righe 2, 4"]


def test_uni_02_joins_a_row_without_place_to_its_address():
    pair = rows({**LIBRARY, "geometry": "POINT (501000 5031000)"}, {**LIBRARY, "geometry": None})
    assert len(said("UNI-02", pair)) == 1


def test_uni_02_knows_the_schools_of_one_institute_apart_by_their_codes():
    school = {"name": "I.I.S. Ferraris", "kind": "superiori", "address": "Via Po 1"}
    coded = [{**school, "school_code": code} for code in ("MITF1", "MIRI2", "MITF1", None)]
    told = said("UNI-02", rows(*coded[:2]))
    assert told == []
    assert [m.partition(" (")[0] for m in said("UNI-02", rows(*coded[:3]))] == ["Righe 1, 3"]


def test_sem_05_takes_al_pozzo_for_a_sign_and_not_for_a_well():
    shop = {"kind": "superiori", "name_kind": "ospedale"}
    for name in ("Al Pozzo", "DEL GIARDINO SRL", "All'Ospedale"):
        assert silent("SEM-05", Example(rows=({**shop, "name": name},)))
    assert said("SEM-05", Example(rows=({**shop, "name": "Alberto Ospedale"},)))


def test_sem_09_knows_the_further_sites_of_a_school():
    for code in ("VAMM866011-01", "MITF21000B-LS"):
        assert silent("SEM-09", row(name="Scuola", school_code=code))
    assert said("SEM-09", row(name="Scuola", school_code="VAMM866011-"))


@pytest.mark.parametrize("kind", ["Cfp", "Centro di formazione professionale", "C.F.P."])
def test_sem_09_leaves_the_numbers_of_vocational_centres_to_the_region(kind):
    assert silent("SEM-09", row(name="Padre Monti", type=kind, school_code="275662"))
    assert said("SEM-09", row(name="Padre Monti", type=kind, school_code="PC13000E"))
    assert said("SEM-09", row(name="Rebora", type="Liceo", school_code="275662"))


def test_att_12_leaves_one_identifier_for_all_rows_to_uni_01():
    same = rows(*({"identifier": "S327554", "name": f"Area {n}"} for n in range(12)))
    assert silent("ATT-12", same)
    assert len(said("UNI-01", same)) == 1


def test_att_11_of_one_row_without_a_column_of_names_has_no_gap_in_its_words():
    told = said("ATT-11", row(type="Liceo"))
    assert told == ["Riga 1: il nome «—» non identifica il servizio."]


def test_fil_09_says_tab_and_that_no_decimals_were_seen():
    told = said("FIL-09", examples.noting("FIL-09", sep="\t", dec=""))
    assert told == ["Letto con separatore «tabulazione» e decimale «nessuno»."]


def test_geo_07_is_an_error_where_boundaries_are_detailed():
    outside = row(name="Liceo", geometry="POINT (506000 5031000)")
    dataset, context = small_world.dataset(outside), small_world.context(outside)
    sharp = replace(context, territory=replace(context.territory, detailed=True, accuracy_m=10.0))
    assert run_all(dataset, context).blocked_count == 0
    assert run_all(dataset, sharp).blocked_count == 1


def test_geo_07_is_silent_where_the_row_says_that_it_is_elsewhere():
    assert silent(
        "GEO-07",
        row(
            name="Depuratore",
            geometry="POINT (506000 5031000)",
            other_municipality="Comune vicino",
        ),
    )


def test_geo_07_is_not_run_without_the_outline_of_the_comune():
    found = registry.get("GEO-07")
    whole = small_world.context(row()).territory
    world = replace(small_world.context(found.fails), territory=whole)
    lost = replace(small_world.dataset(found.fails), home=("999999",))
    answer = found.check(lost, registry.declared_thresholds(), world)
    assert answer == NotRun("GEO-07", "no_boundary")


def test_geo_01_only_warns_of_a_row_that_has_an_address():
    addressed = Example(
        rows=({"name": "Liceo", "type": "Liceo", "kind": "superiori", "address": "Via Po 1"},),
        crs=CrsDecision(None, None, Reason("no_geometry")),
    )
    report = run_all(small_world.dataset(addressed), small_world.context(addressed))
    assert report.counts["GEO-01"] == 1
    assert report.severities["error"] == 0


def test_geo_10_tells_a_chain_of_overlaps_as_one_finding():
    areas = [
        f"POLYGON (({x} 5031000, {x + 100} 5031000, {x + 100} 5031100, {x} 5031100, {x} 5031000))"
        for x in (501000, 501060, 501120)
    ]
    assert said(
        "GEO-10", rows(*({"name": f"Parco {i}", "geometry": a} for i, a in enumerate(areas)))
    ) == ["Righe 1, 2, 3 (Parco 0, Parco 1, Parco 2): aree sovrapposte per 8.000 m²."]


def test_geo_11_becomes_an_error_above_the_second_threshold():
    found = batches("GEO-11", registry.get("GEO-11").fails, vertices_error=5_100)
    assert [batch.severity for batch in found] == [Severity.ERROR]


def test_geo_12_leaves_a_shared_site_of_two_to_uni_03():
    spot = "POINT (501000 5031000)"
    two = rows({"name": "Liceo", "geometry": spot}, {"name": "Palestra", "geometry": spot})
    assert silent("GEO-12", two)
    assert len(said("UNI-03", two)) == 1


def test_att_15_tells_private_contacts_without_blocking_and_without_the_value():
    contact = row(name="Ambulatorio", phone="333 1234567", email="mario.rossi@gmail.com")
    found = batches("ATT-15", contact)
    assert {batch.severity for batch in found} == {Severity.INFO}
    assert not any("1234567" in message for message in said("ATT-15", contact))


def test_att_15_does_not_take_a_wrong_check_letter_for_a_person():
    assert silent("ATT-15", row(name="Ambulatorio", notes="RSSMRA85T10A562X"))


def test_att_01_lets_a_category_alone_pass():
    assert silent("ATT-01", row(name="Liceo", category="ISTRUZIONE", type=None))
    assert silent("ATT-04", row(name="Liceo", category="ISTRUZIONE", category_read="istruzione"))


def test_one_missing_column_is_one_finding():
    planned = rows(*({"name": f"Liceo {i}", "status": "previsto"} for i in range(3)))
    assert said("ATT-08", planned) == [
        "3 servizi previsti non hanno né atto né anno (righe 1, 2, 3)."
    ]


def test_a_rule_of_an_absent_column_is_not_run_and_says_so():
    plain = row(name="Liceo", type="Liceo", kind="superiori", geometry="POINT (501000 5031000)")
    report = run_all(small_world.dataset(plain), small_world.context(plain))
    assert "SEM-10" not in report.ran
    idle = next(item for item in report.not_run if item.code == "SEM-10")
    words = registry.render("SYS-02", {"check": "SEM-10", "reason": idle.reason, **idle.params})
    assert words.message == "Controllo SEM-10 non eseguito: manca la colonna «CUP»."
    assert report.valid


@pytest.mark.parametrize(
    ("code", "without"),
    [
        ("CMP-01", "no_accepted"), ("CMP-02", "no_accepted"), ("CMP-03", "no_accepted"),
        ("CMP-04", "no_accepted"), ("CMP-08", "no_accepted"), ("CMP-05", "no_others"),
        ("CMP-06", "no_others"), ("CMP-07", "no_others"), ("SEM-08", "no_stops"),
        ("SEM-13", "few_municipalities"), ("SEM-06", "no_lum_codes"), ("SEM-11", "no_register"),
    ],
)  # fmt: skip
def test_without_its_data_a_rule_is_not_run(code, without):
    bare = replace(
        registry.get(code).fails, accepted=None, known=None, stops=None, expected=None, extra={}
    )
    assert batches(code, bare) == NotRun(code, without)


def test_cause_wins_crs_01_over_fil_05():
    lost = Example(
        rows=({"name": "Liceo", "type": "Liceo", "address": "Via Po 1"},),
        notes=(Reason("FIL-05", {"name": "servizi"}),),
        crs=CrsDecision(None, None, Reason("unrecognised")),
    )
    found = counts(lost)
    assert found["CRS-01"] == 1
    assert "FIL-05" not in found


def test_a_sharp_fall_is_told_beside_the_services_that_vanished():
    """A count falls only where a service vanishes: CMP-01 would always silence CMP-02."""
    found = counts(registry.get("CMP-02").fails)
    assert (found["CMP-01"], found["CMP-02"]) == (1, 1)


def test_cause_wins_cmp_07_over_cmp_05():
    found = counts(registry.get("CMP-07").fails)
    assert found["CMP-07"] == 1
    assert "CMP-05" not in found


def test_cmp_03_asks_nothing_of_a_row_linked_by_its_content():
    moved = {"name": "Liceo", "kind": "superiori", "geometry": "POINT (501200 5031000)"}
    known = {"key": "A1", "name": "LICEO", "kind": "superiori", "x": 501000.0, "y": 5031000.0}
    assert silent("CMP-01", Example(rows=(moved,), accepted=(known,)))


def test_a_second_layer_is_named_where_a_group_spans_both():
    same = {"name": "Liceo", "kind": "superiori", "address": "Via Po 1"}
    dataset = small_world.dataset(rows(same, same))
    first = replace(dataset.layers[0], rows=1)
    second = replace(first, name="previsti", start=1)
    frame = dataset.frame.with_columns(
        layer=pl.Series(["servizi", "previsti"]), row=pl.Series([1, 1], dtype=pl.UInt32)
    )
    both = replace(dataset, frame=frame, layers=(first, second))
    report = run_all(both, small_world.context(row()))
    batch = next(batch for batch in report.batches if batch.code == "UNI-02")
    stored = batch.frame().row(0, named=True)
    assert "servizi 1, previsti 1" in stored["params"]
    assert (stored["layer"], stored["rows"]) == ("servizi", [1])


def test_att_05_knows_the_code_of_a_comune_merged_into_ours():
    assert silent("ATT-05", row(name="Liceo", istat=FORMER))


def test_att_06_tells_a_merged_comune_s_code_beside_a_lost_zero():
    both = rows(
        {"name": "Liceo", "istat": SentCell("15000", "015000", "istat_zero")},
        {"name": "Museo", "istat": SentCell(FORMER, HOME, "istat_former")},
    )
    assert said("ATT-06", both) == [
        "Un codice ISTAT: zero iniziale aggiunto (15000 → 015000).",
        "Un codice ISTAT: Comune soppresso, vale il codice del Comune che lo continua "
        "(015900 → 015000).",
    ]
    assert "merged municipality" in said("ATT-06", both, "en")[1]


def test_att_05_counts_a_code_that_is_none():
    assert len(said("ATT-05", row(name="Liceo", istat=SentCell("milano")))) == 1
    assert silent("ATT-05", row(name="Liceo", istat=HOME))


def test_wording_has_three_forms():
    def render(numbers, total):
        params = {"column": "Nome"}
        return registry.render("ATT-01", params, rows=numbers, total=total).message

    assert render([12], 214) == "Riga 12: «Nome» è vuoto."
    assert render([*range(1, 13)], 214).startswith("«Nome» è vuoto in 12 righe (1, 2, 3")
    assert render([*range(1, 13)], 214).endswith("e altre 2).")
    assert "in tutte le 214 righe: forse la colonna" in render([*range(1, 215)], 214)


def test_every_rule_stands_rows_without_geometry_before_those_with():
    mixed = rows(
        {"name": "Liceo", "type": "Liceo", "kind": "superiori"},
        {"name": "Parco", "type": "Parco", "kind": "parco", "geometry": SQUARE},
        {"name": "Campo", "type": "Parco", "kind": "parco", "geometry": SQUARE},
    )
    report = run_all(small_world.dataset(mixed), small_world.context(mixed))
    assert report.crashed == ()
    assert report.counts["UNI-03"] == 1


def test_a_file_of_which_nothing_is_understood_has_no_repeated_services():
    blank = {"notes": "x", "fingerprint": "same"}
    assert silent("UNI-02", rows(blank, blank, blank))


def test_att_15_leaves_a_number_of_nine_digits_to_the_fixed_network():
    assert silent("ATT-15", row(name="Scuola", phone="362240046"))
    assert len(said("ATT-15", row(name="Scuola", phone="+39 333 12 34 567"))) == 1
