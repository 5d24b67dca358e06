"""GEO: each rule on geometries speaks of what is wrong, and only then."""

from dataclasses import replace

import numpy as np
import pytest
import shapely

from tests.validator.rules.speaking import says, silent
from validator.interpreting.repair import Tolerance, repair
from validator.rules import registry
from validator.rules.examples import HOME


def test_geo_01_speaks_of_a_row_without_position():
    assert says("GEO-01", "Riga 1: geometria assente.")


def test_geo_01_is_silent_about_a_row_with_its_point():
    assert silent("GEO-01")


def test_geo_02_speaks_of_a_line():
    assert says("GEO-02", "Riga 1: geometria di tipo «linea» non ammessa per un servizio.")


def test_geo_02_is_silent_about_a_point():
    assert silent("GEO-02")


def test_geo_03_speaks_of_a_small_repair():
    assert says(
        "GEO-03",
        "Riga 1: geometria riparata (il contorno si incrocia); area da 9.999 a 10.000 m².",
    )


def test_geo_03_is_silent_about_a_valid_shape():
    assert silent("GEO-03")


def test_geo_04_speaks_of_a_bow_tie():
    assert says(
        "GEO-04",
        "Riga 1: il contorno si incrocia nel punto segnato. Riparandolo l'area "
        "passerebbe da 2.250 a 3.357,7 m².",
    )


def test_geo_04_is_silent_about_a_valid_outline():
    assert silent("GEO-04")


def test_geo_05_speaks_of_heights():
    assert says(
        "GEO-05",
        "Strato servizi: una geometria con quota o misura; conservata solo la pianta.",
    )


def test_geo_05_is_silent_about_a_flat_point():
    assert silent("GEO-05")


def test_geo_06_speaks_of_zero_and_zero():
    assert says("GEO-06", "Riga 1: coordinate nulle (0, 0).")


def test_geo_06_is_silent_about_real_coordinates():
    assert silent("GEO-06")


def test_geo_07_speaks_of_a_point_a_kilometre_outside():
    assert says("GEO-07", "Riga 1: fuori dal Comune di 1.000 m.")


def test_geo_07_is_silent_about_a_point_within_the_accuracy_of_the_outline():
    assert silent("GEO-07")


def test_geo_08_speaks_of_an_area_across_the_boundary():
    assert says("GEO-08", "Riga 1: il 50% dell'area ricade fuori dal Comune (Comune vicino).")


def test_geo_08_is_silent_about_an_area_inside():
    assert silent("GEO-08")


def test_geo_09_speaks_of_an_area_of_eight_square_metres():
    assert says("GEO-09", "Riga 1: area di 8 m², larga in media 1,5 m: forse un residuo.")


def test_geo_09_is_silent_about_an_area_of_a_hectare():
    assert silent("GEO-09")


def test_geo_10_speaks_of_two_overlapping_areas():
    assert says("GEO-10", "Righe 1, 2 (Parco, Campo): aree sovrapposte per 5.000 m².")


def test_geo_10_is_silent_about_identical_areas_which_are_another_rules():
    assert silent("GEO-10")


def test_geo_11_speaks_of_five_thousand_vertices():
    assert says("GEO-11", "Riga 1: 5.201 vertici, oltre la soglia di 5.000.")


def test_geo_11_is_silent_about_a_square():
    assert silent("GEO-11")


def test_geo_12_speaks_of_six_services_on_one_point():
    assert says(
        "GEO-12",
        "6 servizi hanno lo stesso punto (501000, 5031000): forse un punto generico. "
        "Righe 1, 2, 3, 4, 5, 6.",
    )


def test_geo_12_is_silent_about_a_lone_point():
    assert silent("GEO-12")


def test_geo_13_speaks_of_a_row_that_names_another_comune():
    assert says("GEO-13", "Riga 1: dice Messina, ma cade in Comune vicino; vale la posizione.")


def test_geo_13_is_silent_where_name_and_place_agree_and_about_a_comune_s_plan():
    assert silent("GEO-13")
    plan = replace(registry.get("GEO-13").fails, home=(HOME,))
    assert silent("GEO-13", plan)


def test_geo_14_speaks_of_geometries_without_end():
    assert says(
        "GEO-14",
        "Riga 1: la geometria non si può usare, ha geometrie una dentro l'altra per più di 32 "
        "livelli.",
    )


def test_geo_14_is_silent_about_a_point():
    assert silent("GEO-14")


@pytest.mark.parametrize("code", ["GEO-03", "GEO-04"])
def test_the_example_of_a_repair_is_what_the_repair_does(code):
    example = registry.get(code).fails
    outline = shapely.from_wkt(example.rows[0]["sent"])
    assert not outline.is_valid
    none = np.zeros(1, dtype=bool)
    done = repair(np.array([outline], dtype=object), Tolerance(), accepted=none, refused=none)
    (told,), shown = done.repairs.to_dicts(), example.repairs[0]
    assert (told["reason"], told["refused"]) == (shown["reason"], shown["refused"])
    for name in ("x", "y", "area_before", "area_after"):
        assert round(told[name], 1) == shown[name], name
