"""What a person's data in a delivery become: withheld, until the comune lets them out."""

import csv
import datetime as dt
import gzip
import io
import re
from collections.abc import Iterator
from math import asinh, pi, radians, tan
from urllib.parse import quote

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.errors import Invalid, NotAllowed
from core.queue import FILES, waiting
from deliveries import packages, tasks, works
from deliveries.actions import answers, review
from deliveries.models import Delivery, StagedRow
from services.models import Edition, Record, ServiceEvent, ServiceState, SourceItem
from tests import builders, world
from tests.areas import area_of
from tests.routes import Route, routes

pytestmark = pytest.mark.django_db
FILE = "Mario_Rossi_3331234567.csv"
TAX_CODE, ACCOUNT = "RSSMRA80A01F205X", "IT60X0542811101000000123456"
TEXTS = {
    TAX_CODE: f"Studio Mario Rossi {TAX_CODE}",
    "333 1234567": "Ambulatorio tel. 333 1234567",
    "mario.rossi@gmail.com": "Centro - scrivere a mario.rossi@gmail.com",
    ACCOUNT: f"Casa di Mario Rossi, IBAN {ACCOUNT}",
    "3479876543": "Sede, referente Anna Bianchi 3479876543",
    "0331 441122": "Custode: 0331 441122",
}
SOON = timezone.localdate() + dt.timedelta(days=30)
FIELDS = ("DENOMINAZIONE", "INDIRIZZO", "NOTE", "ATTO", "GESTORE", "PROPRIETA", "FINANZIAM")
#: What no public answer may hold, whatever stands between the digits.
SECRETS = (*TEXTS, "3331234567", "0331441122", "anna.verdi@libero.it", "Mario_Rossi")
PUBLIC = [route for route in routes() if route.is_ours and not area_of(route)]


def plan(*, name: str = FILE, tail: str = "") -> SimpleUploadedFile:
    """A CSV of libraries: each value once in each field, the contacts in columns of their own."""
    cells = [(text, field) for text in TEXTS.values() for field in FIELDS]
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    writer.writerow(["ID", "TIPOLOGIA", *FIELDS, "TELEFONO", "EMAIL", "STATO", "X", "Y"])
    for number, (place, (text, field)) in enumerate(
        zip(builders.places("015209", len(cells)), cells, strict=True), 1
    ):
        said = {"DENOMINAZIONE": f"Biblioteca {number}", "INDIRIZZO": f"via Roma {number}"}
        texts = [text if name == field else said.get(name, "") for name in FIELDS]
        key = TAX_CODE if number == 1 else f"B{number:03d}"
        contacts = ("333 1234567", "anna.verdi@libero.it")
        writer.writerow([key, "Biblioteca", *texts, *contacts, "esistente", *place])
    return SimpleUploadedFile(name, (out.getvalue() + tail).encode(), content_type="text/csv")


@pytest.fixture
def published(cast) -> Delivery:
    return builders.published(cast, plan())


def said_by(answer) -> str:
    body = answer.getvalue()
    body = gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body
    return body.decode(errors="replace") + str(dict(answer.headers))


def found_in(text: str) -> list[str]:
    return [secret for secret in SECRETS if secret.lower() in text.lower()]


def addresses(values: world.Values, ids: list[str]) -> Iterator[str]:
    """Every public address; those of a service for each, of a tile at each zoom, each format."""
    for route in PUBLIC:
        yield from filled(route, values, ids)
    x, y = ServiceState.objects.first().point.transform(4326, clone=True).coords
    for zoom in range(19):
        column, line = _tile(x, y, zoom)
        yield f"/tiles/servizi/{zoom}/{column}/{line}.mvt"
    for extension in ("geojson", "ndjson", "csv", "xlsx"):
        yield f"/api/v1/services/export.{extension}?level=all"
    yield "/api/v1/services/export.csv?level=all&excel=1"
    for secret in SECRETS:
        yield f"/api/v1/services/?level=all&q={quote(secret.split('@')[0])}"
    yield from ("/api/v1/services/?level=all&limit=100", "/servizi/?livello=all")


def filled(route: Route, values: world.Values, ids: list[str]) -> Iterator[str]:
    of_service = [place for place in route.places if place[1] == "public_id"]
    if not of_service:
        yield route.filled(values)
    for public_id in ids if of_service else ():
        yield route.filled(values | dict.fromkeys(of_service, public_id))


def _tile(lon: float, lat: float, zoom: int) -> tuple[int, int]:
    n = 2**zoom
    return int((lon + 180) / 360 * n), int((1 - asinh(tan(radians(lat))) / pi) / 2 * n)


@pytest.mark.slow
def test_no_public_answer_holds_anything_of_a_person(
    cast, published, django_capture_on_commit_callbacks
):
    on_commit = django_capture_on_commit_callbacks(execute=True)
    values = world.of_everything(cast, on_commit=on_commit)
    values |= {("editions", "pk"): published.edition_id}
    values |= {("sources", "slug"): published.source.slug}
    ids = list(ServiceState.objects.at(None).values_list("public_id", flat=True))
    assert len(ids) == len(TEXTS) * len(FIELDS) + 1
    client, told, asked = Client(raise_request_exception=False), {}, 0
    for address in addresses(values, ids):
        answer = client.get(address, REMOTE_ADDR=f"2001:db8:{asked:x}::1")
        asked += 1
        assert answer.status_code < 500, address
        # What a search answers says again what it was asked for.
        text = said_by(answer).replace(address.partition("?")[2], "")
        if found := found_in(text):
            told[address] = found
    assert told == {}
    assert asked > 300


def test_a_search_finds_no_one_by_their_number(published, client):
    for secret in ("3331234567", "1234567", "rssmra", "gmail", TAX_CODE.lower()):
        found = client.get("/api/v1/services/", {"q": secret, "level": "all"}).json()
        assert found["numberMatched"] == 0, secret


def test_the_sender_and_the_office_still_have_them(cast, published):
    record = Record.objects.get(raw__DENOMINAZIONE=TEXTS["333 1234567"])
    assert record.withheld == {"name": TEXTS["333 1234567"]}
    assert (record.name, record.attributes["name"]) == ("", None)
    with packages.stream(packages.package(cast.comune), "xlsx") as stream:
        book = openpyxl.load_workbook(stream)
    cells = [cell.value for sheet in book for row in sheet.iter_rows() for cell in row]
    assert {*TEXTS.values()} <= {*cells}
    for person in (cast.operator, cast.reviewer):
        client = Client()
        client.force_login(person)
        page = client.get(reverse("deliveries:detail", args=[published.pk])).content.decode()
        assert FILE in page


def test_an_identifier_that_is_a_tax_code_is_no_key(published):
    assert not SourceItem.objects.filter(key__contains=TAX_CODE).exists()


def test_an_edition_is_called_by_the_day_of_its_delivery(published, client):
    edition = client.get(f"/api/v1/editions/{published.edition_id}/").json()
    assert re.fullmatch(r"Consegna del \d{1,2} \w+ \d{4}", edition["title"])
    assert "file_name" not in edition
    service = ServiceState.objects.at(None).first()
    assert edition["title"] in client.get(f"/servizi/{service.public_id}/").content.decode()


def test_the_desk_sees_which_cells_are_withheld_and_not_what_they_say(cast):
    delivery = builders.in_review(cast, plan())
    client = Client()
    client.force_login(cast.reviewer)
    page = client.get(reverse("deliveries:review", args=[delivery.pk])).content.decode()
    assert "non pubblicato" in page and "Denominazione" in page
    assert TAX_CODE not in page and ACCOUNT not in page


@pytest.fixture
def checked(cast) -> Delivery:
    return builders.checked(cast, plan(name="piano.csv"))


def row_of(delivery: Delivery, field: str, text: str) -> StagedRow:
    return StagedRow.objects.get(delivery=delivery, **{f"raw__{field}": text})


def let_out(cast, delivery: Delivery, row: StagedRow, column: str, **given) -> int:
    reason = "È un recapito dell'ente"
    given = {"user": cast.operator, "layer": row.layer, "reason": reason, **given}
    return answers.answer(delivery, code="ATT-15", rows=[row.row], column=column, **given)


def test_a_cell_comes_back_when_the_comune_says_that_it_is_a_contact_of_the_body(
    cast, checked, client
):
    mine = row_of(checked, "GESTORE", TEXTS["0331 441122"])
    assert mine.attributes["manager_name"] is None
    let_out(cast, checked, mine, "GESTORE")
    mine.refresh_from_db()
    assert mine.attributes["manager_name"] == TEXTS["0331 441122"]
    let_out(cast, checked, mine, "GESTORE", kind="will_fix", until=SOON)
    mine.refresh_from_db()
    assert mine.attributes["manager_name"] is None
    let_out(cast, checked, mine, "GESTORE")
    review.submit(checked, user=cast.operator, statement=builders.statement())
    builders.publish(checked, cast)
    shown = ServiceState.objects.get(attributes__manager_name=TEXTS["0331 441122"])
    assert "0331 441122" in client.get(f"/servizi/{shown.public_id}/").content.decode()
    others = ServiceState.objects.exclude(pk=shown.pk)
    assert not others.filter(attributes__icontains="0331 441122").exists()


def test_only_the_cell_that_is_meant_comes_back(cast):
    lines = plan().read().decode().splitlines()
    header, row = lines[0].split(";"), lines[2].split(";")
    row[header.index("NOTE")] = "Custode: 0331 441122"
    row[header.index("GESTORE")] = "Mario 333 1234567"
    file = SimpleUploadedFile("due.csv", "\n".join((lines[0], ";".join(row))).encode())
    delivery = builders.checked(cast, file)
    staged = delivery.rows.get()
    assert let_out(cast, delivery, staged, "NOTE") == 1
    staged.refresh_from_db()
    assert staged.attributes["notes"] == "Custode: 0331 441122"
    assert "manager_name" in staged.withheld


def test_a_consultant_does_not_say_so(cast, checked):
    mine = row_of(checked, "GESTORE", TEXTS["0331 441122"])
    with pytest.raises(NotAllowed):
        let_out(cast, checked, mine, "GESTORE", user=cast.consultant)
    assert let_out(
        cast, checked, mine, "GESTORE", user=cast.consultant, kind="will_fix", until=SOON
    )


def test_what_was_let_out_is_offered_again_and_what_is_said_anew_is_a_change(cast, published):
    again = builders.checked(cast, plan(tail="\n"))
    mine = row_of(again, "GESTORE", TEXTS["0331 441122"])
    let_out(cast, again, mine, "GESTORE")
    review.submit(again, user=cast.operator, statement=builders.statement())
    kinds = again.proposals.values_list("kind", flat=True)
    assert sorted(kinds)[0] == "edited" and [*kinds].count("unchanged") == len(kinds) - 1
    builders.publish(again, cast)
    third = builders.checked(cast, plan(tail="\n\n"))
    offered = answers.offered(third)
    assert [one.cell for one in offered] == ["manager_name"]
    assert answers.take_offered(third, user=cast.consultant) == 0
    assert answers.take_offered(third, user=cast.operator) == 1
    mine = row_of(third, "GESTORE", TEXTS["0331 441122"])
    assert mine.attributes["manager_name"] == TEXTS["0331 441122"]


def compared_ahead(delivery: Delivery) -> None:
    tasks.compare_delivery(str(delivery.pk), delivery.turn)
    assert delivery.proposals.exists()


def test_what_is_let_out_after_a_comparison_ahead_is_sent_as_it_is_then(cast, published):
    again = builders.checked(cast, plan(tail="\n"))
    compared_ahead(again)
    let_out(cast, again, row_of(again, "GESTORE", TEXTS["0331 441122"]), "GESTORE")
    review.submit(again, user=cast.operator, statement=builders.statement())
    edited = again.proposals.get(kind="edited")
    assert edited.changes == {"manager_name": [None, TEXTS["0331 441122"]]}
    builders.publish(again, cast)
    third = builders.checked(cast, plan(tail="\n\n"))
    compared_ahead(third)
    assert answers.take_offered(third, user=cast.operator) == 1
    review.submit(third, user=cast.operator, statement=builders.statement())
    assert {*third.proposals.values_list("kind", flat=True)} == {"unchanged"}


def test_a_large_delivery_is_compared_again_once_a_cell_is_let_out(
    cast, checked, empty_queues, django_capture_on_commit_callbacks
):
    Delivery.objects.update(row_count=5_000)
    checked.refresh_from_db()
    mine = row_of(checked, "GESTORE", TEXTS["0331 441122"])
    with django_capture_on_commit_callbacks(execute=True):
        let_out(cast, checked, mine, "GESTORE")
    assert works.COMPARE.message_id(checked.pk, checked.turn) in waiting(FILES)


def test_nothing_is_answered_once_it_is_sent(cast, checked):
    mine, seen = row_of(checked, "GESTORE", TEXTS["0331 441122"]), checked
    sent = Delivery.objects.get(pk=checked.pk)
    review.submit(sent, user=cast.operator, statement=builders.statement())
    with pytest.raises(NotAllowed):
        let_out(cast, seen, mine, "GESTORE")
    with pytest.raises(NotAllowed):
        answers.take_offered(seen, user=cast.operator)
    mine.refresh_from_db()
    assert mine.attributes["manager_name"] is None


def test_the_sender_mends_the_cell_in_the_browser(cast, checked):
    client = Client()
    client.force_login(cast.operator)
    mine = row_of(checked, "DENOMINAZIONE", TEXTS["333 1234567"])
    page = reverse("deliveries:mend", args=[checked.pk])
    shown = client.get(page, {"strato": mine.layer, "riga": mine.row}).content.decode()
    assert TEXTS["333 1234567"] in shown
    answers.edit_row(
        checked, user=cast.operator, layer=mine.layer, row=mine.row,
        changes={"name": "Ambulatorio"},
    )  # fmt: skip
    tasks.check_delivery(str(checked.pk))
    mine = row_of(checked, "DENOMINAZIONE", TEXTS["333 1234567"])
    assert (mine.name, mine.private) == ("Ambulatorio", {})


def test_the_answer_is_given_on_the_page_of_the_rows(cast, checked):
    client = Client()
    client.force_login(cast.operator)
    page = reverse("deliveries:finding-group", args=[checked.pk, "ATT-15"])
    shown = client.get(page).content.decode()
    assert "È un recapito dell'ente</label>" in shown
    assert not found_in(shown)
    mine = row_of(checked, "GESTORE", TEXTS["0331 441122"])
    given = {"code": "ATT-15", "layer": mine.layer, "rows": mine.row, "column": "GESTORE"}
    client.post(
        reverse("deliveries:answer", args=[checked.pk]),
        {**given, "kind": "right", "reason": "È un recapito dell'ente"},
    )
    mine.refresh_from_db()
    assert mine.withheld == []


def test_an_act_with_a_number_of_a_person_is_not_sent(cast, checked):
    statement = builders.statement(act="DCC 12/2025, referente Mario 333 1234567")
    with pytest.raises(Invalid, match="viene pubblicato"):
        review.submit(checked, user=cast.operator, statement=statement)


def test_what_is_withheld_is_in_no_event_of_a_service(cast, published):
    Record.objects.update(fingerprint="other")
    again = builders.checked(cast, plan(tail="\n"))
    review.submit(again, user=cast.operator, statement=builders.statement())
    builders.publish(again, cast)
    assert Edition.objects.count() == 2
    assert not found_in(str([*ServiceEvent.objects.values_list("changes", flat=True)]))


def test_a_package_of_the_portal_sent_back_changes_nothing(cast, published):
    with packages.stream(packages.package(cast.comune), "gpkg") as stream:
        book = stream.read()
    again = builders.checked(cast, SimpleUploadedFile("pacchetto.gpkg", book))
    review.submit(again, user=cast.operator, statement=builders.statement(only_correct_rows=True))
    assert {*again.proposals.values_list("kind", flat=True)} == {"unchanged"}
