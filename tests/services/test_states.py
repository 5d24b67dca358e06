"""Time: what is shown of a service is dated, whoever changes it: editions, the office, the
taxonomy, the criteria."""

import datetime as dt
from typing import Any

import pghistory
import pytest
from django.core.management import call_command

from services import criteria
from services.actions import EditionHead, publish_edition, refresh_shown, validate
from services.management import criteria as loading
from services.models import (
    Edition,
    Service,
    ServiceState,
    ServiceType,
    SourceItem,
)
from tests.services.catalogue import (
    DAY,
    FIRST,
    Thing,
    adopt,
    on,
    publish,
    publish_records,
    record,
    retype,
)

pytestmark = pytest.mark.django_db
URL = "/api/v1/services/"
GREEN = "aree-a-verde-pubblico"
#: A square of about 60 m by 60 m, and one four times as large.
SMALL = "MULTIPOLYGON(((9.235 45.535,9.2357 45.535,9.2357 45.5355,9.235 45.5355,9.235 45.535)))"
LARGE = "MULTIPOLYGON(((9.235 45.535,9.2364 45.535,9.2364 45.536,9.235 45.536,9.235 45.535)))"


def shown(client, **query: str) -> dict[str, dict[str, Any]]:
    body = client.get(URL, {"level": "all", **query}).json()
    assert body["numberMatched"] == len(body["features"])
    return {one["properties"]["name"]: one["properties"] for one in body["features"]}


def test_a_type_that_changed_category_shows_the_old_one_on_earlier_days(client):
    publish([Thing("Biblioteca")], at=FIRST)
    with on(FIRST + 10 * DAY):
        retype("biblioteche", category="istruzione", level="local")
    then, now = shown(client, al="2026-03-05")["Biblioteca"], shown(client)["Biblioteca"]
    assert (then["category"], then["level"]) == ("culturali", "supra")
    assert (now["category"], now["level"], now["valence"]) == ("istruzione", "local", "comunale")
    assert client.get(URL, {"al": "2026-03-05"}).json()["numberMatched"] == 1
    assert client.get(URL).json()["numberMatched"] == 0
    assert shown(client, al="2026-03-05", category="culturali")
    assert not shown(client, al="2026-03-12", category="culturali")


def test_the_list_of_a_past_day_puts_types_under_the_categories_of_that_day(client):
    publish([Thing("Biblioteca"), Thing("Stazione", kind="stazioni-ferroviarie")], at=FIRST)
    with on(FIRST + 10 * DAY):
        retype("biblioteche", category="verde-pubblico")

    def listed(**query: str) -> tuple[list[str], list[str]]:
        page = client.get("/servizi/", {"ordine": "tipo", **query}).context
        rows = [one.name for one in page["services"]]
        return rows, [one.value for one in page["facets"].type]

    stations, libraries = "stazioni-ferroviarie", "biblioteche"
    assert listed(al="2026-03-05") == (["Stazione", "Biblioteca"], [stations, libraries])
    assert listed() == (["Biblioteca", "Stazione"], [libraries, stations])


@pytest.mark.parametrize("act", [lambda found: found.update(note="altro"), lambda f: f.delete()])
def test_an_edition_is_never_rewritten_nor_taken_away(act):
    edition = publish([Thing("Biblioteca")], at=FIRST)
    for found in (Edition.objects.all(), edition.source.editions.all()):
        with pytest.raises(TypeError, match="append-only"):
            act(found)
    assert Edition.objects.get().note == edition.note


def test_a_past_day_shows_the_valence_that_was_shown_then_and_why(client):
    edition = publish([Thing("Biblioteca")], at=FIRST)
    service = Service.objects.get()
    proposed = service.shown.proposed
    given = "metropolitana" if proposed != "metropolitana" else "comunale"
    with on(FIRST + 5 * DAY):
        later = publish_edition(EditionHead(edition.source), [])
        validate(later, service, valence=given, reason="Serve tutta la provincia")
    publish([Thing("Altra")], at=FIRST + 8 * DAY)
    one = f"{URL}{service.public_id}/"
    then, now = (client.get(one, q).json()["properties"] for q in ({"al": "2026-03-04"}, {}))
    assert (then["valence"], then["valence_origin"]) == (proposed, "proposed")
    assert (now["valence"], now["valence_origin"]) == (given, "validated")
    assert (then["assessment"]["validated"], now["assessment"]["validated"]) == ("", given)
    assert then["assessment"]["reasons"] == [{"term": "type-default", "type": "biblioteche"}]
    assert shown(client, al="2026-03-04", valence=proposed)
    assert not shown(client, al="2026-03-04", valence=given)
    page = f"/servizi/{service.public_id}/"
    assert "Serve tutta la provincia" in client.get(page).content.decode()
    past = client.get(page, {"al": "2026-03-04"}).content.decode()
    assert "Serve tutta la provincia" not in past
    assert "proposta dai criteri" in past


def test_a_state_ends_where_the_next_one_begins_and_what_did_not_change_writes_none():
    edition = publish([Thing("Uno", key="1"), Thing("Due", key="2")], at=FIRST)
    one = SourceItem.objects.get(key="1")
    publish_records([record(Thing("Uno nuovo"), item=one.pk)], at=FIRST + DAY)
    states = list(one.service.states.order_by("valid_from"))
    assert [state.name for state in states] == ["Uno", "Uno nuovo"]
    assert states[0].valid_from == edition.published_at
    assert states[0].valid_to == states[1].valid_from
    assert states[1].valid_to is None
    assert SourceItem.objects.get(key="2").service.states.count() == 1
    refresh_shown()
    assert ServiceState.objects.count() == 3
    with on(FIRST + 2 * DAY):
        publish_edition(EditionHead(edition.source), [], withdrawn=[one.pk])
    assert one.service.states.filter(valid_to=None).count() == 0
    assert Service.objects.get(pk=one.service_id).retired_at == FIRST + 2 * DAY


def test_a_confirmation_is_a_state_only_if_the_day_is_another(client):
    edition = publish([Thing("Uno", key="1")], at=FIRST)
    item = SourceItem.objects.get()
    for later in (dt.timedelta(hours=2), DAY):
        with on(FIRST + later):
            publish_edition(EditionHead(edition.source), [], confirmed=[item.pk])
    assert ServiceState.objects.count() == 2
    assert shown(client, al="2026-03-02")["Uno"]["confirmed_on"] == "2026-03-02"
    assert shown(client)["Uno"]["confirmed_on"] == "2026-03-03"


def test_moments_go_forward_even_where_the_clock_goes_back():
    first = publish([Thing("Uno", key="1")], at=FIRST)
    item = SourceItem.objects.get()
    publish_records([record(Thing("Uno bis"), item=item.pk)], at=FIRST - DAY)
    assert [state.name for state in item.service.states.all()] == ["Uno", "Uno bis"]
    assert Edition.objects.exclude(pk=first.pk).get().published_at > first.published_at


# --- criteria ---


@pytest.mark.parametrize(("minimum", "valence"), [(5000, "comunale"), (1000, None)])
def test_the_terms_of_the_set_in_use_decide(client, minimum, valence):
    default = ServiceType.objects.get(pk=GREEN).default_valence
    publish([Thing("Parco", kind=GREEN, wkt=SMALL), Thing("Bosco", kind=GREEN, wkt=LARGE)])
    adopt("9.9", [
        {"term": "type-default"},
        {"term": "green-area", "type": GREEN, "minimum_m2": minimum, "below": "comunale"},
    ])  # fmt: skip
    found = shown(client)
    assert found["Parco"]["valence"] == (valence or default)
    assert found["Bosco"]["valence"] == default
    text = client.get(f"/servizi/{found['Parco']['id']}/").content.decode()
    assert f"la soglia per il verde è {minimum:,} m²".replace(",", ".") in text
    assert "versione 9.9" in text


def test_without_terms_nothing_is_proposed_and_what_is_declared_is_shown(client):
    declared = record(Thing("Biblioteca"))
    publish_records([declared.__class__(**{**vars(declared), "valence": "intercomunale"})])
    adopt("9.9", [])
    one = shown(client)["Biblioteca"]
    assert (one["valence"], one["valence_origin"]) == ("intercomunale", "declared")


def test_a_new_version_keeps_what_the_office_validated_and_raises_nothing(client):
    edition = publish([Thing("Biblioteca", key="1")], at=FIRST)
    service = Service.objects.get()
    with on(FIRST + DAY):
        act = publish_edition(EditionHead(edition.source), [])
        validate(act, service, valence="metropolitana", reason="Sì")
    with on(FIRST + 2 * DAY):
        adopt("9.9", [])
    now = service.shown
    assert (now.validated, now.override_reason, now.proposed) == ("metropolitana", "Sì", "")
    assert now.criteria_set.version == "9.9"
    with on(FIRST + 3 * DAY):
        act = publish_edition(EditionHead(edition.source), [])
        validate(act, service, valence="", reason="Non più")
    assert (service.shown.validated, service.shown.valence) == ("", "")
    item = service.items.get()
    publish_records([record(Thing("Biblioteca nuova"), item=item.pk)], at=FIRST + 4 * DAY)
    before = client.get(f"{URL}{service.public_id}/", {"al": "2026-03-03"}).json()["properties"]
    assert before["assessment"]["criteria"] != "9.9"
    assert before["valence"] == "metropolitana"


def test_loading_the_taxonomy_shows_services_by_it(client):
    """A loader wrote something else before; the file then says what stands."""
    with pghistory.context(loader="an earlier file"):
        ServiceType.objects.filter(pk="biblioteche").update(category="istruzione")
    publish([Thing("Biblioteca")], at=FIRST)
    assert shown(client)["Biblioteca"]["category"] == "istruzione"
    call_command("load_taxonomy", verbosity=0)
    assert shown(client)["Biblioteca"]["category"] == "culturali"
    assert shown(client, al="2026-03-05")["Biblioteca"]["category"] == "istruzione"


def test_loading_the_taxonomy_shows_services_by_what_a_person_edited(client):
    publish([Thing("Biblioteca")], at=FIRST)
    ServiceType.objects.filter(pk="biblioteche").update(category="istruzione")
    assert shown(client)["Biblioteca"]["category"] == "culturali"
    call_command("load_taxonomy", verbosity=0)
    assert shown(client)["Biblioteca"]["category"] == "istruzione"
    states = ServiceState.objects.count()
    call_command("load_taxonomy", verbosity=0)
    assert ServiceState.objects.count() == states


def test_the_loaded_criteria_are_adopted_once_and_never_rewritten(monkeypatch, tmp_path):
    text = loading.FILE.read_text(encoding="utf-8")
    assert loading.load_criteria().unchanged == 1
    other = tmp_path / "criteria.json"
    monkeypatch.setattr(loading, "FILE", other)
    other.write_text(text.replace("5000", "6000"), encoding="utf-8")
    with pytest.raises(ValueError, match="new version"):
        loading.load_criteria()
    other.write_text(text.replace("green-area", "moon-phase"), encoding="utf-8")
    with pytest.raises(ValueError, match="moon-phase"):
        loading.load_criteria()
    publish([Thing("Parco", kind=GREEN, wkt=SMALL)])
    newer = text.replace("5000", "1000").replace('"0.1"', '"0.2"')
    other.write_text(newer, encoding="utf-8")
    call_command("load_taxonomy", verbosity=0)
    state = ServiceState.objects.at(None).get()
    assert state.criteria_set.version == "0.2"
    assert state.proposed == ServiceType.objects.get(pk=GREEN).default_valence
    call_command("load_taxonomy", verbosity=0)
    assert ServiceState.objects.count() == 2


def test_a_term_that_lacks_what_it_reads_is_refused():
    with pytest.raises(ValueError, match="minimum_m2"):
        criteria.check([{"term": "green-area", "type": GREEN, "below": "comunale"}])
