"""FIL: each rule on files and archives speaks of what is wrong, and only then."""

from tests.validator.rules.speaking import says, silent


def test_fil_01_speaks_of_a_file_that_does_not_open():
    assert says("FIL-01", "Il file piano.zip non si apre: sembra danneggiato.")


def test_fil_01_is_silent_about_a_file_that_opens():
    assert silent("FIL-01")


def test_fil_02_speaks_of_a_file_above_the_limit():
    assert says("FIL-02", "piano.gpkg è troppo grande: 700 MB, il limite è 100.")


def test_fil_02_is_silent_about_a_file_within_the_limits():
    assert silent("FIL-02")


def test_fil_03_speaks_of_an_archive_inside_an_archive():
    assert says(
        "FIL-03",
        "L'archivio contiene elementi non ammessi (altro.zip): archivio dentro un archivio.",
    )


def test_fil_03_is_silent_about_a_plain_archive():
    assert silent("FIL-03")


def test_fil_04_speaks_of_a_shapefile_without_its_table():
    assert says("FIL-04", "Nello shapefile servizi manca il file .dbf.")


def test_fil_04_is_silent_about_a_whole_shapefile():
    assert silent("FIL-04")


def test_fil_05_speaks_of_a_missing_prj():
    assert says(
        "FIL-05",
        "servizi.prj manca o non si legge: il sistema di riferimento è stato "
        "riconosciuto dalle coordinate.",
    )


def test_fil_05_is_silent_about_a_shapefile_with_its_prj():
    assert silent("FIL-05")


def test_fil_06_speaks_of_layers_left_out():
    assert says("FIL-06", "Il file contiene 2 strati. Letti: servizi. Restano fuori: strade.")


def test_fil_06_is_silent_about_a_file_of_one_layer():
    assert silent("FIL-06")


def test_fil_07_speaks_of_a_layer_without_records():
    assert says("FIL-07", "Lo strato servizi non contiene alcun record.")


def test_fil_07_is_silent_about_a_layer_with_records():
    assert silent("FIL-07")


def test_fil_08_speaks_of_corrupted_accents():
    assert says(
        "FIL-08",
        "Caratteri accentati forse corrotti in 3 celle (es. «QualitÃ » → «Qualità»).",
    )


def test_fil_08_is_silent_about_clean_texts():
    assert silent("FIL-08")


def test_fil_09_speaks_of_how_a_csv_was_read():
    assert says("FIL-09", "Letto con separatore «;» e decimale «,».")


def test_fil_09_is_silent_about_a_file_that_is_no_csv():
    assert silent("FIL-09")


def test_fil_10_speaks_of_rows_with_too_many_cells():
    assert says("FIL-10", "La riga 1 ha 6 celle invece di 5.")


def test_fil_10_is_silent_about_rows_as_long_as_the_header():
    assert silent("FIL-10")


def test_fil_11_speaks_of_the_same_file_again():
    assert says(
        "FIL-11", "Questo file è identico a quello pubblicato il 22/11/2026 (consegna 2026-0012)."
    )


def test_fil_11_is_silent_about_a_new_file():
    assert silent("FIL-11")
