"""«Non è così»: anybody says it, the office answers, the comune finds it in its package."""

import datetime as dt
import secrets

import pytest
from django.test import Client
from django.utils import timezone

from core.errors import Invalid, NotAllowed, WrongState
from deliveries import packages
from people import retention
from people.tokens import issue_token
from services import remarks
from services.actions import EditionHead, publish_edition
from services.models import Remark, Service
from tests.services.catalogue import Thing, publish

pytestmark = pytest.mark.django_db
JSON = "application/json"


@pytest.fixture
def service(db) -> Service:
    publish([Thing("Biblioteca Ariosto", address="via Ariosto 1")])
    return Service.objects.get()


@pytest.fixture
def somebody():
    """A citizen from a network that no earlier test, nor an earlier run, has counted."""
    network = ":".join(secrets.token_hex(2) for _part in range(2))
    return Client(REMOTE_ADDR=f"2001:db8:{network}::1")


def page(service) -> str:
    return f"/servizi/{service.public_id}/segnala/"


def remark(service, **fields) -> Remark:
    return Remark.objects.create(
        service=service, **{"kind": "closed", "text": "Chiusa da marzo", **fields}
    )


def test_a_citizen_says_so_without_an_account_and_finds_the_answer(somebody, service, cast):
    shown = somebody.get(f"/servizi/{service.public_id}/").content.decode()
    assert page(service) in shown
    assert "Biblioteca Ariosto" in somebody.get(page(service)).content.decode()
    answer = somebody.post(page(service), {"kind": "closed", "text": "Chiusa da marzo"})
    made = Remark.objects.get()
    assert answer.url == f"/segnalazioni/{made.token}/"
    shown = somebody.get(answer.url)
    assert "Salva l'indirizzo" in shown.content.decode()
    assert shown["X-Robots-Tag"] == "noindex"
    service.refresh_from_db()
    assert service.shown.status == "esistente", "nothing changes before somebody looked"
    office = Client()
    office.force_login(cast.reviewer)
    assert "1 segnalazione da guardare" in office.get("/istruttoria/").content.decode()
    queue = office.get("/istruttoria/segnalazioni/").content.decode()
    assert "Chiusa da marzo" in queue and f"/servizi/{service.public_id}/rettifica/" in queue
    given = {"outcome": "right", "answer": "Grazie, corretto."}
    office.post(f"/istruttoria/segnalazioni/{made.pk}/", given)
    shown = somebody.get(answer.url).content.decode()
    assert "Grazie, corretto." in shown and "era vero: corretto" in shown
    assert "Chiusa da marzo" not in office.get("/istruttoria/segnalazioni/").content.decode()
    assert "Grazie" in office.get("/istruttoria/segnalazioni/?chiuse=1").content.decode()
    english = somebody.get(f"/en/segnalazioni/{made.token}/").content.decode()
    assert "it was true: corrected" in english


def test_what_is_missing_is_said_and_what_was_typed_stays(somebody, service):
    answer = somebody.post(page(service), {"text": "Chiusa da marzo"})
    assert answer.status_code == 400
    assert "Chiusa da marzo" in answer.content.decode()
    answer = somebody.post(page(service), {"kind": "other", "text": " "})
    assert answer.status_code == 400
    assert "Scrivi che cosa non va." in answer.content.decode()
    assert not Remark.objects.exists()


def test_one_address_sends_ten_an_hour_page_and_api_together(somebody, service):
    for _turn in range(5):
        assert somebody.post(page(service), {"kind": "closed"}).status_code == 302
    url = f"/api/v1/services/{service.public_id}/remarks/"
    for _turn in range(5):
        assert somebody.post(url, {"kind": "closed"}, content_type=JSON).status_code == 201
    answer = somebody.post(page(service), {"kind": "moved", "text": "Ora è in via Verdi"})
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0
    assert "Ora è in via Verdi" in answer.content.decode(), "nothing typed is lost"
    assert somebody.post(page(service)).status_code == 429, "nor does it break on nothing typed"
    late = somebody.post(url, {"kind": "closed"}, content_type=JSON)
    assert (late.status_code, late["Content-Type"]) == (429, "application/problem+json")
    assert Remark.objects.count() == 10


def test_a_crowd_on_one_service_is_told_that_it_is_known(service):
    for _turn in range(remarks.ENOUGH):
        remark(service)
    with pytest.raises(WrongState):
        remarks.say(service, kind="closed", text="")
    Remark.objects.update(outcome="right")
    remarks.say(service, kind="closed", text="")


@pytest.mark.parametrize("given", [{"kind": "boh", "text": ""}, {"kind": "data", "text": ""},
                                   {"kind": "closed", "text": "x" * 1001}])  # fmt: skip
def test_what_cannot_be_is_refused(service, given):
    with pytest.raises(Invalid):
        remarks.say(service, **given)


def test_a_retired_or_unknown_service_takes_none(somebody, service):
    assert somebody.get("/servizi/s-00000000/segnala/").status_code == 404
    item = service.items.get()
    publish_edition(EditionHead(item.source), [], withdrawn=[item.pk])
    assert somebody.get(page(service)).status_code == 404
    assert page(service) not in somebody.get(f"/servizi/{service.public_id}/").content.decode()


def test_the_comune_finds_open_ones_in_its_package(service, cast):
    remark(service, kind="moved", text="È in via Verdi")
    remark(service, outcome="asked", text="Capienza sbagliata", answer="Verificate voi")
    remark(service, outcome="wrong", text="Non mi piace")
    asked = {one.detail: one for one in packages.package(cast.comune).questions}
    assert set(asked) == {"È in via Verdi", "Capienza sbagliata. Verificate voi"}
    one = asked["È in via Verdi"]
    assert one.question == "Segnalazione: è in un altro posto"
    assert (one.identifier, one.name) == (service.public_id, "Biblioteca Ariosto")
    assert packages.package(cast.neighbour_comune).questions == []


def test_only_the_office_answers_and_once(service, cast, client):
    made = remark(service)
    given = {"outcome": "right", "answer": "Sì"}
    for user in (cast.operator, cast.consultant, cast.neighbour):
        with pytest.raises(NotAllowed):
            remarks.close(made, user=user, **given)
        client.force_login(user)
        assert client.get("/istruttoria/segnalazioni/").status_code == 403
        url = f"/istruttoria/segnalazioni/{made.pk}/"
        assert client.post(url, given).status_code == 403
    assert Client().get("/istruttoria/segnalazioni/").status_code == 302
    remarks.close(made, user=cast.reviewer, **given)
    with pytest.raises(WrongState):
        remarks.close(made, user=cast.manager, **given)
    made.refresh_from_db()
    assert (made.closed_by, made.answer) == (cast.reviewer, "Sì")


def test_an_answer_has_an_outcome_and_words(service, cast):
    for wrong in ({"outcome": "open", "answer": "x"}, {"outcome": "right", "answer": " "}):
        with pytest.raises(Invalid):
            remarks.close(remark(service), user=cast.reviewer, **wrong)


def test_the_texts_go_after_the_stated_days_and_the_outcome_stays(service, settings):
    old = timezone.now() - dt.timedelta(days=settings.RETENTION_DAYS_UNPUBLISHED + 1)
    over = remark(service, outcome="right", answer="Grazie", closed_at=old)
    fresh = remark(service, outcome="right", answer="Grazie", closed_at=timezone.now())
    waiting = remark(service, at=old)
    retention.forget_expired()
    for one in (over, fresh, waiting):
        one.refresh_from_db()
    assert (over.text, over.answer, over.outcome) == ("", "", "right")
    assert fresh.text == waiting.text == "Chiusa da marzo"


def test_the_office_reads_the_whole_queue_page_by_page(somebody, service, cast):
    for number in range(5):
        remarks.say(service, kind="data", text=f"Numero {number}")
    office = Client()
    office.force_login(cast.reviewer)
    address, read = "/api/v1/remarks/?limit=2", []
    while address:
        page = office.get(address).json()
        assert page["numberMatched"] == 5 and page["numberReturned"] == len(page["results"])
        read += [one["text"] for one in page["results"]]
        address = page["next"]
    assert read == [f"Numero {number}" for number in range(5)]
    wrong = office.get("/api/v1/remarks/?after=ieri")
    assert (wrong.status_code, wrong.json()["parameter"]) == (400, "after")


def test_by_api_anybody_writes_and_the_office_answers(somebody, service, cast):
    url = f"/api/v1/services/{service.public_id}/remarks/"
    made = somebody.post(url, {"kind": "type", "text": "È un museo"}, content_type=JSON).json()
    told = somebody.get(f"/api/v1/remarks/{made['token']}/").json()
    assert (told["outcome"], told["kind"]) == ("open", "type")
    assert "token" not in told
    assert somebody.get("/api/v1/remarks/niente/").status_code == 404
    assert somebody.post(url, {"kind": "boh"}, content_type=JSON).status_code == 400
    key = issue_token(cast.reviewer, name="x", scopes=["review"])
    office = Client(headers={"authorization": f"Bearer {key}"})
    listed = office.get("/api/v1/remarks/").json()["results"]
    assert [one["text"] for one in listed] == ["È un museo"]
    assert "token" not in listed[0], "the address is the writer's own"
    close = f"/api/v1/remarks/{listed[0]['id']}/close/"
    body = {"outcome": "wrong", "answer": "È una biblioteca"}
    assert office.post(close, body, content_type=JSON).json()["outcome"] == "wrong"
    assert office.post(close, body, content_type=JSON).status_code == 409
    key = issue_token(cast.operator, name="x", scopes=["read", "review"])
    operator = Client(headers={"authorization": f"Bearer {key}"})
    assert operator.get("/api/v1/remarks/").status_code == 403
    assert operator.post(close, body, content_type=JSON).status_code == 403
    assert somebody.get("/api/v1/remarks/").status_code == 401
