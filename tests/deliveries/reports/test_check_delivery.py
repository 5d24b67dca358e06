"""`check_delivery`: exit status, and the document with the keys that the contract names."""

import json
from pathlib import Path

import jsonschema
import pytest
from django.core.management import call_command

from validator import schema

ROOT = Path(__file__).resolve().parents[3]

KEYS = ["valid", "file", "layer", "layers", "crs", "encoding", "notes", "rows",
        "rows_with_errors", "counts", "findings", "autofixes", "not_run",
        "rules_version"]  # fmt: skip
GOOD = (
    "ID;DENOMINAZIONE;TIPOLOGIA;INDIRIZZO;STATO;X;Y\n"
    "1;Liceo Casiraghi;Liceo;Via Po 1;esistente;518000;5043000\n"
)
BAD = GOOD + "2;Biblioteca civica;Biblioteca;Via Po 2;boh;518100;5043000\n"

pytestmark = pytest.mark.django_db


def run(capsys, *arguments):
    """Exit status, what was printed, what was said on the side."""
    with pytest.raises(SystemExit) as ended:
        call_command("check_delivery", *arguments)
    printed = capsys.readouterr()
    return ended.value.code, printed.out, printed.err


@pytest.fixture
def file(tmp_path):
    """Write a delivery and give its path."""

    def write(text, name="piano.csv"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return str(path)

    return write


def test_a_good_file_ends_with_zero(file, capsys):
    status, out, _ = run(capsys, file(GOOD), "--municipality", "015077", "--format", "json")
    told = json.loads(out)
    assert status == 0
    assert told["valid"]
    assert list(told) == KEYS
    assert told["crs"]["used"] == "EPSG:32632"


def test_a_row_with_an_error_ends_with_one(file, capsys):
    arguments = (file(BAD), "--municipality", "015077", "--format", "json", "--rows")
    status, out, _ = run(capsys, *arguments)
    told = json.loads(out)
    assert status == 1
    assert (told["rows"], told["rows_with_errors"]) == (2, 1)
    (error,) = [finding for finding in told["findings"] if finding["severity"] == "error"]
    assert (error["code"], error["row"], error["identifier"]) == ("ATT-07", 2, "2")
    assert (error["column"], error["value"]) == ("STATO", "boh")
    assert error["expected"] == "esistente, previsto, in attuazione, dismesso"
    assert 9 < error["position"]["lon"] < 9.5
    assert told["records"][1]["type"] == "Biblioteche"


def test_records_carry_every_field_understood_with_its_parsed_value(file, capsys):
    text = (
        "ID;DENOMINAZIONE;TIPOLOGIA;INDIRIZZO;STATO;X;Y;SUPERFICIE;DATA_APERTURA;"
        "ANNO_PREVISTO;CAPIENZA\n"
        "1;Liceo Casiraghi;Liceo;Via Po 1;Esistente;518000;5043000;1.234,5;03/09/2001;"
        "2030;moltissimi\n"
        "2;Biblioteca civica;Biblioteca;;;518100;5043000;0;;;120\n"
    )
    arguments = (file(text), "--municipality", "015077", "--format", "json", "--rows")
    _, out, _ = run(capsys, *arguments)
    first, second = (record["values"] for record in json.loads(out)["records"])
    assert (first["area"], first["opening_date"], first["planned_year"]) == (
        1234.5, "2001-09-03", 2030,
    )  # fmt: skip
    assert isinstance(first["planned_year"], int)
    assert (first["status"], first["x"]) == ("esistente", 518000)
    assert first["capacity"] is None  # not understood; ATT speaks of it
    # What a cell does not say is null, never zero or an empty text; a field without column is not
    # there.
    assert [second[name] for name in ("area", "opening_date", "address")] == [None, None, None]
    assert (second["name"], second["capacity"]) == ("Biblioteca civica", 120)
    assert "owner" not in second


def test_a_report_with_records_keeps_its_contract(file, capsys):
    arguments = (file(BAD), "--municipality", "015077", "--format", "json", "--rows")
    _, out, _ = run(capsys, *arguments)
    contract = json.loads((ROOT / "docs/report.schema.json").read_text(encoding="utf-8"))
    told = json.loads(out)
    jsonschema.validate(told, contract)
    fields = {name for record in told["records"] for name in record["values"]}
    assert {"identifier", "name", "type", "address", "status", "x", "y"} <= fields
    assert fields <= set(schema.NAMES)


def test_the_words_come_in_english_too(file, capsys):
    arguments = (file(BAD), "--municipality", "015077", "--format", "json", "--language", "en")
    _, out, _ = run(capsys, *arguments)
    messages = [finding["message"] for finding in json.loads(out)["findings"]]
    assert "Row 2: status 'boh' is not allowed." in messages


def test_the_text_tells_one_line_per_mistake(file, capsys):
    status, out, _ = run(capsys, file(BAD), "--municipality", "015077")
    assert status == 1
    assert "ATT-07  Riga 2: stato «boh» non previsto." in out


def test_an_unreadable_file_ends_with_two_and_says_why(file, capsys):
    path = file("PK\x03\x04 not a zip at all", "piano.zip")
    status, out, _ = run(capsys, path, "--municipality", "015077", "--format", "json")
    told = json.loads(out)
    assert status == 2
    assert not told["valid"]
    assert told["findings"][0]["code"].startswith("FIL-0")


@pytest.mark.parametrize(
    "arguments",
    [
        ("--municipality", "999999"),
        ("--municipality", "015077", "--crs", "gauss"),
        ("--municipality", "015077", "--date", "ieri"),
    ],
)
def test_wrong_arguments_end_with_two(file, capsys, arguments):
    status, _, err = run(capsys, file(GOOD), *arguments)
    assert status == 2
    assert err.strip()


def test_a_missing_file_ends_with_two(capsys):
    status, _, err = run(capsys, "/nowhere/piano.csv", "--municipality", "015077")
    assert status == 2
    assert "piano.csv" in err
    assert "/nowhere" not in err
