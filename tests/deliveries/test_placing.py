"""Positions from addresses on the pages and by API: asked, chosen, told, taken back."""

import pytest
from django.test import Client, override_settings
from django.urls import reverse

from core.queue import FILES, waiting
from deliveries import leases, tasks, works
from deliveries.geocoding import client, proposals, search
from deliveries.models import Delivery, Finding, PlaceProposal, PlaceSearch, StagedRow
from notices.models import Notice
from people.tokens import issue_token
from tests import builders, geocoder
from tests.deliveries.pages import said, text
from zones.models import Municipality

pytestmark = pytest.mark.django_db
NONE = {"kind": "nominatim", "url": "", "hosts": [], "seconds": 1}
JSON = "application/json"


@pytest.fixture
def service():
    geocoder.forget()
    with geocoder.serving() as told, override_settings(GEOCODER=told.settings()):
        yield told


def delivered(cast, rows: int = 5, lost: tuple[int, ...] = (2, 3, 4)) -> Delivery:
    """A delivery in which some rows have their address alone."""
    lines = builders.plan_file(rows).read().decode().splitlines()
    for row in lost:
        lines[row] = ";".join([*lines[row].split(";")[:-2], "", ""])
    file = builders.SimpleUploadedFile("piano.csv", "\n".join(lines).encode())
    return builders.checked(cast, file)


def signed_in(user) -> Client:
    browser = Client()
    browser.force_login(user)
    return browser


def url(name: str, delivery: Delivery) -> str:
    return reverse(f"deliveries:{name}", args=[delivery.pk])


def typed(delivery: Delivery, row: int, **more: str) -> dict[str, str]:
    """The form of a row's page as it stands, with something typed."""
    return {"key": "1", "1-layer": "piano", "1-row": str(row), "1-lon": "", "1-lat": "", **more}


def missing(delivery: Delivery) -> set[int]:
    found = Finding.objects.filter(delivery=delivery, code="GEO-01")
    return {row for rows in found.values_list("rows", flat=True) for row in rows}


def checked_again(delivery: Delivery) -> Delivery:
    tasks.check_delivery(str(delivery.pk))
    return Delivery.objects.get(pk=delivery.pk)


@pytest.fixture
def by_street(db):
    """A house, a street or nothing, as the number of the address says."""
    places = [geocoder.inside(number) for number in range(6)]

    def answer(question: str) -> list[dict]:
        number = question.split(",")[0].split()[-1]
        if number == "4":
            return []
        made = geocoder.house if number == "2" else geocoder.street
        return [made(*places[int(number)], label=f"Via Roma {number}")]

    return answer


def test_without_a_geocoder_the_pages_show_nothing_of_it(cast):
    delivery, browser = delivered(cast), signed_in(cast.operator)
    with override_settings(GEOCODER=NONE):
        for page in (url("mend", delivery), url("mend", delivery) + "?strato=piano&riga=2"):
            shown = text(browser.get(page))
            assert "Proponi una posizione" not in shown
            assert "mandati a" not in shown
        assert browser.get(url("placing-progress", delivery)).status_code == 404
        assert browser.post(url("propose-all", delivery)).status_code == 404
        assert (
            browser.post(url("propose", delivery), typed(delivery, 2, ask="1")).status_code == 404
        )


def test_without_a_geocoder_the_rows_to_place_by_hand_are_listed(cast):
    delivery, browser = delivered(cast), signed_in(cast.operator)
    with override_settings(GEOCODER=NONE):
        finding = text(
            browser.get(reverse("deliveries:finding-group", args=[delivery.pk, "GEO-01"]))
        )
        for page in (finding, text(browser.get(url("mend", delivery)))):
            assert f'href="{url("placing", delivery)}"' in page
        shown = text(browser.get(url("placing", delivery)))
    assert shown.count("Metti la posizione sulla mappa") == 3
    assert "?strato=piano&amp;riga=2" in shown
    for word in ("Chiedi", "propone", "mandati", '<button class="btn btn-primary"'):
        assert word not in shown


def test_one_row_is_proposed_chosen_told_and_taken_back(cast, service, by_street):
    service.answer = by_street
    delivery, browser = delivered(cast), signed_in(cast.operator)
    assert missing(delivery) == {2, 3, 4}
    page = url("mend", delivery) + "?strato=piano&riga=3"
    before = text(browser.get(page))
    assert "vengono mandati a 127.0.0.1" in before
    assert service.questions == []
    shown = text(browser.post(url("propose", delivery), typed(delivery, 3, ask="1")))
    assert "Via Roma 3" in shown
    assert "via (posizione approssimata)" in shown
    assert "dentro il Comune" in shown
    assert 'value="0" id="choice-1-0"' in shown
    assert "Salva e ricontrolla" in shown
    delivery.refresh_from_db()
    assert "edits" not in delivery.options
    form = typed(delivery, 3, **{"1-place": "0"})
    assert browser.post(url("edit", delivery), form).status_code == 302
    delivery = checked_again(delivery)
    assert missing(delivery) == {2, 4}
    row = StagedRow.objects.get(delivery=delivery, row=3)
    assert row.attributes["accuracy"] == "strada"
    lon, lat = geocoder.inside(3)
    there = row.point.transform(4326, clone=True)
    assert (round(there.x, 6), round(there.y, 6)) == (lon, lat)
    event = delivery.events.filter(verb="edit").last()
    assert event.payload["origin"]["service"] == "127.0.0.1"
    assert event.payload["origin"]["precision"] == "street"
    told = text(browser.get(url("columns", delivery)))
    assert "Posizioni messe da te" in told
    assert "proposta da 127.0.0.1 il " in told
    assert "via (posizione approssimata), «Via Roma 3»" in told
    browser.post(url("take-back-places", delivery), {"placed": "3:piano"})
    delivery = checked_again(delivery)
    assert missing(delivery) == {2, 3, 4}
    assert delivery.options["edits"] == {}
    assert StagedRow.objects.get(delivery=delivery, row=3).attributes.get("accuracy") is None


def test_a_place_clicked_after_choosing_is_by_hand(cast, service, by_street):
    service.answer = by_street
    delivery, browser = delivered(cast), signed_in(cast.operator)
    browser.post(url("propose", delivery), typed(delivery, 2, ask="1"))
    lon, lat = geocoder.inside(9)
    form = typed(delivery, 2, **{"1-place": "0", "1-lon": str(lon), "1-lat": str(lat)})
    browser.post(url("edit", delivery), form)
    delivery = checked_again(delivery)
    assert delivery.options["edits"] == {"piano\x1f2": {"lon": lon, "lat": lat}}
    assert "messa a mano" in text(browser.get(url("columns", delivery)))


def test_moving_a_chosen_place_by_hand_drops_what_the_geocoder_said(cast, service, by_street):
    service.answer = by_street
    delivery, browser = delivered(cast), signed_in(cast.operator)
    browser.post(url("propose", delivery), typed(delivery, 2, ask="1"))
    browser.post(url("edit", delivery), typed(delivery, 2, **{"1-place": "0"}))
    delivery = checked_again(delivery)
    assert delivery.options["edits"]["piano\x1f2"]["accuracy"] == "civico"
    lon, lat = geocoder.inside(9)
    browser.post(
        url("edit", delivery), typed(delivery, 2, **{"1-lon": str(lon), "1-lat": str(lat)})
    )
    assert checked_again(delivery).options["edits"] == {"piano\x1f2": {"lon": lon, "lat": lat}}


def test_the_address_just_typed_is_the_one_asked(cast, service, by_street):
    service.answer = by_street
    delivery, browser = delivered(cast), signed_in(cast.operator)
    form = typed(delivery, 3, **{"1-f-address": "via Verdi 2"})
    browser.post(url("propose", delivery), {**form, "ask": "1"})
    assert service.questions[-1][1]["q"] == "via Verdi 2, Sesto San Giovanni"
    browser.post(url("edit", delivery), {**form, "1-place": "0"})
    delivery = checked_again(delivery)
    row = StagedRow.objects.get(delivery=delivery, row=3)
    assert (row.attributes["address"], row.attributes["accuracy"]) == ("via Verdi 2", "civico")


@pytest.mark.parametrize(
    ("told", "word"),
    [({"status": 500}, "ha risposto con un errore"), ({"answer": []}, "non trova")],
)
def test_what_goes_wrong_is_told_beside_the_fields_and_what_was_typed_stays(
    cast, service, told, word
):
    for name, value in told.items():
        setattr(service, name, value)
    delivery, browser = delivered(cast), signed_in(cast.operator)
    form = typed(delivery, 3, ask="1", **{"1-f-name": "Nome scritto a metà"})
    for headers in ({}, {"HX-Request": "true"}):
        answer = browser.post(url("propose", delivery), form, headers=headers)
        assert answer.status_code == 200
        assert word in text(answer)
        assert "a mano" in text(answer)
    assert "Nome scritto a metà" in text(browser.post(url("propose", delivery), form))


def test_a_row_that_a_colleague_placed_meanwhile_keeps_its_position(cast, service, by_street):
    service.answer = by_street
    delivery, browser = delivered(cast), signed_in(cast.operator)
    for row in (2, 3):
        browser.post(url("propose", delivery), typed(delivery, row, ask="1"))
    lon, lat = geocoder.inside(9)
    by_hand = typed(delivery, 2, **{"1-lon": str(lon), "1-lat": str(lat)})
    signed_in(cast.colleague).post(url("edit", delivery), by_hand)
    delivery = checked_again(delivery)
    stale = {"place-2:piano": "0", "place-3:piano": "0"}
    answer = browser.post(url("take-places", delivery), stale)
    assert "Righe 2: hanno già una posizione" in said(answer)
    edits = checked_again(delivery).options["edits"]
    assert edits["piano\x1f2"] == {"lon": lon, "lat": lat}
    assert edits["piano\x1f3"]["accuracy"] == "strada"
    answer = browser.post(url("take-places", delivery), {"place-2:piano": "0"})
    assert answer.url == url("placing", delivery)


def test_many_rows_are_asked_by_a_worker_and_taken_together(cast, service, by_street):
    service.answer = by_street
    delivery, browser = delivered(cast), signed_in(cast.operator)
    page = url("placing", delivery)
    shown = text(browser.get(page))
    assert "3 righe hanno l'indirizzo e non la posizione" in shown
    assert "Chiedi le posizioni di 3 indirizzi" in shown
    assert "al massimo 500 indirizzi per volta" in shown
    browser.post(url("propose-all", delivery))
    assert "0 indirizzi su 3" in text(browser.get(page))
    assert "hx-get" in text(browser.get(url("placing-progress", delivery)))
    tasks.find_places(str(delivery.pk))
    tasks.find_places(str(delivery.pk))
    assert len(service.questions) == 3
    ended = text(browser.get(url("placing-progress", delivery)))
    assert "hx-get" not in ended
    assert "Mostra le proposte" in ended
    shown = text(browser.get(page))
    assert "Chiesti 3 indirizzi" in shown
    assert "non trovato nel Comune" in shown
    assert "Segna in questa pagina la proposta con numero civico" in shown
    assert shown.count("checked") == 2  # "none of these", twice
    assert text(browser.get(page + "?scelte=civici")).count("data-place-number") == 2
    delivery.refresh_from_db()
    assert "edits" not in delivery.options
    browser.post(url("take-places", delivery), {"place-2:piano": "0", "place-3:piano": "0"})
    delivery = checked_again(delivery)
    assert missing(delivery) == {4}
    accuracy = dict(delivery.rows.values_list("row", "attributes__accuracy"))
    assert (accuracy[2], accuracy[3]) == ("civico", "strada")
    shown = text(browser.get(page))
    assert "1 riga ha l'indirizzo e non la posizione" in shown
    assert "Via Roma 2" not in shown


def test_the_privacy_page_says_where_addresses_go(service):
    page = reverse("privacy")
    assert "vengono mandati a 127.0.0.1" in text(Client().get(page))
    with override_settings(GEOCODER=NONE):
        assert "vengono mandati" not in text(Client().get(page))


def test_choosing_nothing_is_told(cast, service):
    delivery, browser = delivered(cast), signed_in(cast.operator)
    answer = browser.post(url("take-places", delivery), {"place-2:piano": ""}, follow=True)
    assert "Non hai scelto nessuna posizione" in text(answer)


def test_a_search_goes_on_and_gives_up_on_a_broken_service(cast, service, by_street):
    service.answer = by_street
    delivery = delivered(cast)
    begun = search.begin(delivery, by=cast.operator)
    assert (begun.progress_total, begun.ended_at) == (3, None)
    row = StagedRow.objects.select_related("delivery__source__municipality").get(
        delivery=delivery, row=2
    )
    question = "via Roma 2, Sesto San Giovanni"
    proposals.propose(client.required(), row, question, patience=1)
    tasks.find_places(str(delivery.pk))
    assert len(service.questions) == 3
    assert PlaceSearch.objects.get().ended_at is not None
    PlaceProposal.objects.all().delete()
    geocoder.forget()
    service.status = 500
    search.begin(delivery, by=cast.operator)
    tasks.find_places(str(delivery.pk))
    ended = PlaceSearch.objects.get()
    assert (ended.failure, ended.progress_done) == ("refused", 0)
    shown = text(signed_in(cast.operator).get(url("placing", delivery)))
    assert "Ci siamo fermati a 0 indirizzi su 3" in shown
    assert "Chiedi le posizioni di 3 indirizzi" in shown


def test_a_search_is_asked_in_slices_and_passes_over_what_fails(cast, service, monkeypatch):
    """Between two slices others have their turn; one broken address stops nothing."""
    monkeypatch.setattr(search, "SLICE", 2)
    there = geocoder.inside()
    delivery = delivered(cast, rows=6, lost=(1, 2, 3, 4, 5))

    def answer(question: str) -> object:
        broken = question.startswith("via Roma 1,")
        return {"error": "no"} if broken else [geocoder.house(*there)]

    service.answer = answer
    search.begin(delivery, by=cast.operator)
    assert search.run(delivery.pk)
    assert search.run(delivery.pk)
    assert not leases.lost(search.open_searches(), lambda _row: False)
    assert not search.run(delivery.pk)
    assert not search.run(delivery.pk)
    asked = [sent["q"].split(",")[0] for _path, sent in service.questions]
    assert asked == [f"via Roma {number}" for number in (1, 2, 3, 4, 5)]
    ended = PlaceSearch.objects.get()
    assert (ended.progress_done, ended.failure, ended.ended_at is None) == (5, "", False)
    assert PlaceProposal.objects.count() == 4
    assert search.unasked(delivery) == [("piano", 1, "via Roma 1, Sesto San Giovanni")]


def test_who_lost_the_search_writes_nothing(cast, service, by_street):
    delivery = delivered(cast)
    search.begin(delivery, by=cast.operator)
    service.answer = by_street
    assert leases.take(search.open_searches())
    assert not search.run(delivery.pk)
    assert service.questions == []
    PlaceSearch.objects.update(lease_until="2020-01-01T00:00Z")
    assert not search.run(delivery.pk)
    assert len(service.questions) == 3


def test_the_sweeper_takes_up_a_lost_search(cast, service, empty_queues):
    delivery = delivered(cast)
    first = search.begin(delivery, by=cast.operator).turn
    tasks.sweep()
    assert waiting(FILES) == set()
    PlaceSearch.objects.update(lease_until="2020-01-01T00:00Z")
    for _again in range(2):
        tasks.sweep()
        assert waiting(FILES) == {works.PLACES.message_id(delivery.pk, first + 1)}
    assert not search.run(delivery.pk, first), "an old message does nothing"
    assert service.questions == []


def test_a_search_that_kills_its_worker_is_given_up_and_told_to_the_office(cast, service):
    delivery = delivered(cast)
    search.begin(delivery, by=cast.operator)
    for _death in range(leases.MAX_DEATHS):
        assert leases.take(search.open_searches())
        PlaceSearch.objects.update(lease_until="2020-01-01T00:00Z")
    assert not search.run(delivery.pk)
    code, _colon, reference = PlaceSearch.objects.get().failure.partition(":")
    assert (code, len(reference), service.questions) == ("ours", 8, [])
    told = Notice.objects.filter(event__verb="worker_died", event__note=reference)
    assert {notice.person for notice in told} == {cast.reviewer, cast.manager}


def test_a_delivery_that_was_sent_is_asked_about_no_more(cast, service):
    delivery = delivered(cast)
    search.begin(delivery, by=cast.operator)
    Delivery.objects.filter(pk=delivery.pk).update(status="submitted")
    tasks.find_places(str(delivery.pk))
    assert service.questions == []
    assert PlaceSearch.objects.get().ended_at is not None


def test_the_neighbour_finds_nothing_and_asks_nothing(cast, service):
    delivery, browser = delivered(cast), signed_in(cast.neighbour)
    for name in ("placing", "placing-progress"):
        assert browser.get(url(name, delivery)).status_code == 404
    for name in ("propose", "propose-all", "take-places", "take-back-places"):
        assert browser.post(url(name, delivery), typed(delivery, 2, ask="1")).status_code == 404
    assert browser.get(reverse("api-places", args=[delivery.pk])).status_code == 404
    assert service.questions == []


def test_by_api_alone(cast, service, by_street):
    service.answer = by_street
    delivery = delivered(cast)
    key = issue_token(cast.consultant, name="x", scopes=["read", "upload"])
    browser = Client(headers={"authorization": f"Bearer {key}"})
    places = browser.get(reverse("api-upload", args=[delivery.pk])).json()["links"]["places"]
    found = browser.get(places).json()
    assert found == {"host": "127.0.0.1", "search": None, "proposals": []}
    one = browser.post(places, {"layer": "piano", "row": 2}, content_type=JSON).json()
    assert one["question"] == "via Roma 2, Sesto San Giovanni"
    assert one["candidates"][0]["precision"] == "number"
    every = browser.post(places, {}, content_type=JSON)
    assert every.status_code == 202
    assert every.json()["search"]["total"] == 2
    tasks.find_places(str(delivery.pk))
    found = browser.get(places).json()
    assert [(p["row"], len(p["candidates"])) for p in found["proposals"]] == [
        *((2, 1), (3, 1), (4, 0)),
    ]
    chosen = {"choices": [{"layer": "piano", "row": row, "candidate": 0} for row in (2, 3)]}
    assert browser.post(f"{places}take/", chosen, content_type=JSON).status_code == 202
    assert missing(checked_again(delivery)) == {4}
    wrong = {"choices": [{"layer": "piano", "row": 4, "candidate": 0}]}
    assert browser.post(f"{places}take/", wrong, content_type=JSON).status_code == 400
    geocoder.forget()
    service.status = 500
    failed = browser.post(places, {"layer": "piano", "row": 4}, content_type=JSON)
    assert (failed.status_code, failed.json()["code"]) == (502, "geocoder-refused")


def test_a_search_that_fails_by_our_fault_says_so_with_a_reference(cast, service):
    delivery = delivered(cast)
    search.begin(delivery, by=cast.operator)
    Municipality.objects.filter(pk=delivery.source.municipality_id).update(geometry=None)
    assert not search.run(delivery.pk)
    code, _colon, reference = PlaceSearch.objects.get().failure.partition(":")
    assert code == "ours"
    assert len(reference) == 8
    shown = text(signed_in(cast.operator).get(url("placing", delivery)))
    assert "Un nostro problema ha interrotto le domande." in shown
    assert f"Riferimento: {reference}." in shown


def test_the_origin_of_a_place_cannot_be_made_up_by_api(cast, service):
    delivery = delivered(cast)
    key = issue_token(cast.operator, name="x", scopes=["upload"])
    browser = Client(headers={"authorization": f"Bearer {key}"})
    changes = {"lon": "9.2", "lat": "45.5", "place_from": "x"}
    body = {"layer": "piano", "row": 2, "changes": changes}
    answer = browser.post(reverse("api-rows", args=[delivery.pk]), body, content_type=JSON)
    assert answer.status_code == 400


def test_a_row_outside_the_comune_may_be_proposed_anew(cast, service):
    """Its position is there, and is none to be used."""
    lines = builders.plan_file(3).read().decode().splitlines()
    lines[2] = ";".join([*lines[2].split(";")[:-2], "530000", "5045000"])
    file = builders.SimpleUploadedFile("piano.csv", "\n".join(lines).encode())
    delivery = builders.checked(cast, file)
    assert Municipality.objects.filter(pk="015209").exists()
    browser = signed_in(cast.operator)
    for row, offered in ((2, True), (3, False)):
        shown = text(browser.get(url("mend", delivery) + f"?strato=piano&riga={row}"))
        assert ("Proponi una posizione" in shown) is offered
