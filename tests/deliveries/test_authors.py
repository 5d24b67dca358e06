"""Who wrote a delivered file: it says so itself, no file that the portal makes says it again."""

import io
import zipfile

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from deliveries import packages
from deliveries.reports import xlsx
from tests import builders

pytestmark = pytest.mark.django_db
AUTHOR = "Mario Rossi Autore"


def written() -> SimpleUploadedFile:
    """The plan as a workbook, with its author among its properties."""
    book = openpyxl.Workbook()
    for line in builders.plan_file(4).read().decode().splitlines():
        book.active.append(line.split(";"))
    book.properties.creator = book.properties.lastModifiedBy = AUTHOR
    out = io.BytesIO()
    book.save(out)
    return SimpleUploadedFile("piano.xlsx", out.getvalue())


def inside(data: bytes) -> bytes:
    """All that stands in a file, unpacked where it is an archive."""
    if not zipfile.is_zipfile(io.BytesIO(data)):
        return data
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return b"".join(map(archive.read, archive.namelist()))


def test_files_made_by_the_portal_name_no_author(cast):
    file = written()
    assert AUTHOR.encode() in inside(file.read())
    file.seek(0)
    delivery = builders.published(cast, file)
    package = packages.package(cast.comune)
    made = [
        xlsx.workbook(delivery),
        packages.stream(package, "xlsx"),
        packages.stream(package, "gpkg"),
    ]
    for stream in made:
        with stream:
            assert AUTHOR.encode() not in inside(stream.read())
    client = Client()
    client.force_login(cast.operator)
    for kind in ("pdf", "json"):
        answer = client.get(f"/consegne/{delivery.pk}/rapporto.{kind}")
        assert AUTHOR.encode() not in inside(answer.getvalue())
    assert AUTHOR.encode() in inside(client.get(f"/consegne/{delivery.pk}/originale/").getvalue())
    for path in (
        f"/consegne/{delivery.pk}/originale/",
        f"/api/v1/uploads/{delivery.pk}/original/",
    ):
        assert Client().get(path).status_code in (302, 401)
