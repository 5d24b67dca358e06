"""The constructed plans of Sesto, Legnano and Rho from the command line: rows, types, twins."""

import csv
import json
import unicodedata

import pytest
from django.core.management import call_command

from validator.rules import registry

pytestmark = [pytest.mark.real_data, pytest.mark.django_db]

PLANS = {
    "pds_costruito_sesto_san_giovanni.zip": ("015209", 87, ("servizi_esistenti", 3, 84)),
    "pds_costruito_legnano.gpkg": ("015118", 41, ("PdS - servizi esistenti", 3, 38)),
    "pds_costruito_rho.csv": ("015182", 45, ("pds_costruito_rho", 3, 45)),
}


@pytest.fixture(params=PLANS, ids=lambda name: name.split("_")[2].split(".")[0])
def checked(request, shared_data, capsys):
    """One plan's document with its records, as the command line prints it, and its facts."""
    name = request.param
    municipality, rows, twice = PLANS[name]
    told = report(shared_data / "piani" / name, municipality, capsys, "--rows")
    return told, shared_data / "piani" / name, rows, twice


def report(path, municipality, capsys, *more):
    """The JSON that check_delivery prints; its exit status agrees with it."""
    with pytest.raises(SystemExit) as ended:
        call_command(
            "check_delivery", str(path), "--municipality", municipality, "--format", "json",
            "--date", "2026-11-22", *more,
        )  # fmt: skip
    told = json.loads(capsys.readouterr().out)
    assert ended.value.code == (0 if told["valid"] else 1)
    return told


def folded(text):
    plain = unicodedata.normalize("NFD", (text or "").lower())
    return "".join(letter for letter in plain if letter.isalnum() and letter.isascii())


def test_every_row_is_read_with_its_place(checked):
    told, _, rows, _ = checked
    assert told["rows"] == rows == len(told["records"])
    assert all(
        8.8 < record["lon"] < 9.3 and 45.4 < record["lat"] < 45.7 for record in told["records"]
    )


def test_uni_02_names_d01_and_003_at_their_rows(checked):
    told, _, _, (layer, first, second) = checked
    found = [f for f in told["findings"] if f["code"] == "UNI-02" and f["rows"] == [first, second]]
    assert len(found) == 1
    assert (found[0]["layer"], found[0]["identifier"]) == (layer, "003, D01")
    assert "003, D01" in found[0]["message"]


def test_types_equal_the_truth(checked):
    told, path, _, _ = checked
    with path.with_name(f"{path.stem}_verita.csv").open(encoding="utf-8") as file:
        truth = {row["ID"]: row["voce_attesa"] for row in csv.DictReader(file)}
    right = [folded(r["type"]) == folded(truth[r["identifier"]]) for r in told["records"]]
    assert sum(right) / len(right) >= 0.95


@pytest.mark.parametrize(
    ("name", "municipality", "identifier"),
    [
        ("pds_costruito_legnano.gpkg", "015118", "028"),
        ("pds_costruito_sesto_san_giovanni.zip", "015209", "D01"),
    ],
)
def test_bow_ties_are_found_at_their_row(shared_data, capsys, name, municipality, identifier):
    told = report(shared_data / "piani" / name, municipality, capsys)
    broken = [f for f in told["findings"] if f["code"] in ("GEO-03", "GEO-04")]
    assert [f["identifier"] for f in broken] == [identifier]
    assert broken[0]["position"]


def test_the_same_file_gives_the_same_bytes(shared_data, capsys):
    def once():
        with pytest.raises(SystemExit):
            call_command(
                "check_delivery", str(shared_data / "piani" / "pds_costruito_rho.csv"),
                "--municipality", "015182", "--format", "json", "--date", "2026-11-22", "--rows",
            )  # fmt: skip
        return capsys.readouterr().out

    assert once() == once()


def test_a_plan_of_palermo_is_told_to_be_far_away(shared_data, capsys):
    told = report(shared_data / "piani" / "palermo_zone_IC_epsg3004_cp1252.zip", "015146", capsys)
    assert told["counts"]["CRS-05"] == 1
    assert told["rules_version"] == registry.RULE_SET_VERSION
