"""In which comune a row is: by its code or name, by where it lies, within the accuracy of the
outlines."""

import numpy as np
import polars as pl
import pytest
import shapely

from validator.interpreting.municipality import ELSEWHERE, Bounds, PlacedBy, municipalities
from validator.territory import Territory

SESTO, CINISELLO, MILANO = "015209", "015077", "015146"
NAMES = ("Sesto San Giovanni", "Cinisello Balsamo", "Milano")
#: Three squares of ten kilometres, one beside the other.
TERRITORY = Territory(
    codes=(SESTO, CINISELLO, MILANO),
    names=NAMES,
    outlines=tuple(shapely.box(x, 0, x + 10_000, 10_000) for x in (0, 10_000, 20_000)),
    former={"015900": SESTO},
)
UNION = Bounds(TERRITORY, (SESTO, CINISELLO))
PLAN = Bounds(TERRITORY, (SESTO,))


def told(bounds: Bounds, *, istat=None, name=None, x=None):
    """The row's own comune, the one it says, the one it lies in; `x` metres east, or nowhere."""
    frame = pl.DataFrame(
        {"istat": [istat], "municipality_name": [name]},
        schema={"istat": pl.String, "municipality_name": pl.String},
    )
    point = None if x is None else shapely.Point(x, 5_000)
    return municipalities(frame, np.array([point], dtype=object), bounds).row(0)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Sesto San Giovanni", SESTO),
        ("SESTO S. GIOVANNI", SESTO),
        ("comune di Cinisello B.", CINISELLO),
        ("Milano (MI)", MILANO),
        ("Messina", ELSEWHERE),
        ("Sesto", ELSEWHERE),
        ("", None),
        (None, None),
    ],
)
def test_a_name_is_known_as_people_write_it(name, code):
    assert told(UNION, name=name)[1] == code


def test_the_code_is_believed_before_the_name_and_may_be_one_of_before():
    assert told(UNION, istat=CINISELLO, name="Milano")[1] == CINISELLO
    assert told(UNION, istat="015900")[1] == SESTO
    assert told(UNION, istat="083048")[1] == ELSEWHERE


def test_a_row_is_where_it_lies_whoever_sends_it():
    assert told(UNION, x=5_000) == (SESTO, None, SESTO)
    assert told(UNION, x=15_000) == (CINISELLO, None, CINISELLO)
    assert told(PLAN, x=15_000) == (CINISELLO, None, CINISELLO)
    assert told(UNION, x=25_000) == (MILANO, None, MILANO)
    assert told(UNION, x=90_000) == (None, None, None)


def test_within_the_accuracy_of_the_outlines_a_row_is_where_its_source_or_itself_says():
    assert told(PLAN, x=10_200)[0] == SESTO
    assert told(PLAN, x=10_300)[0] == CINISELLO
    assert told(UNION, x=20_200)[0] == CINISELLO
    assert told(UNION, istat=CINISELLO, x=9_900) == (CINISELLO, CINISELLO, CINISELLO)
    assert told(UNION, istat=CINISELLO, x=9_000) == (SESTO, CINISELLO, SESTO)


def test_the_source_s_mapping_says_which_holds():
    by_code = Bounds(TERRITORY, UNION.home, PlacedBy.CODE)
    assert told(UNION, istat=CINISELLO, x=5_000)[0] == SESTO
    assert told(by_code, istat=CINISELLO, x=5_000)[0] == CINISELLO
    assert told(UNION, name="Messina", x=5_000) == (SESTO, ELSEWHERE, SESTO)
    assert told(by_code, name="Messina", x=5_000) == (None, ELSEWHERE, SESTO)
    assert told(by_code, x=5_000)[0] == SESTO


def test_only_a_source_of_one_comune_speaks_for_a_row_that_says_nothing():
    assert told(PLAN) == (SESTO, None, None)
    assert told(UNION) == (None, None, None)
    assert told(PLAN, istat="108033") == (None, ELSEWHERE, None)
    assert told(UNION, istat=CINISELLO) == (CINISELLO, CINISELLO, None)
