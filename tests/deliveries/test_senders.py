"""Whoever delivers: a union of comuni, another body, a register of all comuni; each row has its
own comune, and rights, lists and letters follow the source."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from deliveries import packages, tasks
from deliveries.actions import intake
from deliveries.geocoding.proposals import questions_of
from deliveries.models import Delivery, Finding
from deliveries.publishing import impact
from notices.letters import letter
from notices.models import Notice
from people.models import Mandate, Role, User
from services import corrections
from services.corrections import NewCorrection
from services.models import Record, Service, ServiceState, Source
from tests import builders
from tests.deliveries.bodies import (
    CINISELLO,
    LEGNANO,
    SESTO,
    UNION_NAME,
    checked,
    client_of,
    published,
    submitted,
    union_file,
)
from tests.deliveries.pages import TYPED, page, text
from validator.interpreting.municipality import PlacedBy
from zones.models import Municipality


def comuni_of(delivery: Delivery) -> list[str | None]:
    records = Record.objects.filter(from_edition=delivery.edition_id).order_by("row")
    return list(records.values_list("municipality", flat=True))


def test_a_union_delivers_one_file_and_each_comune_shows_its_own(cast, union):
    operator = client_of(union.operator)
    shown = text(operator.get(reverse("deliveries:new")))
    assert UNION_NAME in shown
    sent = {"sender": union.source.slug, "file": union_file()}
    answer = operator.post(reverse("deliveries:new"), sent, follow=True)
    assert answer.status_code == 200 and UNION_NAME in text(answer)
    delivery = Delivery.objects.get()
    tasks.check_delivery(str(delivery.pk))
    operator.post(page("submit", delivery), TYPED)
    delivery = builders.publish(builders.at_rest(delivery), cast)
    assert delivery.status == "published"
    assert comuni_of(delivery) == [SESTO, SESTO, CINISELLO, CINISELLO]
    for istat in (SESTO, CINISELLO):
        listed = text(Client().get(f"/servizi/?municipality={istat}"))
        assert f"Biblioteca {istat}-1" in listed and f"Biblioteca {istat}-2" in listed
        assert listed.count("Biblioteca 015") == 2


def test_rights_follow_the_source_and_not_where_its_rows_lie(cast, union):
    delivery = checked(union, union_file())
    for stranger in (cast.operator, cast.consultant, cast.neighbour):
        other = client_of(stranger)
        assert other.get(page("detail", delivery)).status_code == 404
        assert other.get(reverse("api-upload", args=[delivery.pk])).status_code == 404
        assert UNION_NAME not in text(other.get(reverse("deliveries:list")))
    own = client_of(union.operator)
    assert own.get(page("checks", delivery)).status_code == 200
    assert UNION_NAME in text(own.get(reverse("deliveries:list")))
    assert own.get(reverse("api-upload", args=[delivery.pk])).json()["municipality"] is None
    Mandate.objects.filter(user=union.operator).update(
        valid_to="2020-01-01", valid_from="2019-01-01"
    )
    assert client_of(union.operator).get(page("detail", delivery)).status_code == 404


def test_the_desk_the_letters_and_the_receipt_name_the_source(cast, union):
    delivery = submitted(cast, union, union_file())
    office = client_of(cast.reviewer)
    assert UNION_NAME in text(office.get(reverse("deliveries:reviews")))
    assert UNION_NAME in text(office.get(reverse("deliveries:reviews") + "?q=unione"))
    assert UNION_NAME not in text(office.get(reverse("deliveries:reviews") + "?q=sesto"))
    assert UNION_NAME in text(office.get(page("review", delivery)))
    assert UNION_NAME in text(office.get(reverse("notices:list")))
    (notice,) = Notice.objects.filter(person=cast.reviewer)
    sent = letter(notice)
    assert UNION_NAME in sent.subject and f"Fonte: {UNION_NAME}" in sent.body
    receipt = delivery.receipts.get()
    assert f"F{union.source.pk:05d}" in receipt.number
    assert UNION_NAME in text(client_of(union.operator).get(page("receipt", delivery)))


def test_a_row_outside_the_territory_is_told_in_the_source_s_words(cast, union):
    (x, y), *_rest = builders.places(LEGNANO, 1)
    far = f"L1;Biblioteca;Biblioteca lontana;via Po 1;esistente;900;{x};{y}"
    delivery = checked(union, union_file(more=far))
    found = delivery.findings.get(code="GEO-07")
    assert found.rows == [5]
    shown = text(client_of(union.operator).get(page("checks", delivery)))
    assert "fuori dal territorio della fonte" in shown and "fuori dal Comune" not in shown


def test_a_package_of_a_union_changes_nothing_when_it_comes_back(cast, union):
    published(cast, union, union_file())
    operator = client_of(union.operator)
    made = operator.get(reverse("deliveries:package-gpkg", args=[union.source.slug]))
    assert made.status_code == 200
    body = b"".join(made.streaming_content)
    stranger = client_of(cast.operator)
    assert (
        stranger.get(reverse("deliveries:package-gpkg", args=["piano-unione"])).status_code == 404
    )
    delivery = submitted(cast, union, SimpleUploadedFile("pacchetto.gpkg", body))
    assert set(delivery.proposals.values_list("kind", flat=True)) == {"unchanged"}


def test_a_package_of_a_comune_has_the_candidates_of_another_reading(cast, union, ats):
    published(cast, ats, union_file())
    assert len(packages.package(cast.comune).origins) == 2
    assert len(packages.package(union.source).origins) == 4


def test_a_body_delivers_by_the_api_and_nobody_for_it(cast, ats):
    def post(user: User, **body):
        sent = {"file": builders.plan_file(3), **body}
        return client_of(user).post(reverse("api-uploads"), sent)

    answer = post(ats.operator, source="registro-ats")
    assert answer.status_code == 202
    told = answer.json()
    assert told["municipality"] is None
    assert told["source"] == {"slug": "registro-ats", "name": "Registro ATS"}
    listed = client_of(ats.operator).get(reverse("api-uploads") + "?source=registro-ats").json()
    assert [one["id"] for one in listed["results"]] == [told["id"]]
    assert post(cast.operator, source="registro-ats").status_code == 400
    assert post(ats.operator, municipality=SESTO).status_code == 403
    assert post(ats.operator).status_code == 400
    assert post(cast.operator, municipality=SESTO, source="registro-ats").status_code == 400


def test_a_comune_s_plan_is_named_by_its_code_as_before(cast):
    sent = {"file": builders.plan_file(3), "municipality": SESTO}
    told = client_of(cast.operator).post(reverse("api-uploads"), sent).json()
    assert told["municipality"] == {"istat": SESTO, "name": "Sesto San Giovanni"}
    assert told["source"]["slug"] == "pgt-sesto-san-giovanni"


#: From the register of libraries ISIL (ICCU, Ministry of culture, open data, 2018): the column
#: «comune» of the municipal libraries is wrong in most rows, the position is right.
LIBRARIES = """isil;denominazione;tipo;Lat;Long;comune
IT-MI0001;Biblioteca comunale Romeo Brambilla;Biblioteca;45.3987942;8.9190865;Messina
IT-MI0006;Biblioteca comunale;Biblioteca;45.5413583;8.8512704;Messina
"""
ABBIATEGRASSO, ARCONATE = "015002", "015007"


def register() -> SimpleUploadedFile:
    return SimpleUploadedFile("biblioteche.csv", LIBRARIES.encode())


def test_a_register_with_wrong_names_is_told_and_its_positions_hold(cast, ats):
    delivery = published(cast, ats, register())
    found = Finding.objects.filter(delivery=delivery, code="GEO-13").order_by("pk")
    assert [(one.params["said"], one.params["found"]) for one in found] == [
        ("Messina", "Abbiategrasso"),
        ("Messina", "Arconate"),
    ]
    assert {one.severity for one in found} == {"warning"}
    assert comuni_of(delivery) == [ABBIATEGRASSO, ARCONATE]
    shown = text(client_of(ats.operator).get(page("checks", delivery)))
    assert "dicono un Comune e cadono in un altro" in shown and "vale la posizione" in shown


def test_where_the_code_holds_the_register_s_rows_are_in_no_comune(cast, ats):
    Source.objects.filter(pk=ats.source.pk).update(placed_by=PlacedBy.CODE)
    ats.source.refresh_from_db()
    delivery = published(cast, ats, register())
    assert delivery.findings.filter(code="GEO-13").count() == 2
    assert comuni_of(delivery) == [None, None]


def test_another_mapping_is_a_difference_to_decide_on(cast, union):
    def coded(name: str) -> SimpleUploadedFile:
        (x, y), *_rest = builders.places(SESTO, 1)
        lines = (
            f"ID;TIPOLOGIA;DENOMINAZIONE;COD_ISTAT;X;Y\nA;Museo;Museo civico;{CINISELLO};{x};{y}"
        )
        return SimpleUploadedFile(name, lines.encode())

    assert comuni_of(published(cast, union, coded("uno.csv"))) == [SESTO]
    Source.objects.filter(pk=union.source.pk).update(placed_by=PlacedBy.CODE)
    union.source.refresh_from_db()
    delivery = submitted(
        cast, union, SimpleUploadedFile("due.csv", coded("due.csv").read() + b"\n")
    )
    proposal = delivery.proposals.get()
    assert (proposal.kind, proposal.changes) == ("edited", {"municipality": [SESTO, CINISELLO]})
    shown = text(client_of(cast.reviewer).get(page("review", delivery)))
    assert "Cinisello Balsamo" in shown
    assert comuni_of(builders.publish(delivery, cast)) == [CINISELLO]


def test_what_a_comune_declares_elsewhere_is_where_it_lies(cast):
    (x, y), *_rest = builders.places(CINISELLO, 1)
    lines = (
        "ID;TIPOLOGIA;DENOMINAZIONE;SERVIZIO IN ALTRO COMUNE;COORD_X;COORD_Y\n"
        f"A;Museo;Museo civico;Cinisello Balsamo;{x};{y}"
    )
    delivery = builders.published(cast, SimpleUploadedFile("altrove.csv", lines.encode()))
    assert comuni_of(delivery) == [CINISELLO]
    assert ServiceState.objects.at(None).get().municipality_id == CINISELLO


def test_the_office_corrects_what_a_comune_declared_elsewhere_and_both_are_told(cast):
    (x, y), *_rest = builders.places(CINISELLO, 1)
    lines = (
        "ID;TIPOLOGIA;DENOMINAZIONE;SERVIZIO IN ALTRO COMUNE;COORD_X;COORD_Y\n"
        f"A;Museo;Museo civico;Cinisello Balsamo;{x};{y}"
    )
    builders.published(cast, SimpleUploadedFile("altrove.csv", lines.encode()))
    service = Service.objects.get()
    made = NewCorrection("Il nome è un altro", {"name": "Museo del territorio"})
    act = corrections.correct(service, user=cast.reviewer, correction=made)
    told = set(Notice.objects.filter(event__subject_id=act.pk).values_list("person", flat=True))
    assert {cast.operator.pk, cast.neighbour.pk} <= told
    for reader in (cast.operator, cast.neighbour):
        address = reverse("services:correction", args=[act.pk])
        assert client_of(reader).get(address).status_code == 200


def test_an_address_of_a_comune_s_plan_is_looked_for_in_the_row_s_own_comune(cast):
    lines = (
        "ID;TIPOLOGIA;DENOMINAZIONE;INDIRIZZO;COMUNE;ISTAT\n"
        "A;Museo;Museo civico;via Verdi 3;Cinisello Balsamo;015077\n"
        "B;Museo;Museo di qui;via Verdi 3;;"
    )
    delivery = builders.checked(cast, SimpleUploadedFile("indirizzi.csv", lines.encode()))
    ask = questions_of(delivery)
    asked = [ask(row.attributes, row.municipality) for row in delivery.rows.order_by("row")]
    assert asked == ["via Verdi 3, Cinisello Balsamo", "via Verdi 3, Sesto San Giovanni"]


def test_a_comune_s_plan_is_told_of_its_comune_alone(cast):
    (x, y), *_rest = builders.places(LEGNANO, 1)
    row = f"L1;Biblioteca;Biblioteca lontana;via Po 1;esistente;900;{x};{y}"
    body = builders.plan_file(3).read() + f"\n{row}".encode()
    delivery = builders.checked(cast, SimpleUploadedFile("piano.csv", body))
    assert not delivery.findings.filter(code="GEO-13").exists()
    assert "wide" not in delivery.findings.get(code="GEO-07").params
    shown = text(client_of(cast.operator).get(page("checks", delivery)))
    assert "fuori dal Comune" in shown and "della fonte" not in shown


def test_the_office_corrects_what_a_union_said_and_the_union_is_told(cast, union):
    published(cast, union, union_file())
    service = Service.objects.get(items__key=f"{SESTO}-1")
    made = NewCorrection("Il nome è un altro", {"name": "Biblioteca civica"})
    act = corrections.correct(service, user=cast.reviewer, correction=made)
    told = set(Notice.objects.filter(event__subject_id=act.pk).values_list("person", flat=True))
    assert told == {union.operator.pk, cast.operator.pk, cast.colleague.pk}
    address = reverse("services:correction", args=[act.pk])
    assert client_of(union.operator).get(address).status_code == 200
    assert client_of(cast.neighbour).get(address).status_code == 404
    corrections.message(act, user=union.operator, text="Grazie")


def test_a_register_is_not_asked_for_what_plans_must_have(cast, union, ats):
    published(cast, union, union_file())
    assert "CMP-07" in builders.checked(cast).outcome["ran"]
    delivery = checked(ats, union_file())
    not_run = {one["code"]: one["reason"] for one in delivery.outcome["not_run"]}
    assert (not_run["CMP-06"], not_run["CMP-07"]) == ("not_a_plan", "not_a_plan")
    assert delivery.findings.filter(code="CMP-05").exists()


def test_the_desk_says_the_comune_of_each_row_that_is_not_the_sender_s(cast, union):
    delivery = submitted(cast, union, union_file())
    shown = text(client_of(cast.reviewer).get(page("review", delivery)))
    assert shown.count("· Sesto San Giovanni") == shown.count("· Cinisello Balsamo") == 2
    own = builders.submitted(cast)
    assert "· Sesto San Giovanni" not in text(client_of(cast.reviewer).get(page("review", own)))


def test_an_address_is_looked_for_in_the_row_s_own_comune(union):
    delivery = checked(union, union_file())
    question = questions_of(delivery)
    address = {"address": "via Roma 3"}
    assert question(address, CINISELLO) == "via Roma 3, Cinisello Balsamo"
    assert question(address, "") == ""


@pytest.mark.real_data
def test_of_a_national_register_most_municipal_libraries_say_another_comune(
    cast, ats, shared_data
):
    lines = (shared_data / "lettura2" / "biblioteche_cmm.csv").read_text().splitlines()
    municipal = [line for line in lines[1:] if line.split(";")[5] == "Comune"]
    assert len(municipal) == 184
    body = "\n".join([lines[0], *municipal]).encode()
    delivery = checked(ats, SimpleUploadedFile("biblioteche.csv", body))
    assert delivery.row_count == 184
    told = delivery.findings.filter(code="GEO-13")
    assert 159 <= told.count() <= 163
    assert delivery.rows.filter(municipality="").count() <= 4
    names = set(Municipality.objects.values_list("name", flat=True))
    assert {one.params["found"] for one in told} <= names


def test_who_acts_for_several_chooses_for_whom(cast, union):
    Mandate.objects.create(user=union.operator, municipality=cast.comune, role=Role.OPERATOR)
    client, address = client_of(union.operator), reverse("deliveries:new")
    shown = text(client.get(address))
    assert "Per chi consegni" in shown
    assert f'value="{SESTO}"' in shown and 'value="piano-unione"' in shown
    asked = text(client.get(address + "?fonte=piano-unione"))
    assert '<option value="piano-unione" selected>' in asked
    unsaid = client.post(address, {"file": builders.plan_file(3)})
    assert unsaid.status_code == 400 and "Scegli per chi consegni." in text(unsaid)
    client.post(address, {"sender": SESTO, "file": builders.plan_file(3)})
    client.post(address, {"sender": "piano-unione", "file": union_file()})
    senders = set(Delivery.objects.values_list("source__slug", flat=True))
    assert senders == {"pgt-sesto-san-giovanni", "piano-unione"}


def test_a_union_confirms_that_nothing_changed_by_page_and_by_api(cast, union):
    published(cast, union, union_file())
    client = client_of(union.operator)
    answer = client.post(reverse("deliveries:confirm"), {"sender": "piano-unione"})
    delivery = Delivery.objects.get(kind="confirmation")
    assert answer.url == page("submit", delivery)
    intake.withdraw(delivery, user=union.operator)
    again = client.post(reverse("api-confirmations"), {"source": "piano-unione"})
    assert again.status_code == 202
    assert again.json()["source"]["slug"] == "piano-unione"
    stranger = client_of(cast.operator)
    assert (
        stranger.post(reverse("deliveries:confirm"), {"sender": "piano-unione"}).status_code == 404
    )


def test_the_command_line_checks_for_a_source(union, tmp_path, capsys):
    path = tmp_path / "unione.csv"
    path.write_bytes(union_file().read())
    told = ["check_delivery", str(path), "--source", "piano-unione", "--format", "json", "--rows"]
    with pytest.raises(SystemExit) as ended:
        call_command(*told)
    assert ended.value.code == 0
    rows = json.loads(capsys.readouterr().out)["records"]
    assert [row["municipality"] for row in rows] == [SESTO, SESTO, CINISELLO, CINISELLO]
    with pytest.raises(SystemExit) as ended:
        call_command("check_delivery", str(path), "--source", "non-c-e")
    assert ended.value.code == 2


def with_a_row_in_legnano() -> SimpleUploadedFile:
    x, y = builders.places(LEGNANO, 1)[0]
    return union_file(more=f"L1;Biblioteca;Biblioteca di là;via Po 1;esistente;900;{x};{y}")


def test_the_preview_shows_every_comune_whose_figures_change(union):
    """Legnano is not the union's; a row of its file lies there."""
    delivery = checked(union, with_a_row_in_legnano())
    changed = {sheet.name for sheet in impact.preview(delivery).sheets if sheet.figures}
    assert {"Sesto San Giovanni", "Cinisello Balsamo", "Legnano"} <= changed
    assert {"Nord Milano", "Alto Milanese"} <= changed


def test_the_preview_of_a_register_shows_the_comuni_that_change_and_all_zones(ats):
    sheets = [sheet.name for sheet in impact.preview(checked(ats, union_file())).sheets]
    assert sheets[:2] == ["Cinisello Balsamo", "Sesto San Giovanni"]
    assert len(sheets) == 2 + 8


def test_a_preview_of_many_comuni_shows_some_and_counts_the_others(union, monkeypatch):
    monkeypatch.setattr(impact, "MAX_COMUNI", 1)
    delivery = checked(union, with_a_row_in_legnano())
    shown = client_of(union.operator).get(page("impact", delivery))
    assert "nelle schede di altri 2 Comuni" in text(shown)
    told = client_of(union.operator).get(reverse("api-impact", args=[delivery.pk])).json()
    assert told["others"] == 2
    assert "Sesto San Giovanni" not in {sheet["name"] for sheet in told["sheets"]}
