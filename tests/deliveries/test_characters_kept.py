"""From the file to the database and out again in the return files: every text as it was sent."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import HealthCheck, example, given, settings

from deliveries.actions import intake
from deliveries.models import StagedRow
from deliveries.reports import xlsx
from services.models import ServiceState
from tests import builders
from tests.deliveries.test_returns import file_of
from tests.validator.reading.test_characters import AWKWARD, TEXTS

SEVERAL = settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def plan(texts: list[str]) -> bytes:
    out = io.StringIO(newline="")
    table = csv.writer(out, delimiter=";")
    table.writerow([*builders.HEADER.split(";"), "NOTE"])
    places = builders.places("015209", len(texts))
    for number, (text, (x, y)) in enumerate(zip(texts, places, strict=True)):
        said = [f"B{number:03d}", "Biblioteca", text, f"via {text}", "esistente", "1200", x, y]
        table.writerow([*said, text])
    return out.getvalue().encode()


def delivered(cast, name: str, body: bytes) -> list[tuple[dict, dict]]:
    """Cells as sent and as understood, row by row; the delivery is withdrawn afterwards."""
    delivery = builders.checked(cast, SimpleUploadedFile(name, body))
    assert delivery.status == "checked"
    rows = StagedRow.objects.of(delivery).order_by("row")
    told = list(rows.values_list("raw", "attributes"))
    intake.withdraw(delivery, user=cast.operator)
    return told


@SEVERAL
@given(texts=TEXTS)
@example(texts=AWKWARD)
def test_the_cells_of_a_delivery_are_kept_letter_by_letter(cast, texts):
    rows = delivered(cast, "piano.csv", plan(texts))
    assert [raw["NOTE"] or "" for raw, _ in rows] == texts
    assert [raw["INDIRIZZO"] for raw, _ in rows] == [f"via {text}" for text in texts]
    assert [told["address"] for _, told in rows] == [f"via {text}".strip() for text in texts]


@pytest.mark.parametrize("sort", ["gpkg", "xlsx"])
@SEVERAL
@given(texts=TEXTS)
@example(texts=AWKWARD)
def test_the_cells_come_back_from_the_return_files(cast, tmp_path, sort, texts):
    delivery = builders.checked(cast, SimpleUploadedFile("piano.csv", plan(texts)))
    if sort == "gpkg":
        body = file_of(delivery, tmp_path)
    else:
        with xlsx.workbook(delivery) as book:
            body = book.read()
    intake.withdraw(delivery, user=cast.operator)
    rows = delivered(cast, f"rapporto.{sort}", body)
    assert [raw["NOTE"] or "" for raw, _ in rows] == texts
    assert [raw["DENOMINAZIONE"] or "" for raw, _ in rows] == texts


def test_a_nul_is_left_out_and_what_only_looks_like_one_is_kept(cast):
    # A zero among the first bytes is no text at all: the file would be refused.
    texts = ["x" * 3_000] * 3 + ["prima\\u0000dopo", "nul\0la", "\\", "\\\\u0000"]
    rows = delivered(cast, "piano.csv", plan(texts))
    assert [raw["NOTE"] for raw, _ in rows] == [text.replace("\0", "") for text in texts]


def test_texts_longer_than_any_column_are_published(cast):
    """Whatever a cell may hold (STR-07) is published; what pages list is its beginning."""
    long = " ".join(f"parola{number}" for number in range(60))
    x, y = builders.places("015209", 1)[0]
    cells = dict.fromkeys(["ID", "DENOMINAZIONE", "INDIRIZZO", "GESTORE", "CIVICO", "NOTE"], long)
    cells |= {"TIPOLOGIA": "Biblioteca", "STATO": "esistente", "COORD_X": x, "COORD_Y": y}
    body = f"{';'.join(cells)}\n{';'.join(map(str, cells.values()))}".encode()
    delivery = builders.published(cast, SimpleUploadedFile(f"{'piano' * 48}.csv", body))
    assert delivery.status == "published"
    shown = ServiceState.objects.get()
    assert (shown.name, shown.address) == (long[:300], long[:300])
    assert shown.attributes["address"] == shown.attributes["manager_name"] == long
