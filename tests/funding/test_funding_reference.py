"""Programmes as their sources state them: totals to the cent, what has no place is still there."""

from decimal import Decimal

import pytest
from django.db.models import Sum

from funding.management.reference import load_funding
from funding.models import Programme, Project, Share

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def loaded(db):
    load_funding()


def test_the_programmes_of_the_research_are_there_with_their_amounts():
    assert dict(Programme.objects.values_list("slug", "amount")) == {
        "pinqua-co4regeneration": Decimal(33_000_000),
        "pinqua-gratosoglio": Decimal(62_800_000),
        "piani-urbani-integrati": Decimal(277_292_703),
        "bando-periferie": Decimal(50_000_000),
        "pmrr-2025": Decimal(39_000_000),
    }


def test_every_programme_project_and_unknown_amount_says_where_it_comes_from():
    for row in (*Programme.objects.all(), *Project.objects.all()):
        assert row.source
        assert row.amount is not None or row.amount_certainty == "importo non noto"


def test_shares_with_an_amount_add_up_to_their_project():
    known = Project.objects.filter(amount__isnull=False)
    assert known.exists()
    for project in known:
        assert project.shares.aggregate(total=Sum("amount"))["total"] == project.amount, project


def test_percentages_are_given_only_where_one_comune_has_all():
    assert {share.percentage for share in Share.objects.filter(percentage__isnull=False)} == {100}


def test_the_lines_of_the_metropolitan_fund_add_up():
    assert (
        Project.objects.filter(programme="pmrr-2025").aggregate(n=Sum("amount"))["n"] == 39_000_000
    )


def test_loading_again_writes_nothing():
    assert {(done.created, done.updated) for done in load_funding()} == {(0, 0)}
