"""CRS: each rule on reference systems speaks of what is wrong, and only then."""

from tests.validator.rules.speaking import says, silent


def test_crs_01_speaks_of_a_system_that_cannot_be_recognised():
    assert says(
        "CRS-01", "Strato servizi: il sistema di riferimento manca e non si può riconoscere."
    )


def test_crs_01_is_silent_about_a_declared_system():
    assert silent("CRS-01")


def test_crs_02_speaks_of_a_transformation():
    assert says(
        "CRS-02",
        "Strato servizi: coordinate trasformate da EPSG:3003 (Monte Mario / Italy 1) a "
        "EPSG:32632 (WGS 84 / UTM 32N); precisione attesa: entro 4 m.",
    )


def test_crs_02_is_silent_about_coordinates_already_in_the_stored_system():
    assert silent("CRS-02")


def test_crs_03_speaks_of_a_declaration_that_is_wrong():
    assert says(
        "CRS-03",
        "Strato servizi: dichiarato EPSG:4326 (WGS 84), ma le coordinate sono di "
        "EPSG:32632 (WGS 84 / UTM 32N).",
    )


def test_crs_03_is_silent_about_a_declaration_that_agrees():
    assert silent("CRS-03")


def test_crs_04_speaks_of_exchanged_axes():
    assert says("CRS-04", "Strato servizi: una posizione corretta scambiando le coordinate.")


def test_crs_04_is_silent_about_axes_in_order():
    assert silent("CRS-04")


def test_crs_05_speaks_of_a_layer_far_away():
    assert says("CRS-05", "Lo strato servizi cade a 885 km dal territorio del Comune.")


def test_crs_05_is_silent_about_a_layer_next_to_the_comune():
    assert silent("CRS-05")


def test_crs_06_speaks_of_web_mercator():
    assert says("CRS-06", "Strato servizi: coordinate in EPSG:3857, da usare solo per mappe web.")


def test_crs_06_is_silent_about_a_metric_system():
    assert silent("CRS-06")
