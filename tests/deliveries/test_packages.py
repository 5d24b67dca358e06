"""The pre-filled package: sent back as it is it changes nothing, in both formats."""

import io
import subprocess
from shutil import which

import pyogrio
import pytest
from django.contrib.gis.geos import Point
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from deliveries import packages, tasks
from deliveries.actions import answers, review
from services.actions import EditionHead, NewRecord, publish_edition
from services.models import Record, ServiceState, Source
from tests import builders
from tests.builders import statement
from validator import schema
from validator.interpreting.columns import known_names

FORMATS = ("gpkg", "xlsx")


def package(cast, extension: str) -> bytes:
    with packages.stream(packages.package(cast.comune), extension) as file:
        return file.read()


def sent_back(cast, extension: str, content: bytes | None = None):
    """The comune's package through the real pipeline, submitted."""
    body = content or package(cast, extension)
    delivery = builders.checked(cast, SimpleUploadedFile(f"pacchetto.{extension}", body))
    assert delivery.status == "checked"
    assert not delivery.blocked_count, list(delivery.findings.filter(severity="error").values())
    assert not delivery.outcome["doubtful_columns"], delivery.mapping
    review.submit(delivery, user=cast.operator, statement=statement())
    return delivery


def kinds(delivery) -> dict[str, int]:
    found = list(delivery.proposals.values_list("kind", flat=True))
    return {kind: found.count(kind) for kind in set(found)}


def all_sorts_of_rows() -> SimpleUploadedFile:
    """Points and areas, numbers, dates, formulas, words in several forms, without identifiers."""
    (x, y), (u, v), (w, z), (p, q) = builders.places("015209", 4, seed=7)
    square = f"POLYGON(({u} {v},{u + 90} {v},{u + 90.123} {v + 90},{u} {v + 90},{u} {v}))"
    ring = ",".join(f"{w + i % 70 * 2:.2f} {z + i:.2f}" for i in range(0, 60, 2))
    wide = f"POLYGON(({w} {z},{ring},{w - 50} {z + 70},{w} {z}))"
    lines = [
        "TIPOLOGIA;NOME;STATO;VALENZA;SUPERFICIE;TELEFONO;SITO;APERTURA;NOTE;WKT;EPSG",
        "Bibl. com.;  Biblioteca «Pace» ;ESISTENTE ;sovracomunale;1.234,50;+39 02 24961;"
        f"www.comune.example;03/02/2019;=1+1;POINT({x} {y});32632",
        f"museo;Museo d'Arte;in attuazione;Metropolitana;;;;;-;{square};32632",
        f"parco urbano;Parco Nord;esistente;;;;;;@note;{wide};32632",
        f"teatro;Teatro;previsto;comunale;800;;;;delibera 3;POINT({p} {q});32632",
    ]
    return SimpleUploadedFile("piano.csv", "\n".join(lines).encode())


def published(cast, file=None, **kwargs):
    delivery = builders.published(cast, file, **kwargs)
    assert delivery.status == "published"
    return delivery


@pytest.mark.parametrize("extension", FORMATS)
def test_a_package_sent_back_unchanged_confirms_every_row(cast, extension):
    published(cast, rows=8)
    assert kinds(sent_back(cast, extension)) == {"unchanged": 8}


def test_the_guide_says_where_each_column_comes_from(cast):
    book = load_workbook(io.BytesIO(package(cast, "xlsx")), read_only=True)
    said = [row[0] for row in book["leggimi"].iter_rows(values_only=True)]
    assert "«Atto»: l.r. 12/2005, art. 9" in said
    assert "«LUM»: PTM, norme di attuazione, articolo da verificare" in said


@pytest.mark.parametrize("extension", FORMATS)
def test_every_sort_of_value_survives_the_way_back(cast, extension):
    first = published(cast, all_sorts_of_rows())
    sent = Record.objects.current().count()
    assert sent == first.row_count - first.blocked_count
    assert sent >= 3
    assert kinds(sent_back(cast, extension)) == {"unchanged": sent}


@pytest.mark.parametrize("extension", FORMATS)
def test_a_type_picked_by_hand_comes_back_as_it_was_picked(cast, extension):
    delivery = builders.checked(cast, rows=3)
    row = delivery.rows.get(row=2)
    answers.edit_row(
        delivery, user=cast.operator, layer=row.layer, row=2, changes={"kind": "musei"}
    )
    builders.tasks.check_delivery(str(delivery.pk))
    delivery.refresh_from_db()
    review.submit(delivery, user=cast.operator, statement=statement())
    builders.publish(delivery, cast)
    assert (
        ServiceState.objects.get(name="Biblioteca di quartiere 2", valid_to=None).kind_id
        == "musei"
    )
    assert kinds(sent_back(cast, extension)) == {"unchanged": 3}


def test_one_changed_cell_is_one_change(cast):
    published(cast, rows=5)
    book = load_workbook(io.BytesIO(package(cast, "xlsx")))
    sheet = book["servizi_punti"]
    names = [cell.value for cell in sheet[1]]
    sheet.cell(row=3, column=names.index("Denominazione") + 1).value = "Un altro nome"
    out = io.BytesIO()
    book.save(out)
    delivery = sent_back(cast, "xlsx", out.getvalue())
    assert kinds(delivery) == {"unchanged": 4, "edited": 1}
    assert set(delivery.proposals.get(kind="edited").changes) == {"name"}


def test_a_shape_too_long_for_a_cell_comes_back_whole(cast):
    x, y = builders.places("015209", 1)[0]
    edge = [f"{x + i * 0.05:.2f} {y + (i % 2) * 0.4:.2f}" for i in range(2400)]
    ring = ",".join([*edge, f"{x + 120:.2f} {y + 60:.2f}", f"{x:.2f} {y + 60:.2f}", edge[0]])
    row = f"P1;Parco urbano;Parco;esistente;POLYGON(({ring}));32632"
    text = f"ID;TIPOLOGIA;NOME;STATO;WKT;EPSG\n{row}"
    published(cast, SimpleUploadedFile("parco.csv", text.encode()))
    book = load_workbook(io.BytesIO(package(cast, "xlsx")))
    header = [cell.value for cell in book["servizi_aree"][1]]
    assert schema.continued("wkt", 2) in header
    assert kinds(sent_back(cast, "xlsx")) == {"unchanged": 1}


def test_the_package_profile_knows_every_label(cast):
    profile = known_names()["profiles"]["sttm2"]["columns"]
    assert profile == {field.label_it: field.name for field in schema.FIELDS}


def other_source(cast) -> None:
    """Another register knows two things in the comune."""
    source = Source.objects.create(slug="registro", name="Registro regionale", reading=2)
    places = builders.places("015209", 2, seed=11)
    publish_edition(
        EditionHead(source=source),
        [
            NewRecord(
                fingerprint=f"r{n}",
                name=f"Teatro {n}",
                kind="teatri",
                municipality="015209",
                key=f"R{n}",
                geometry=Point(*place, srid=32632).hexewkb.decode(),
                point=Point(*place, srid=32632).hexewkb.decode(),
            )
            for n, place in enumerate(places)
        ],
    )


@pytest.mark.parametrize("extension", FORMATS)
def test_candidates_are_there_and_are_not_read_as_services(cast, extension):
    published(cast, rows=3)
    other_source(cast)
    delivery = sent_back(cast, extension)
    assert kinds(delivery) == {"unchanged": 3}
    book = load_workbook(io.BytesIO(package(cast, "xlsx")))
    rows = list(book["candidati"].values)
    assert [row[rows[0].index("Denominazione")] for row in rows[1:]] == ["Teatro 0", "Teatro 1"]
    assert rows[1][rows[0].index("Fonte")] == "Registro regionale (R0)"


def test_a_candidate_moved_among_the_services_becomes_a_new_one(cast):
    published(cast, rows=3)
    other_source(cast)
    book = load_workbook(io.BytesIO(package(cast, "xlsx")))
    book["servizi_punti"].append([cell.value for cell in book["candidati"][2]][:-1])
    out = io.BytesIO()
    book.save(out)
    delivery = sent_back(cast, "xlsx", out.getvalue())
    assert kinds(delivery) == {"unchanged": 3, "new": 1}
    assert delivery.proposals.get(kind="new").staged_row.kind == "teatri"


def test_open_questions_tell_refusals_and_promises(cast):
    delivery = builders.checked(cast, rows=3, without_act=(2,))
    answers.answer(
        delivery, user=cast.operator, code="ATT-08", kind="will_fix",
        reason="Arriva la delibera", until=timezone.localdate(),
    )  # fmt: skip
    review.submit(delivery, user=cast.operator, statement=statement())
    review.take(delivery, user=cast.reviewer)
    first = delivery.proposals.order_by("pk").first()
    refused = review.Decision(first.pk, "refused", "not_enough", "Manca la scheda")
    review.decide(delivery, user=cast.reviewer, decisions=[refused])
    review.decide_in_bulk(delivery, user=cast.reviewer, rule="all_pending", decision="accepted")
    review.close(delivery, user=cast.reviewer)
    tasks.publish_delivery(str(delivery.pk))
    questions = packages.package(cast.comune).questions
    assert [(one.question, one.identifier) for one in questions] == [
        ("rifiutato: nuovo", "B001"),
        ("Da correggere (ATT-08)", "B002"),
    ]
    assert "Manca la scheda" in questions[0].detail


@pytest.mark.parametrize("extension", FORMATS)
def test_only_the_comunes_own_people_get_its_package(cast, extension):
    published(cast, rows=2)
    names = (f"deliveries:package-{extension}", f"api-package-{extension}")
    for who, status in ((cast.operator, 200), (cast.consultant, 200), (cast.neighbour, 404)):
        client = Client()
        client.force_login(who)
        for name in names:
            answer = client.get(reverse(name, args=["015209"]))
            assert answer.status_code == status, (who, name)
            if status == 200:
                assert b"".join(answer)


@pytest.mark.parametrize("extension", FORMATS)
def test_a_comune_without_services_gets_an_empty_form(cast, extension):
    assert package(cast, extension)


def test_gdal_opens_the_package(cast, tmp_path):
    published(cast, rows=3)
    (tmp_path / "p.gpkg").write_bytes(package(cast, "gpkg"))
    info = pyogrio.read_info(tmp_path / "p.gpkg", layer="servizi_punti")
    assert (info["features"], info["crs"]) == (3, "EPSG:32632")


@pytest.mark.slow
@pytest.mark.skipif(which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_saves_the_package_without_changing_a_row(cast, tmp_path):
    published(cast, all_sorts_of_rows())
    sent = Record.objects.current().count()
    (tmp_path / "p.xlsx").write_bytes(package(cast, "xlsx"))
    home = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = ["soffice", home, "--headless", "--convert-to", "ods", "p.xlsx"]
    subprocess.run(command, cwd=tmp_path, check=True, timeout=120, capture_output=True)
    delivery = sent_back(cast, "ods", (tmp_path / "p.ods").read_bytes())
    assert kinds(delivery) == {"unchanged": sent}
