"""Funding pages: totals to the cent, what is not allocated always shown, unknown is never zero."""

from decimal import Decimal

import pytest

from funding.models import Programme, Project, Share
from funding.selectors import by_zone, totals
from zones.models import Municipality

pytestmark = pytest.mark.django_db


@pytest.fixture
def programme(db) -> Programme:
    programme = Programme.objects.create(
        slug="prova", name="Programma di prova", amount=Decimal("1000000.01"), source="prova"
    )
    project = Project.objects.create(
        code="p1", programme=programme, title="Uno", amount=Decimal("600000.00"), source="prova"
    )
    rho = Municipality.objects.get(pk="015182")
    Share.objects.create(project=project, municipality=rho, amount=Decimal("250000.00"))
    Share.objects.create(
        project=project, municipality=Municipality.objects.get(pk="015118"), amount=None
    )
    Share.objects.create(project=project, municipality=None, amount=Decimal("350000.00"))
    return programme


def test_placed_and_unplaced_make_the_source_s_amount_to_the_cent(programme):
    sums = totals(programme)
    assert sums.placed == Decimal("250000.00")
    assert sums.unallocated == Decimal("750000.01")
    assert sums.placed + sums.unallocated == programme.amount
    assert sums.unknown_shares == 1


def test_the_page_shows_what_is_not_allocated_and_what_is_not_known(client, programme):
    text = client.get("/finanziamenti/prova/").content.decode()
    assert "Non ripartito" in text
    assert "750.000,01 €" in text
    assert "non noto" in text
    assert "Nord Ovest" in text


@pytest.mark.parametrize(
    ("prefix", "label", "figure"),
    [("", "Non ripartito", "750.000,01"), ("/en", "Not allocated", "750,000.01")],
)
def test_what_is_not_allocated_is_one_figure_under_one_name(
    client, programme, prefix, label, figure
):
    told = client.get("/api/v1/programmes/prova/").json()["totals"]
    assert told["unallocated"] == 750000.01
    assert "unplaced" not in told
    for page in (
        "/finanziamenti/",
        "/finanziamenti/prova/",
        "/zone/nord-ovest/",
        "/comuni/015182/",
    ):
        text = client.get(f"{prefix}{page}").content.decode()
        assert label in text and figure in text, page


def test_the_parts_make_up_a_hundred_where_the_projects_exceed_the_source(programme):
    programme.amount = Decimal(100_000)
    programme.save()
    sums = totals(programme)
    assert sums.known > programme.amount
    shares = Share.objects.filter(municipality__isnull=False)
    parts = [one.percentage for one in by_zone(list(shares), sums.whole) if one.percentage]
    assert sum(parts) + sums.unallocated_share == 100


def test_a_share_without_its_project_s_amount_is_taken_off_the_source_s(programme):
    Project.objects.update(amount=None)
    sums = totals(programme)
    assert sums.unallocated == Decimal("750000.01")
    assert sums.placed + sums.unallocated == programme.amount


def test_nothing_known_of_a_programme_is_not_known_and_not_zero(client, programme):
    Share.objects.all().delete()
    Project.objects.update(amount=None)
    Programme.objects.update(amount=None)
    assert client.get("/api/v1/programmes/prova/").json()["totals"]["unallocated"] is None
    assert '<td class="num">0 €</td><td class="num">non noto</td>' in _squeezed(
        client.get("/finanziamenti/").content.decode()
    )


def _squeezed(text: str) -> str:
    return ">".join(part.strip() for part in text.split(">")).replace("> <", "><")


def test_one_cup_in_two_programmes_is_flagged(client, programme):
    Project.objects.update(cup="J41B21000000001")
    other = Programme.objects.create(slug="altro", name="Altro programma", source="prova")
    Project.objects.create(
        code="p2", programme=other, title="Due", cup="J41B21000000001", source="prova"
    )
    assert "Altro programma" in client.get("/finanziamenti/prova/").content.decode()
