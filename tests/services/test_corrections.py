"""The office's own correction: who may, what it publishes, what the comune sees, the way back."""

import uuid

import pytest
from django.contrib.gis.geos import Point
from django.test import Client
from django.utils import timezone

from core.errors import Invalid, NotAllowed, WrongState
from deliveries import tasks
from deliveries.actions import intake, review
from deliveries.models import Delivery
from notices.models import Notice
from people.tokens import issue_token
from services import corrections
from services.corrections import NewCorrection
from services.models import Correction, Edition, Record, Service, Source
from services.selectors import service_story
from tests import builders
from tests.services.catalogue import Thing, publish
from validator.interpreting.fingerprint import fingerprint_of

pytestmark = pytest.mark.django_db
WHY = "Telefonata del Comune del 3 marzo"


@pytest.fixture
def service(cast) -> Service:
    """The first library of Sesto's plan, published."""
    builders.published(cast)
    Notice.objects.all().delete()
    return Service.objects.get(states__name="Biblioteca 1")


def correct(cast, service, **changes) -> Correction:
    return corrections.correct(service, user=cast.reviewer, correction=NewCorrection(WHY, changes))


def current(service) -> Record:
    return Record.objects.current().get(item__service=service)


def page(service) -> str:
    return f"/servizi/{service.public_id}/rettifica/"


def test_a_record_as_stored_gives_its_own_fingerprint_again(cast):
    builders.published(cast)
    assert Record.objects.current().count() == 6
    for record in Record.objects.current():
        assert fingerprint_of(record.attributes, bytes(record.geometry.wkb)) == record.fingerprint


def test_a_corrected_name_is_an_edition_of_the_office_with_its_reason(cast, service):
    before = current(service)
    made = correct(cast, service, name="Biblioteca civica")
    edition = made.edition
    assert (edition.number, edition.act, edition.note) == (2, "Rettifica d'ufficio", WHY)
    assert (edition.published_by, edition.delivery) == (cast.reviewer, None)
    now = current(service)
    service.refresh_from_db()
    assert service.shown.name == now.name == now.attributes["name"] == "Biblioteca civica"
    assert (now.raw, now.row, now.layer) == (before.raw, before.row, before.layer)
    assert now.geometry.equals(before.geometry)
    assert Service.objects.published().count() == 6
    event = service_story(service.shown).events[0]
    assert (event.verb, event.by, event.edition) == ("changed", cast.reviewer, edition)
    assert event.changes == {"name": ["Biblioteca 1", "Biblioteca civica"]}
    assert made.events.get().verb == "correct"


def test_the_comune_is_told_and_may_answer(cast, service):
    made = correct(cast, service, name="Biblioteca civica")
    told = Notice.objects.values_list("person__email", "event__verb")
    assert set(told) == {(one.email, "correct") for one in (cast.operator, cast.colleague)}
    client = Client()
    client.force_login(cast.operator)
    shown = client.get(f"/rettifiche/{made.pk}/").content.decode()
    assert (
        WHY in shown and "Biblioteca civica" in shown and "Annulla questa rettifica" not in shown
    )
    client.post(f"/rettifiche/{made.pk}/messaggi/", {"note": "Non siamo d'accordo."})
    assert Notice.objects.filter(person=cast.reviewer, event__verb="message").exists()
    client.force_login(cast.neighbour)
    assert client.get(f"/rettifiche/{made.pk}/").status_code == 404


def test_each_kind_of_change_has_its_verb(cast, service):
    assert correct(cast, service, kind="musei").edition.events.get().verb == "reclassified"
    service.refresh_from_db()
    assert service.shown.kind_id == "musei"
    place = builders.places("015209", 9, seed=9)[-1]

    there = Point(*place, srid=32632).transform(4326, clone=True)
    assert correct(cast, service, lon=there.x, lat=there.y).edition.events.get().verb == "moved"
    assert current(service).point.distance(Point(*place, srid=32632)) < 0.1
    assert correct(cast, service, status="dismesso").edition.events.get().verb == "changed"
    service.refresh_from_db()
    assert service.shown.status == "dismesso"
    assert correct(cast, service, area="1.500,5".replace(".", "")).edition.counts["changed"] == 1
    assert current(service).attributes["area"] == 1500.5


def test_a_valence_given_by_the_office_stands_beside_the_declared_one(cast, service):
    before = current(service)
    made = correct(cast, service, valence="metropolitana")
    service.refresh_from_db()
    assert (service.shown.valence, service.shown.valence_origin) == ("metropolitana", "validated")
    assert service.shown.override_reason == WHY
    assert service.events.get(verb="validated").by == cast.reviewer
    assert current(service) == before, "what the comune says stays as it is"
    assert made.edition.events.get().verb == "validated"
    correct(cast, service, name="Biblioteca civica")
    service.refresh_from_db()
    assert service.shown.valence == "metropolitana", "a later edition keeps it"
    correct(cast, service, valence="")
    service.refresh_from_db()
    assert service.shown.valence_origin != "validated"
    assert service.shown.override_reason == ""


def test_what_is_gone_leaves_the_portal_and_keeps_its_page(cast, service, client):
    made = NewCorrection("Doppione", gone=True)
    corrections.correct(service, user=cast.reviewer, correction=made)
    assert not Service.objects.published().filter(pk=service.pk).exists()
    shown = client.get(f"/servizi/{service.public_id}/")
    assert shown.status_code == 200
    assert "Doppione" in shown.content.decode()
    with pytest.raises(WrongState):
        correct(cast, service, name="x")


@pytest.mark.parametrize("what", ["name", "valence", "gone"])
def test_a_correction_is_undone_by_another_one(cast, service, what):
    before = (service.shown.name, service.shown.valence, service.shown.valence_origin)
    changes = {"name": {"name": "Altro"}, "valence": {"valence": "metropolitana"}, "gone": {}}[
        what
    ]
    made = NewCorrection(WHY, changes, gone=what == "gone")
    act = corrections.correct(service, user=cast.reviewer, correction=made)
    again = corrections.undo(act, user=cast.manager, reason="Ci siamo sbagliati")
    service.refresh_from_db()
    assert (service.shown.name, service.shown.valence, service.shown.valence_origin) == before
    assert service.retired_at is None
    assert again.editions.count() == 1 and again.undoes == act
    corrections.undo(again, user=cast.reviewer, reason="No, era giusto")
    service.refresh_from_db()
    assert (
        service.shown.name,
        service.shown.valence,
        service.shown.valence_origin,
    ) != before or service.retired_at


def test_what_changed_since_is_not_undone_blindly(cast, service):
    first = correct(cast, service, name="Uno")
    correct(cast, service, name="Due")
    with pytest.raises(WrongState):
        corrections.undo(first, user=cast.reviewer, reason="Indietro")


def test_a_valence_that_the_office_gave_since_is_not_wiped(cast, service):
    first = correct(cast, service, valence="metropolitana")
    second = correct(cast, service, valence="intercomunale")
    with pytest.raises(WrongState):
        corrections.undo(first, user=cast.reviewer, reason="Indietro")
    assert service.shown.valence == "intercomunale"
    corrections.undo(second, user=cast.reviewer, reason="Indietro")
    service.refresh_from_db()
    assert service.shown.valence == "metropolitana"
    with pytest.raises(WrongState):
        corrections.undo(second, user=cast.reviewer, reason="Ancora")


def test_an_accuracy_is_given_and_taken_away(cast, service):
    for given in ("strada", ""):
        correct(cast, service, accuracy=given)
        service.refresh_from_db()
        assert service.shown.accuracy == current(service).accuracy == given
    with pytest.raises(Invalid):
        correct(cast, service, accuracy="")


def nowhere() -> Service:
    """A service of another source of which nobody said the place."""
    publish([Thing("Centralina", lon=None, municipality=None)], reading=2)
    return Service.objects.get(states__name="Centralina")


def test_a_service_without_comune_is_corrected_once_it_has_a_place(cast):
    service = nowhere()
    with pytest.raises(WrongState) as told:
        correct(cast, service, name="Altro")
    assert "indica la posizione" in str(told.value.message)
    there = Point(*builders.places("015209", 1)[0], srid=32632).transform(4326, clone=True)
    made = correct(cast, service, name="Altro", lon=there.x, lat=there.y)
    service.refresh_from_db()
    assert made.municipality_id == service.shown.municipality_id == "015209"
    assert Notice.objects.filter(person=cast.operator, event__verb="correct").exists()


def test_a_service_without_comune_is_taken_away(cast):
    service = nowhere()
    made = NewCorrection(WHY, gone=True)
    act = corrections.correct(service, user=cast.reviewer, correction=made)
    assert not Service.objects.published().filter(pk=service.pk).exists()
    client = Client()
    client.force_login(cast.manager)
    for path in ("/rettifiche/", f"/rettifiche/{act.pk}/"):
        assert "senza Comune" in client.get(path).content.decode()
    assert client.get(f"/api/v1/corrections/{act.pk}/").json()["municipality"] is None
    corrections.message(act, user=cast.manager, text="Visto.")
    corrections.undo(act, user=cast.manager, reason="Invece c'è")
    assert Service.objects.published().filter(pk=service.pk).exists()


def test_two_reviewers_at_once_the_second_is_told(cast, service):
    seen = current(service).pk
    correct(cast, service, name="Uno")
    late = NewCorrection(WHY, {"name": "Due"}, seen=seen)
    with pytest.raises(WrongState) as told:
        corrections.correct(service, user=cast.manager, correction=late)
    assert told.value.code == "changed-meanwhile"
    assert current(service).name == "Uno"


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"name": "Biblioteca 1"},
        {"name": "  "},
        {"kind": "astronavi"},
        {"status": "chissà"},
        {"valence": "galattica"},
        {"lon": 12.5, "lat": 41.9},
        {"lon": "nove", "lat": "x"},
        {"lon": 9.2},
        {"area": "-3"},
        {"area": "nan"},
        {"accuracy": "a occhio"},
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_published(cast, service, changes):
    with pytest.raises(Invalid):
        correct(cast, service, **changes)
    assert Edition.objects.count() == 1
    assert not Correction.objects.exists()


def test_a_correction_has_a_reason(cast, service):
    made = NewCorrection("  ", {"name": "x"})
    with pytest.raises(Invalid):
        corrections.correct(service, user=cast.reviewer, correction=made)


def test_the_comunes_next_delivery_meets_the_correction_as_a_difference(cast, service):
    correct(cast, service, name="Biblioteca civica")
    received = intake.receive(
        cast.operator, sender=cast.comune, file=builders.plan_file(name="ancora.csv")
    )
    assert not received.duplicate, "the same file is news again: what is in force has changed"
    tasks.check_delivery(str(received.delivery.pk))
    delivery = Delivery.objects.get(pk=received.delivery.pk)
    review.submit(delivery, user=cast.operator, statement=builders.statement())
    kinds = sorted(delivery.proposals.values_list("kind", flat=True))
    assert kinds == ["edited", *["unchanged"] * 5]
    edited = delivery.proposals.get(kind="edited")
    assert edited.changes["name"] == ["Biblioteca civica", "Biblioteca 1"]


def test_a_delivery_already_decided_is_compared_anew(cast, service):
    delivery = builders.in_review(cast, builders.plan_file(first_name="Biblioteca Uno"))
    review.decide_in_bulk(delivery, user=cast.reviewer, rule="all_pending", decision="accepted")
    correct(cast, service, name="Biblioteca civica")
    review.close(delivery, user=cast.reviewer)
    tasks.publish_delivery(str(delivery.pk))
    delivery.refresh_from_db()
    assert delivery.status == "in_review"
    assert delivery.proposals.get(decision="pending").changes["name"] == [
        "Biblioteca civica",
        "Biblioteca Uno",
    ]


def test_a_service_moved_into_another_comune_is_shown_there(cast, service):
    there = Point(*builders.places("015077", 1)[0], srid=32632).transform(4326, clone=True)
    correct(cast, service, lon=there.x, lat=there.y)
    service.refresh_from_db()
    assert service.shown.municipality_id == "015077"


def new(cast, **changes) -> NewCorrection:
    there = Point(*builders.places("015209", 1)[0], srid=32632).transform(4326, clone=True)
    given = {"name": "Teatro Nuovo", "kind": "teatri", "lon": there.x, "lat": there.y, **changes}
    return NewCorrection(WHY, given)


def test_a_service_nobody_said_opens_in_the_offices_own_source(cast):
    act = corrections.open_new(user=cast.reviewer, correction=new(cast, valence="metropolitana"))
    service = Service.objects.published().get()
    assert (service.shown.name, service.shown.kind_id, service.shown.municipality_id) == (
        "Teatro Nuovo",
        "teatri",
        "015209",
    )
    assert (service.shown.in_reading_1, service.shown.in_reading_2) == (False, True)
    assert (service.shown.valence, service.shown.valence_origin) == ("metropolitana", "validated")
    assert act.edition.source == Source.objects.get(slug="ufficio-metropolitano")
    assert Notice.objects.filter(person=cast.operator, event__verb="correct").exists()
    corrections.undo(act, user=cast.reviewer, reason="Era un altro")
    assert not Service.objects.published().exists()


@pytest.mark.parametrize("lack", ["name", "kind", "lon", "lat"])
def test_a_new_service_needs_name_type_and_place(cast, lack):
    with pytest.raises(Invalid):
        corrections.open_new(user=cast.reviewer, correction=new(cast, **{lack: ""}))
    assert not Edition.objects.exists()


@pytest.mark.parametrize("who", ["operator", "consultant", "neighbour"])
def test_only_the_office_corrects(cast, service, who):
    user = getattr(cast, who)
    with pytest.raises(NotAllowed):
        corrections.correct(service, user=user, correction=NewCorrection(WHY, {"name": "x"}))
    client = Client()
    client.force_login(user)
    for url in (page(service), "/istruttoria/nuovo-servizio/"):
        assert client.get(url).status_code == client.post(url, {}).status_code == 403
    made = correct(cast, service, name="Altro")
    answer = client.post(f"/rettifiche/{made.pk}/annulla/", {"note": "x"})
    assert answer.status_code == (404 if who == "neighbour" else 403)
    body = {"service": service.public_id, "reason": WHY, "changes": {"name": "x"}}
    asked = client.post("/api/v1/corrections/", body, content_type="application/json")
    assert (asked.status_code, asked["Content-Type"]) == (403, "application/problem+json")


def test_the_citizen_signs_in_first_and_sees_no_button(service, client):
    assert client.get(page(service)).status_code == 302
    assert client.post("/api/v1/corrections/", {}).status_code == 401
    assert "rettifica/" not in client.get(f"/servizi/{service.public_id}/").content.decode()


def test_a_service_that_is_not_is_not_found(client, cast):
    client.force_login(cast.reviewer)
    assert client.get("/servizi/s-00000000/rettifica/").status_code == 404


def form_of(client, service) -> dict:
    shown = client.get(page(service)).context["form"]
    return {name: shown[name].value() or "" for name in shown.fields if name != "gone"}


def test_the_page_sends_only_what_was_changed(client, cast, service):
    client.force_login(cast.manager)
    assert page(service) in client.get(f"/servizi/{service.public_id}/").content.decode()
    typed = {**form_of(client, service), "address": "via Verdi 3", "reason": WHY}
    answer = client.post(page(service), typed)
    made = Correction.objects.get()
    assert answer.url == f"/rettifiche/{made.pk}/"
    assert made.changes == {"address": ["via Roma 1", "via Verdi 3"]}
    shown = client.get(f"/servizi/{service.public_id}/").content.decode()
    assert "via Verdi 3" in shown and WHY in shown
    english = client.get(f"/en/servizi/{service.public_id}/").content.decode()
    assert "Correction by the office" in english
    english = client.get(f"/en/rettifiche/{made.pk}/").content.decode()
    assert "Undo this correction" in english


def test_the_page_says_what_is_wrong_and_keeps_what_was_typed(client, cast, service):
    client.force_login(cast.reviewer)
    typed = {**form_of(client, service), "name": "Nuovo nome", "reason": ""}
    answer = client.post(page(service), typed)
    assert answer.status_code == 400
    assert "Nuovo nome" in answer.content.decode()
    typed |= {"reason": WHY, "seen": 1}
    assert client.post(page(service), typed).status_code == 409
    assert Edition.objects.count() == 1


def test_the_api_corrects_opens_and_undoes(cast, service):
    key = issue_token(cast.reviewer, name="x", scopes=["review"])
    client = Client(headers={"authorization": f"Bearer {key}"})

    def post(url, body):
        return client.post(url, body, content_type="application/json")

    body = {"service": service.public_id, "reason": WHY, "changes": {"type": "musei"}}
    made = post("/api/v1/corrections/", body)
    assert made.status_code == 201, made.content
    assert made.json()["edition"] == 2
    assert made.json()["changes"]["kind"] == ["biblioteche", "musei"]
    undone = post(f"/api/v1/corrections/{made.json()['id']}/undo/", {"reason": "Errore"})
    assert undone.status_code == 201
    service.refresh_from_db()
    assert service.shown.kind_id == "biblioteche"
    changes = dict(new(cast).changes)
    changes["type"] = changes.pop("kind")
    opened = post("/api/v1/corrections/", {"reason": WHY, "changes": changes})
    assert opened.json()["source"] == "ufficio-metropolitano"
    assert (
        post("/api/v1/corrections/", {"service": "s-00000000", "reason": "x"}).status_code == 404
    )
    assert post("/api/v1/corrections/", {"reason": "x"}).status_code == 400
    reading = issue_token(cast.reviewer, name="y", scopes=["read"])
    client = Client(headers={"authorization": f"Bearer {reading}"})
    assert post("/api/v1/corrections/", body).status_code == 403


def test_comune_and_office_find_the_corrections_in_a_list_of_their_own(cast, service):
    made = correct(cast, service, name="Biblioteca civica")
    again = corrections.undo(made, user=cast.manager, reason="Ci siamo sbagliati")
    client = Client()
    for who, seen in (("consultant", True), ("manager", True), ("neighbour", False)):
        client.force_login(getattr(cast, who))
        shown = client.get("/rettifiche/").content.decode()
        assert (WHY in shown and "Ci siamo sbagliati" in shown) is seen, who
        assert (f"/rettifiche/{again.pk}/" in shown) is seen
        assert WHY not in client.get("/consegne/", follow=True).content.decode()
    client.force_login(cast.operator)
    assert f"/rettifiche/{made.pk}/" in client.get(f"/rettifiche/{again.pk}/").content.decode()
    assert 'href="/rettifiche/"' in client.get("/consegne/").content.decode()
    assert Delivery.objects.count() == 1, "a correction is no delivery"
    assert Client().get("/rettifiche/").status_code == 302


def test_who_lost_the_mandate_reads_no_correction_and_no_notice_of_it(cast, service):
    made = correct(cast, service, name="Biblioteca civica")
    client = Client()
    client.force_login(cast.operator)
    assert WHY in client.get("/avvisi/").content.decode()
    notice = Notice.objects.get(person=cast.operator)
    assert client.get(f"/avvisi/{notice.pk}/").url == f"/rettifiche/{made.pk}/"
    cast.operator.mandates.update(revoked_at=timezone.now())
    assert WHY not in client.get("/avvisi/").content.decode()
    assert client.get(f"/rettifiche/{made.pk}/").status_code == 404


def test_corrections_are_read_to_the_first_newest_first_page_by_page(cast, service):
    made = [str(correct(cast, service, name=f"Biblioteca {n}").pk) for n in range(5)]
    Correction.objects.filter(pk__in=made[1:3]).update(at=timezone.now())
    comune = Client()
    comune.force_login(cast.operator)
    whole = [one["id"] for one in comune.get("/api/v1/corrections/").json()["results"]]
    assert set(whole) == set(made) and set(whole[:2]) == set(made[1:3])
    address, read = "/api/v1/corrections/?limit=2", []
    while address:
        page = comune.get(address).json()
        assert page["numberMatched"] == 5 and page["numberReturned"] == len(page["results"])
        read += [one["id"] for one in page["results"]]
        address = page["next"]
    assert read == whole
    for after in ("boh", str(uuid.uuid4())):
        wrong = comune.get("/api/v1/corrections/", {"after": after})
        assert (wrong.status_code, wrong.json()["parameter"]) == (400, "after")


def test_a_comune_reads_and_answers_a_correction_by_api(cast, service):
    made = correct(cast, service, name="Biblioteca civica")
    url = f"/api/v1/corrections/{made.pk}/"

    def caller(user):
        key = issue_token(user, name="x", scopes=["read", "upload"])
        return Client(headers={"authorization": f"Bearer {key}"})

    comune, stranger = caller(cast.operator), caller(cast.neighbour)
    (listed,) = comune.get("/api/v1/corrections/").json()["results"]
    assert listed == comune.get(url).json()
    assert (listed["id"], listed["reason"], listed["gone"]) == (str(made.pk), WHY, False)
    assert listed["changes"] == {"name": ["Biblioteca 1", "Biblioteca civica"]}
    assert stranger.get("/api/v1/corrections/").json()["results"] == []
    body = {"text": "Non siamo d'accordo."}
    for client, status in ((comune, 201), (stranger, 404)):
        asked = client.post(f"{url}messages/", body, content_type="application/json")
        assert asked.status_code == status
    (said,) = comune.get(f"{url}messages/").json()
    assert (said["verb"], said["text"]) == ("message", "Non siamo d'accordo.")
    assert Notice.objects.filter(person=cast.reviewer, event__verb="message").exists()
    assert stranger.get(url).status_code == Client().get(url).status_code + 3 == 404
