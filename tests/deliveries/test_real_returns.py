"""The return files of every real plan, sent back, give the rows that were sent."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from deliveries.actions import intake
from deliveries.reports import xlsx
from tests import builders
from tests.deliveries.test_returns import as_rows, file_of

pytestmark = [pytest.mark.real_data, pytest.mark.long]
ROWS_AT_MOST = 2_000


@pytest.fixture
def real_plans(shared_data):
    return [
        path
        for path in sorted((shared_data / "piani").iterdir())
        if path.name != "README.md" and not path.stem.endswith(("verita", "attese"))
    ]


def read_again(cast, name, body):
    delivery = builders.checked(cast, SimpleUploadedFile(name, body))
    rows = as_rows(delivery)
    intake.withdraw(delivery, user=cast.operator)
    return rows


def test_every_plan_comes_back_from_both_files(cast, real_plans, tmp_path):
    compared = 0
    for path in real_plans:
        delivery = builders.checked(cast, SimpleUploadedFile(path.name, path.read_bytes()))
        rows = as_rows(delivery)
        if delivery.status != "checked" or not 0 < len(rows) <= ROWS_AT_MOST:
            intake.withdraw(delivery, user=cast.operator)
            continue
        with xlsx.workbook(delivery) as book:
            files = {"rapporto.xlsx": book.read(), "rapporto.gpkg": file_of(delivery, tmp_path)}
        intake.withdraw(delivery, user=cast.operator)
        for name, body in files.items():
            assert read_again(cast, name, body) == rows, (path.name, name)
            compared += 1
        print(f"{path.name:48} {len(rows):5d} rows, the same from both")
    assert compared >= 16
