"""Personal data that were published before the check withheld them are taken out of every day."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from core.errors import Invalid
from services import corrections
from services.corrections import NewCorrection
from services.models import Record, SearchWord, Service, ServiceState
from services.versions import catalogue_version
from tests.services.catalogue import Thing, publish

pytestmark = pytest.mark.django_db
NAME, ADDRESS = "Ambulatorio Grandi tel. 333 1234567", "presso rossi@gmail.com"


@pytest.fixture
def service(cast) -> Service:
    publish([Thing(NAME, address=ADDRESS), Thing("Biblioteca Ariosto", lon=9.236)])
    return Service.objects.get(states__name=NAME)


def withheld(*options: str) -> str:
    out = io.StringIO()
    call_command("withhold_personal_data", *options, stdout=out)
    return out.getvalue()


def answers(client, service: Service) -> str:
    day = timezone.localdate().isoformat()
    paths = (
        f"/servizi/{service.public_id}/", f"/servizi/?livello=all&al={day}",
        f"/api/v1/services/{service.public_id}/", "/api/v1/services/?level=all",
        "/api/v1/services/export.csv?level=all",
    )  # fmt: skip
    return "".join(client.get(path).getvalue().decode() for path in paths)


def test_they_leave_pages_states_records_and_search(service, client):
    assert "1234567" in answers(client, service)
    version = catalogue_version()
    assert "1 registrazioni, 1 stati, 1 servizi" in withheld()
    shown = answers(client, service)
    assert "1234567" not in shown and "gmail" not in shown
    assert "Biblioteca Ariosto" in shown
    record = Record.objects.get(item__service=service)
    assert record.withheld == {"name": NAME, "address": ADDRESS}
    assert not SearchWord.objects.filter(word__in=("1234567", "rossi@gmail.com")).exists()
    assert SearchWord.objects.filter(word="ariosto").exists()
    assert catalogue_version() != version, "kept answers would go on saying it"
    assert "0 registrazioni, 0 stati" in withheld()


def test_a_trial_changes_nothing(service):
    assert "1 registrazioni" in withheld("--dry-run")
    assert ServiceState.objects.filter(name=NAME).exists()


def test_what_no_pattern_finds_is_taken_out_of_one_field_on_every_day(cast, client):
    publish([Thing("Studio Mario Rossi", address="Via Roma 1")])
    service = Service.objects.get(states__name="Studio Mario Rossi")
    Record.objects.filter(item__service=service).update(
        answers=[{"code": "ATT-15", "kind": "right", "cell": "name"}]
    )
    said = NewCorrection("Sopralluogo", {"address": "Via Roma 2"})
    corrections.correct(service, user=cast.reviewer, correction=said)
    assert "2 registrazioni, 2 stati" in withheld(
        "--service", service.public_id, "--field", "name", "--dry-run"
    )
    assert "Mario Rossi" in answers(client, service)
    withheld("--service", service.public_id, "--field", "name")
    shown = answers(client, service)
    assert "Mario Rossi" not in shown and "Via Roma 2" in shown
    assert not ServiceState.objects.filter(folded__contains="rossi").exists()
    assert not SearchWord.objects.filter(word="rossi").exists()
    assert Record.objects.filter(withheld__name="Studio Mario Rossi").count() == 2


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--service", "s-xxxxxxxx", "--field", "name"], "nessun servizio"),
        (["--service", "s-xxxxxxxx", "--field", "phone"], "non è un campo pubblicato"),
        (["--field", "name"], "vanno insieme"),
    ],
)
def test_what_cannot_be_taken_out_is_said(db, options, words):
    with pytest.raises(CommandError, match=words):
        withheld(*options)


def test_what_the_comune_called_a_contact_of_the_body_stays(service):
    for cell in ("name", "address"):
        said = Record.objects.get(item__service=service).answers
        said.append({"code": "ATT-15", "kind": "right", "cell": cell})
        Record.objects.filter(item__service=service).update(answers=said)
    Record.objects.filter(item__service=service).update(
        attributes={"name": NAME, "address": ADDRESS}
    )
    assert "0 registrazioni, 0 stati" in withheld()


@pytest.mark.parametrize(
    "said", [NewCorrection("Telefonata", {"name": NAME}), NewCorrection(NAME, {"name": "Asilo"})]
)
def test_the_office_publishes_none_either(service, cast, said):
    with pytest.raises(Invalid, match="togli recapiti"):
        corrections.correct(service, user=cast.reviewer, correction=said)


def test_nor_where_it_takes_a_correction_back(service, cast):
    said = NewCorrection("Sopralluogo", {"name": "Asilo"})
    made = corrections.correct(service, user=cast.reviewer, correction=said)
    with pytest.raises(Invalid, match="togli recapiti"):
        corrections.undo(made, user=cast.reviewer, reason=f"Lo chiede {NAME}")
