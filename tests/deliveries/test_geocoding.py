"""The question to a geocoder: what leaves the portal, what comes back, and what when it fails."""

import pytest
from django.test import override_settings

from core.errors import Invalid, NotAllowed, NotFound
from deliveries.actions import placing
from deliveries.geocoding import client, proposals
from deliveries.geocoding.client import GeocoderFailed
from deliveries.models import PlaceProposal
from deliveries.models import StagedRow as Row
from tests import builders, geocoder
from zones.models import Municipality

pytestmark = pytest.mark.django_db
OUTSIDE = (9.19, 45.464)  # the cathedral of Milano
QUESTION = "Via Roma 3, Sesto San Giovanni"


@pytest.fixture
def service():
    geocoder.forget()
    with geocoder.serving() as told, override_settings(GEOCODER=told.settings()):
        yield told


@pytest.fixture
def sesto(db) -> Municipality:
    return Municipality.objects.get(pk="015209")


def asked(sesto: Municipality) -> list[proposals.Candidate]:
    extent = proposals.extent_of(sesto)
    return proposals.judged(client.ask(client.required(), QUESTION, extent), sesto)


def failure(sesto: Municipality) -> str:
    with pytest.raises(GeocoderFailed) as told:
        asked(sesto)
    assert "a mano" in str(told.value.message)
    return told.value.reason


def test_a_nominatim_is_asked_within_the_comune_and_says_how_exact_it_is(service, sesto):
    near, far = geocoder.inside(0), geocoder.inside(1)
    area = {**geocoder.street(*far, label="Rondò"), "place_rank": 20}
    service.answer = [geocoder.house(*near), geocoder.street(*far), area]
    found = asked(sesto)
    assert [(one.precision, one.inside, one.metres) for one in found] == [
        ("number", True, 0),
        ("street", True, 0),
        ("area", True, 0),
    ]
    assert (found[0].lon, found[0].lat) == near
    [(path, sent)] = service.questions
    assert path == "/search"
    assert (sent["q"], sent["bounded"], sent["countrycodes"]) == (QUESTION, "1", "it")
    west, south, east, north = (float(edge) for edge in sent["viewbox"].split(","))
    assert west < near[0] < east
    assert south < near[1] < north
    assert east - west < 0.12
    assert service.agents[0].startswith("PortaleSTTM/2 (+http")


def test_a_photon_is_asked_in_its_own_way(service, sesto):
    near, far = geocoder.inside(0), geocoder.inside(1)
    house = {"type": "house", "street": "Via Roma", "housenumber": "3", "city": "Sesto"}
    service.answer = {
        "type": "FeatureCollection",
        "features": [
            geocoder.feature(*near, **house),
            geocoder.feature(*far, type="street", name="Via Roma", city="Sesto"),
        ],
    }
    with override_settings(GEOCODER=service.settings(kind="photon")):
        found = asked(sesto)
    assert [(one.precision, one.label) for one in found] == [
        ("number", "Via Roma 3, Sesto"),
        ("street", "Via Roma, Sesto"),
    ]
    [(path, sent)] = service.questions
    assert path == "/api"
    assert set(sent) == {"q", "limit", "bbox"}


def test_what_lies_elsewhere_is_dropped_and_what_lies_beside_is_marked_and_last(service, sesto):
    _west, south, east, north = proposals.extent_of(sesto)
    corner = (east - 0.0001, north - 0.0001)
    corner = corner if corner[1] > south else (east, south)
    service.answer = [
        geocoder.house(*OUTSIDE, label="Duomo"),
        geocoder.house(*corner, label="Angolo"),
        geocoder.house(*geocoder.inside(), label="Dentro"),
    ]
    found = asked(sesto)
    assert [(one.label, one.inside) for one in found] == [("Dentro", True), ("Angolo", False)]
    assert found[1].metres > sesto.boundary_accuracy_m


def test_no_more_than_three_and_the_same_only_once(service, sesto):
    there = geocoder.inside()
    names = ["a", "a", "b", "c", "d"]
    service.answer = [geocoder.house(*there, label=name) for name in names]
    assert [one.label for one in asked(sesto)] == ["a", "b", "c"]


def test_the_same_question_is_asked_once(service, sesto):
    service.answer = [geocoder.house(*geocoder.inside())]
    assert asked(sesto) == asked(sesto)
    assert len(service.questions) == 1


def test_nothing_found_is_an_answer_too(service, sesto):
    service.answer = []
    assert asked(sesto) == []


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({"status": 500}, "refused"),
        ({"status": 404}, "refused"),
        ({"status": 429}, "busy"),
        ({"body": b"<html>chiuso</html>"}, "junk"),
        ({"answer": {"error": "no"}}, "junk"),
        ({"body": b"[" * 100_000}, "junk"),
        ({"body": b"\xff\xfe"}, "junk"),
        ({"body": b"[" + b" " * 400_000 + b"]"}, "too-large"),
        ({"headers": {"Content-Encoding": "gzip"}}, "refused"),
    ],
)
def test_a_failure_is_told_in_words(service, sesto, told, reason):
    for name, value in told.items():
        setattr(service, name, value)
    assert failure(sesto) == reason


@pytest.mark.parametrize(
    "entry",
    [7, None, {}, {"lon": "x", "lat": "y"}, {"lon": "nan", "lat": "45"}, {"lon": [1], "lat": {}}],
)
def test_an_entry_that_is_no_place_is_passed_over(service, sesto, entry):
    service.answer = [entry, geocoder.house(*geocoder.inside())]
    assert len(asked(sesto)) == 1


def test_a_redirect_to_another_host_is_not_followed(service, sesto):
    with geocoder.serving() as elsewhere:
        elsewhere.answer = [geocoder.house(*geocoder.inside())]
        service.status, service.headers = 302, {"Location": f"{elsewhere.url}/search"}
        assert failure(sesto) == "redirect"
        assert elsewhere.questions == []


def test_a_slow_service_is_not_waited_for(service, sesto, monkeypatch):
    monkeypatch.setattr(client, "READ_SECONDS", 0.2)
    service.pause = 1.5
    assert failure(sesto) == "timeout"


def test_a_dripping_service_is_not_waited_for_either(service, sesto, monkeypatch):
    monkeypatch.setattr(client, "WHOLE_SECONDS", 0.5)
    service.drip, service.body = 0.05, b"[" + b" " * 200 + b"]"
    assert failure(sesto) == "timeout"


def test_nobody_listening_is_told_too(sesto):
    geocoder.forget()
    with geocoder.serving() as gone:
        pass
    with override_settings(GEOCODER=gone.settings()):
        assert failure(sesto) == "unreachable"


def test_two_questions_are_a_pause_apart(service, sesto):
    """Whoever has no patience for the pause is told to come back."""
    with override_settings(GEOCODER=service.settings(seconds=30)):
        extent = proposals.extent_of(sesto)
        client.ask(client.required(), "Via Uno", extent)
        with pytest.raises(GeocoderFailed) as told:
            client.ask(client.required(), "Via Due", extent, patience=0.1)
    assert told.value.reason == "busy"
    assert len(service.questions) == 1


@pytest.mark.parametrize(
    ("attributes", "sent"),
    [
        ({"address": "via  Roma\n", "street_number": "3/a"}, "via Roma 3/a, Sesto San Giovanni"),
        ({"address": "via Roma 3", "street_number": "3"}, "via Roma 3, Sesto San Giovanni"),
        ({"address": "via Roma 31", "street_number": "3"}, "via Roma 31 3, Sesto San Giovanni"),
        ({"address": None, "name": "Casa di Mario Rossi"}, ""),
        ({"address": "n. 3"}, ""),
        ({"address": "via Roma 3, mario.rossi@example.org"}, ""),
        ({"address": "via Roma 3 cell. 333 1234567"}, ""),
        ({"address": "RSSMRA80A01F205X via Roma"}, ""),
        ({"address": "via Roma " * 40}, ""),
    ],
)
def test_only_address_and_comune_leave_and_nothing_of_a_person(sesto, attributes, sent):
    told = {"name": "Biblioteca", "email": "a@b.example", "phone": "333", "notes": "x"}
    assert proposals.question_of({**told, **attributes}, sesto) == sent


def without_place(cast, rows: int = 3) -> object:
    """A delivery whose second row has its address alone."""
    lines = builders.plan_file(rows).read().decode().splitlines()
    lines[2] = ";".join([*lines[2].split(";")[:-2], "", ""])
    file = builders.SimpleUploadedFile("piano.csv", "\n".join(lines).encode())
    return builders.checked(cast, file)


def test_without_a_geocoder_nothing_is_asked(cast, service):
    delivery = without_place(cast)
    with override_settings(GEOCODER={**service.settings(), "url": ""}):
        with pytest.raises(NotFound):
            placing.propose(delivery, user=cast.operator, layer="piano", row=2)
        with pytest.raises(NotFound):
            placing.propose_all(delivery, user=cast.operator)
    assert service.questions == []


def test_only_who_may_mend_may_ask(cast, service):
    delivery = without_place(cast)
    for stranger in (cast.neighbour, cast.reviewer):
        with pytest.raises(NotAllowed):
            placing.propose(delivery, user=stranger, layer="piano", row=2)
        with pytest.raises(NotAllowed):
            placing.propose_all(delivery, user=stranger)
        with pytest.raises(NotAllowed):
            placing.take_back(delivery, user=stranger, rows=[("piano", 2)])
    assert service.questions == []


def test_a_failure_loses_nothing(cast, service):
    delivery = without_place(cast)
    service.answer = [geocoder.house(*geocoder.inside())]
    placing.propose(delivery, user=cast.operator, layer="piano", row=2)
    geocoder.forget()
    service.status = 500
    with pytest.raises(GeocoderFailed):
        placing.propose(delivery, user=cast.operator, layer="piano", row=2)
    assert len(PlaceProposal.objects.get(delivery=delivery).candidates) == 1


def test_a_proposal_for_another_address_is_not_taken(cast, service):
    delivery = without_place(cast)
    service.answer = [geocoder.house(*geocoder.inside())]
    placing.propose(delivery, user=cast.operator, layer="piano", row=2)
    row = Row.objects.get(delivery=delivery, row=2)
    Row.objects.filter(pk=row.pk).update(attributes={**row.attributes, "address": "via Altra 9"})
    taken = placing.Taken("piano", 2, 0)
    with pytest.raises(Invalid):
        placing.take(delivery, user=cast.operator, taken=[taken])
    with pytest.raises(Invalid):
        placing.take(delivery, user=cast.operator, taken=[placing.Taken("piano", 3, 0)])
