"""Two pages of one delivery open at the same time: what one saved, the other does not undo."""

import pytest
from django.test import Client
from django.urls import reverse

from deliveries import tasks
from deliveries.models import Delivery, StagedRow
from tests import builders
from tests.deliveries.pages import form_of, page, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def colleague(cast) -> Client:
    client = Client()
    client.force_login(cast.colleague)
    return client


@pytest.fixture
def delivery(cast) -> Delivery:
    """Row 1 has a status and row 2 an area and a valence that cannot be understood."""
    lines = builders.plan_file(3, wrong_status=(1, 2)).read().decode().splitlines()
    lines = [f"{lines[0]};VALENZA", *(f"{line};quartiere" for line in lines[1:])]
    lines[2] = lines[2].replace(";1200;", ";mille;")
    file = builders.SimpleUploadedFile("piano.csv", "\n".join(lines).encode())
    return builders.checked(cast, file)


def saved(client: Client, delivery: Delivery, form: dict, **typed: str):
    """Save the form with something typed in it, and have it checked."""
    answer = client.post(page("edit", delivery), {**form, **typed})
    tasks.check_delivery(str(delivery.pk))
    return answer


def key_of(form: dict, row: int) -> str:
    return next(key for key in form["key"] if form[f"{key}-row"] == [str(row)])


def typed(form: dict, row: int, **values: str) -> dict[str, str]:
    key = key_of(form, row)
    return {f"{key}-{name.replace('f_', 'f-')}": value for name, value in values.items()}


def attributes(delivery: Delivery, row: int) -> dict:
    return StagedRow.objects.get(delivery=delivery, row=row).attributes


def test_a_stale_page_leaves_what_a_colleague_mended(delivery, operator, colleague):
    stale = form_of(operator.get(page("mend", delivery)))
    fresh = form_of(colleague.get(page("mend", delivery)))
    assert "mille" in stale[f"{key_of(stale, 2)}-f-area"]
    mine = typed(fresh, 2, f_area="1500", f_valence="intercomunale", f_status="esistente")
    assert saved(colleague, delivery, fresh, **mine).status_code == 302
    assert attributes(delivery, 2)["area"] == 1500
    answer = saved(operator, delivery, stale, **typed(stale, 1, f_status="previsto"))
    assert answer.status_code == 302
    assert attributes(delivery, 1)["status"] == "previsto"
    kept = attributes(delivery, 2)
    assert (kept["area"], kept["valence"], kept["status"]) == (1500, "intercomunale", "esistente")


def test_type_and_place_that_a_colleague_gave_stay(delivery, operator, colleague):
    stale = form_of(operator.get(page("mend", delivery)))
    before = StagedRow.objects.get(delivery=delivery, row=1)
    new = typed(stale, 1, lon="9,240000", lat="45,530000", kind="musei")
    saved(colleague, delivery, stale, **new)
    moved = StagedRow.objects.get(delivery=delivery, row=1)
    assert (moved.kind, moved.point.equals_exact(before.point, 1)) == ("musei", False)
    saved(operator, delivery, stale, **typed(stale, 1, f_name="Biblioteca Ariosto"))
    kept = StagedRow.objects.get(delivery=delivery, row=1)
    assert kept.name == "Biblioteca Ariosto"
    assert (kept.kind, kept.point.equals_exact(moved.point, 0.01)) == ("musei", True)


def test_one_cell_changed_by_two_is_told_and_overwritten_only_when_asked(
    delivery, operator, colleague
):
    stale = form_of(operator.get(page("mend", delivery)))
    saved(colleague, delivery, stale, **typed(stale, 2, f_area="1500", f_name="Sala civica"))
    mine = typed(stale, 2, f_area="1600", lon="9,24", lat="45,53")
    answer = operator.post(page("edit", delivery), {**stale, **mine})
    assert answer.status_code == 409
    assert "«Superficie" in text(answer)
    assert "nel frattempo è diventato «1500" in text(answer)
    assert attributes(delivery, 2)["area"] == 1500
    again = form_of(answer)
    key = key_of(again, 2)
    assert again[f"{key}-f-area"] == ["1600"]
    assert again[f"{key}-f-name"] == ["Sala civica"], "what was not touched is shown as it is now"
    assert saved(operator, delivery, again).status_code == 302
    row = StagedRow.objects.get(delivery=delivery, row=2)
    assert (row.attributes["area"], row.name) == (1600, "Sala civica")
    assert round(row.point.transform(4326, clone=True).x, 5) == 9.24


def test_two_who_write_the_same_agree(delivery, operator, colleague):
    stale = form_of(operator.get(page("mend", delivery)))
    saved(colleague, delivery, stale, **typed(stale, 1, f_status="previsto"))
    assert (
        saved(operator, delivery, stale, **typed(stale, 1, f_status="previsto")).status_code == 302
    )
    assert attributes(delivery, 1)["status"] == "previsto"


def test_a_page_drawn_again_for_a_mistake_still_knows_what_it_had_shown(
    delivery, operator, colleague
):
    stale = form_of(operator.get(page("mend", delivery)))
    saved(colleague, delivery, stale, **typed(stale, 2, f_area="1500"))
    wrong = typed(stale, 1, lon="nove", lat="45,53")
    answer = operator.post(page("edit", delivery), {**stale, **wrong})
    assert answer.status_code == 400
    again = form_of(answer)
    right = typed(again, 1, lon="9,24", lat="45,53", f_status="esistente")
    assert saved(operator, delivery, again, **right).status_code == 302
    assert attributes(delivery, 2)["area"] == 1500


def test_a_form_that_says_nonsense_of_what_it_showed_is_read_over_the_row_of_now(
    delivery, operator
):
    form = form_of(operator.get(page("mend", delivery)))
    for junk in ("[1]", "{", '{"area": {"x": 1}}'):
        broken = {**form, f"{key_of(form, 1)}-was": junk}
        answer = operator.post(page("edit", delivery), broken)
        assert answer.status_code in (302, 409)


def test_reading_and_saving_alone_changes_nothing(delivery, operator):
    form = form_of(operator.get(page("mend", delivery)))
    answer = operator.post(page("edit", delivery), form)
    assert answer.url == reverse("deliveries:mend", args=[delivery.pk])
    delivery.refresh_from_db()
    assert "edits" not in delivery.options
